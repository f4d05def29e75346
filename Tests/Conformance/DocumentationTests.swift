import BuiltInFormats
import CoinFormat
import FormatFiles
import FormatKit
import Foundation
import TestSupport
import Testing

/// What the documents quote is what is there.
@Suite struct DocumentationTests {
    private static let root: URL = {
        var folder = URL(fileURLWithPath: #filePath)
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let manifest = folder.appendingPathComponent("Package.swift")
            if FileManager.default.fileExists(atPath: manifest.path) { return folder }
        }
        preconditionFailure("the tests lie in a package")
    }()

    private func text(_ path: String) throws -> String {
        try String(contentsOf: Self.root.appendingPathComponent(path), encoding: .utf8)
    }

    @Test func `the example format is quoted as it is compiled`() throws {
        let example = try text("Tests/TestSupport/ToyFormat.swift")
        #expect(example.split(separator: "\n", omittingEmptySubsequences: false).count <= 100)
        #expect(try text("CONTRIBUTING.md").contains("```swift\n\(example)```\n"))
    }

    @Test func `the example program in C is quoted as it is compiled`() throws {
        let example = try text("bindings/c/imgconv-example.c")
        #expect(try text("docs/c.md").contains("```c\n\(example)```\n"))
    }

    /// The long options in a text.
    private func options(_ text: String) -> Set<String> {
        // In the manual page `--to` is spelled `.Fl \\-to`.
        let text = text.replacing("Fl \\-", with: "--")
        return Set(text.matches(of: /--([a-z][a-z-]+[a-z])/).map { String($0.output.1) })
            .subtracting(["generate-completion-script"])
    }

    /// The folders whose documentation comments a newcomer reads.
    private static let documented = [
        "Sources/FormatKit/FormatKit", "Sources/FormatKit/FormatFiles",
        "Sources/CoinFormat/CoinFormat", "Sources/Plugins/BuiltInFormats",
    ]

    /// The examples in the documentation comments of a source: the types that they are of, and lines.
    private func examples(in source: String) -> [(type: String, lines: [String])] {
        var examples: [(type: String, lines: [String])] = []
        var (lines, isInside, waiting): ([String], Bool, Int) = ([], false, 0)
        for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
            switch line {
            case "/// ```swift": (lines, isInside) = ([], true)
            case "/// ```" where isInside:
                isInside = false
                examples.append(("", lines))
                waiting += 1
            case _ where isInside: lines.append(String(line.dropFirst(4)))
            case _ where line.hasPrefix("///") || line.hasPrefix("@"): continue
            default:
                let words = line.split(whereSeparator: { " :{<".contains($0) })
                let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func"]
                let name = words.firstIndex(where: kinds.contains).map { words[$0 + 1] }
                for index in examples.indices.suffix(waiting) {
                    examples[index].type = String(name ?? "")
                }
                waiting = 0
            }
        }
        return examples
    }

    @Test func `newcomers' types have examples, which are compiled`() throws {
        let compiled = try text("Tests/Conformance/DocumentationExamples.swift")
            .split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: "\n")
        var types: Set<String> = []
        for folder in Self.documented {
            let path = Self.root.appendingPathComponent(folder).path
            let files = try #require(FileManager.default.enumerator(atPath: path))
            for case let name as String in files where name.hasSuffix(".swift") {
                for example in examples(in: try text(folder + "/" + name)) {
                    types.insert(example.type)
                    let lines = example.lines.filter { !$0.isEmpty }
                        .map { $0.drop { $0 == " " } }.joined(separator: "\n")
                    #expect(compiled.contains(lines), "\(name)")
                }
            }
        }
        let met: Set = [
            "BuiltInFormats", "FormatRegistry", "Converter", "PreparedConversion",
            "ConversionPreferences", "Selection", "WriteSettings", "EncodingTarget", "CodecContext",
            "Limits", "MemoryBudget", "Image", "ImageReader", "ImageMetadata", "ImageComparison",
            "MemorySource", "FileSink", "OutputSet", "Files", "CoinDecoder", "CoinPreviews",
            "CoinPlugin",
        ]
        #expect(types.isSuperset(of: met), "\(met.subtracting(types))")
    }

    @Test func `examples in documentation comments run`() async throws {
        let temporary = try TemporaryFolder()
        defer { withExtendedLifetime(temporary) {} }
        let folder = Path(temporary.path)
        let registry = try BuiltInFormats.makeRegistry()
        let png = try #require(registry.plugin(named: "png"))
        let webP = try #require(registry.plugin(named: "webp"))
        let jpeg = try #require(registry.plugin(named: "jpeg"))
        let image = Image(
            header: ImageHeader(
                size: ImageSize(width: 64, height: 48), layout: PixelLayout(.rgb, .uint8)),
            bytes: (0..<64 * 48 * 3).map { UInt8(truncatingIfNeeded: $0 / 48) })
        let bytes = try image.encoded(by: png)
        let photograph = folder.appending("in.png")
        typealias Examples = DocumentationExamples
        try Examples.replace(output: photograph, bytes: bytes)
        try Examples.identify(photograph: photograph)
        Examples.listFormats()
        try Examples.convert(photograph: photograph, output: folder.appending("1.png"))
        try Examples.prepare(
            converter: Converter(registry: registry, context: CodecContext()),
            source: try FileSource(path: photograph), plugin: webP,
            output: folder.appending("2.webp"))
        try Examples.prefer()
        Examples.select()
        try Examples.set(jpeg: jpeg)
        try Examples.aim(photograph: photograph, output: folder.appending("3.webp"), webP: webP)
        Examples.makeContext()
        try Examples.limit(photograph: photograph)
        try Examples.reserve()
        try Examples.draw(png: png)
        let source = MemorySource(bytes)
        let (_, reader) = try registry.makeReader(source: source, context: CodecContext())
        try Examples.read(reader: reader)
        Examples.keep(reader: reader)
        try Examples.compare(original: image, decoded: image)
        try Examples.open(bytes: bytes)
        try Examples.appear(folder: folder, parts: [bytes, bytes])
        try Examples.openNamed(name: photograph.description)
        try Examples.encode(image: image)
        let coin = try image.encoded(by: CoinPlugin(), settings: WriteSettings(effort: 1))
        try Examples.replace(output: folder.appending("4.coin"), bytes: coin)
        try Examples.decode(file: folder.appending("4.coin"))
        try await Examples.preview(decoder: try CoinDecoder(parsing: coin))
        for name in ["1.png", "2.webp", "3.webp", "part0", "part1"] {
            #expect(try FileStatus.ofFile(at: folder.appending(Path(name))) != nil, "\(name)")
        }
    }

    @Test func `the library names no option of the command line and no kind of networks`() throws {
        let folder = Self.root.appendingPathComponent("Sources/FormatKit")
        let files = try #require(FileManager.default.enumerator(atPath: folder.path))
        var count = 0
        for case let name as String in files where name.hasSuffix(".swift") {
            let text = try text("Sources/FormatKit/" + name)
            #expect(text.firstMatch(of: /--[a-z]|[Ss]iren|SIREN|layers × width/) == nil, "\(name)")
            count += 1
        }
        #expect(count > 50)
    }

    @Test func `the manual page has every option and no other`() throws {
        let folder = try TemporaryFolder()
        let help = try [[], ["plan"], ["report"], ["info"], ["compare"], ["formats"]].map {
            try ConvertTool.run($0 + ["--help"], in: folder).text
        }.joined()
        #expect(options(try text("docs/convert.1")) == options(help))
    }

    /// The name by which a link reaches a heading, as forges make it.
    private func anchor(_ heading: Substring) -> String {
        let text = heading.drop { $0 == "#" || $0 == " " }.lowercased()
            .replacing(/\[([^\]]*)\]\([^)]*\)/) { $0.output.1 }
        return String(
            text.compactMap { character -> Character? in
                if character == " " { return "-" }
                return character.isLetter || character.isNumber || "-_".contains(character)
                    ? character : nil
            })
    }

    @Test func `links in the documents lead somewhere`() throws {
        let folders = [
            "", "docs", "docs/decisions", "docs/notes", "spec", "spec/vectors", "Benchmarks",
        ]
        var count = 0
        for folder in folders {
            let folder = Self.root.appendingPathComponent(folder)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            for name in names where name.hasSuffix(".md") {
                let file = folder.appendingPathComponent(name)
                let document = try String(contentsOf: file, encoding: .utf8)
                for link in document.matches(of: /\]\((?!https?:|mailto:)([^)\s]+)\)/) {
                    let parts = link.output.1.split(
                        separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
                    let target =
                        parts[0].isEmpty
                        ? file : folder.appendingPathComponent(String(parts[0])).standardized
                    count += 1
                    guard FileManager.default.fileExists(atPath: target.path) else {
                        Issue.record("\(file.path): \(link.output.1)")
                        continue
                    }
                    guard parts.count == 2, target.pathExtension == "md" else { continue }
                    let anchors = try String(contentsOf: target, encoding: .utf8)
                        .split(separator: "\n").filter { $0.hasPrefix("#") }.map(anchor)
                    #expect(anchors.contains(String(parts[1])), "\(file.path): \(link.output.1)")
                }
            }
        }
        #expect(count > 50)
    }
}

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
}

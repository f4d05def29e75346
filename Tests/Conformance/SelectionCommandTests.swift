import FormatKit
import Foundation
import TestSupport
import Testing

/// Which pages, which metadata, which files: the options for what people ask for.
@Suite struct SelectionCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func convert(_ arguments: String...) throws -> ConvertTool.Run {
        try ConvertTool.run(arguments, in: folder)
    }

    private func plugin(_ name: String) throws -> any FormatPlugin {
        try #require(BuiltIn.registry.plugin(named: name))
    }

    /// A TIFF file whose page n is n pixels wide.
    private func writePages(_ name: String, count: Int) throws {
        let pages = (1...count).map { width -> Image in
            var image = TestImages.picture(width: width, height: 3)
            image.header.frameCount = count
            return image
        }
        try folder.write(
            name,
            try pages.encoded(
                by: try plugin("tiff"), settings: WriteSettings(), context: CodecContext()))
    }

    private func widths(_ name: String) throws -> [Int] {
        let bytes = try #require(folder.read(name))
        let reader = try plugin("tiff").makeReader(
            source: MemorySource(bytes), context: CodecContext())
        let pages = try #require(reader as? any MultiImageReader)
        return try (0..<pages.header.frameCount).map { index in
            try pages.selectPage(index)
            return pages.header.size.width
        }
    }

    @Test(arguments: [
        ("1-3,7", [1, 2, 3, 7]), ("5-", [5, 6, 7]), ("2", [2]), ("7,1", [7, 1]),
        ("all", Array(1...7)),
    ])
    func `pages are chosen by their numbers`(pages: String, widths: [Int]) throws {
        try writePages("in.tiff", count: 7)
        let run = try convert("in.tiff", "out.tiff", "--pages", pages, "--strict", "--verify")
        #expect(run.status == 0, "\(run.errors)")
        #expect(try self.widths("out.tiff") == widths)
    }

    @Test(arguments: ["8", "1-8", "9-"])
    func `pages that are not there are refused`(pages: String) throws {
        try writePages("in.tiff", count: 7)
        let run = try convert("in.tiff", "out.tiff", "--pages", pages)
        #expect(run.status == 2 && run.errors.contains("the last is 7"), "\(run.errors)")
    }

    @Test func `every page becomes a file`() throws {
        try writePages("in/a.tiff", count: 3)
        try writePages("in/b.tiff", count: 1)
        let run = try convert("in", "out", "--to", "png", "--name-template", "{stem}-{page}.{ext}")
        #expect(run.status == 0, "\(run.errors)")
        #expect(
            folder.files.filter { $0.hasPrefix("out/") }
                == ["out/a-1.png", "out/a-2.png", "out/a-3.png", "out/b-1.png"])
        let third = try Image(
            decoding: try #require(folder.read("out/a-3.png")), as: try plugin("png"))
        #expect(third.header.size.width == 3)
        #expect(run.errors.contains("4 converted") && !run.errors.contains("left out"))
        let some = try convert(
            "in/a.tiff", "--output-dir", "out", "--to", "png", "--name-template",
            "p{page}.{ext}", "--pages", "2-")
        #expect(some.status == 0, "\(some.errors)")
        #expect(folder.read("out/p2.png") != nil && folder.read("out/p1.png") == nil)
    }

    @Test func `an input that lacks a page costs only itself`() throws {
        try writePages("in/a.tiff", count: 3)
        try writePages("in/b.tiff", count: 1)
        let options = ["--to", "png", "--name-template", "{stem}-{page}.{ext}", "--pages", "2-"]
        let run = try ConvertTool.run(["in", "out", "--log", "log"] + options, in: folder)
        #expect(run.status == 1 && run.errors.contains("in/b.tiff: "), "\(run.errors)")
        #expect(run.errors.hasSuffix("convert: 2 converted, 1 failed\n"))
        #expect(folder.files.filter { $0.hasPrefix("out/") } == ["out/a-2.png", "out/a-3.png"])
        let plan = try ConvertTool.run(["plan", "in", "-o", "m.jsonl"] + options, in: folder)
        #expect(plan.status == 1 && plan.errors.contains("the last is 1"), "\(plan.errors)")
        #expect(plan.errors.hasSuffix("convert: 2 planned, 1 cannot be converted\n"))
        // Once it has the page, nothing is left to do.
        #expect(try convert("report", "log", "--failures", "failed.jsonl").status == 1)
        try writePages("in/b.tiff", count: 2)
        let again = try ConvertTool.run(
            ["--files-from", "failed.jsonl", "out", "--log", "log"] + options, in: folder)
        #expect(again.status == 0 && folder.read("out/b-2.png") != nil, "\(again.errors)")
        #expect(try convert("report", "log").status == 0)
    }

    @Test func `the pages of several inputs become those of one output`() throws {
        try writePages("a.tiff", count: 3)
        try writePages("b.tiff", count: 2)
        try folder.write(
            "c.png",
            try TestImages.encoded(TestImages.picture(width: 9, height: 3), as: plugin("png")))
        let run = try convert(
            "a.tiff", "c.png", "b.tiff", "out.tiff", "--join", "--verify", "--strict")
        #expect(run.status == 0, "\(run.errors)")
        #expect(try widths("out.tiff") == [1, 2, 3, 9, 1, 2])
        try folder.write("cut.png", Array(try #require(folder.read("c.png")).dropLast(30)))
        try folder.write("empty.png", [])
        try folder.write("text.png", Array("no picture".utf8))
        for name in ["none.png", "cut.png", "empty.png", "text.png"] {
            let run = try convert("a.tiff", name, "b.tiff", "x.tiff", "--join")
            #expect(run.status == 1 && run.errors.contains("convert: \(name): "), "\(run.errors)")
            let first = try convert(name, "a.tiff", "x.tiff", "--join")
            #expect(first.errors.contains("convert: \(name): "), "\(first.errors)")
        }
        let json = try convert("a.tiff", "text.png", "x.tiff", "--join", "--json")
        #expect(json.text.contains(#""joined":["text.png"]"#), "\(json.text)")
        #expect(json.text.contains(#""file":"text.png""#), "\(json.text)")
        #expect(try convert("a.tiff", "--join").status == 2)
        // A pattern of the shell may stand for one file.
        #expect(try convert("a.tiff", "one.tiff", "--join", "--strict").status == 0)
        #expect(try widths("one.tiff") == [1, 2, 3])
        for selection in [["--pages", "1"], ["--page", "2"], ["--pages", "1-2"]] {
            let run = try ConvertTool.run(
                ["a.tiff", "b.tiff", "y.tiff", "--join"] + selection, in: folder)
            #expect(run.status == 2 && run.errors.contains("--join"), "\(run.errors)")
        }
        #expect(try convert("a.tiff", "b.tiff", "z.tiff", "--join", "--pages", "all").status == 0)
        #expect(try widths("z.tiff") == [1, 2, 3, 1, 2])
        try folder.makeFolder("d")
        #expect(try convert("d", "a.tiff", "x.tiff", "--join").status == 2)
        // Frames of one size become an animation, in a process of its own, too.
        let frames = try convert("c.png", "c.png", "out.webp", "--join", "--timeout", "60")
        #expect(frames.status == 0, "\(frames.errors)")
        #expect(folder.files.filter { $0.hasPrefix("x") }.isEmpty)
    }

    @Test func `what is lost of joined inputs is told of each`() throws {
        var spoken = TestImages.picture(width: 9, height: 3)
        spoken.header.metadata.texts = [TextEntry("Sonst", "a")]
        let wide = Image.noise(9, 3, PixelLayout(.rgb, .uint16))
        for (name, image) in [
            ("plain.png", TestImages.picture(width: 9, height: 3)), ("wide.png", wide),
            ("spoken.png", spoken), ("deep.png", wide),
        ] {
            try folder.write(name, try TestImages.encoded(image, as: plugin("png")))
        }
        let inputs = ["plain.png", "wide.png", "spoken.png", "deep.png", "wide.png"]
        let options = ["--join", "--depth", "8"]
        let run = try ConvertTool.run(inputs + ["out.tiff"] + options + ["--json"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(
            run.errorLines == [
                "convert: out.tiff: warning: wide.png, deep.png: 16-bit samples become 8-bit",
                #"convert: out.tiff: warning: spoken.png: the text "Sonst" is left out"#,
            ])
        let losses = try losses(in: try object(run))
        #expect(
            losses.map { [$0["kind"], $0["input"]] } == [
                ["bit_depth", "wide.png"], ["text", "spoken.png"], ["bit_depth", "deep.png"],
                ["bit_depth", "wide.png"],
            ])
        #expect(losses.allSatisfy { $0["description"]?.contains(".png") == false })
        // So they are where they are refused, also in another process.
        for more in [[], ["--timeout", "60"]] {
            let strict = try ConvertTool.run(
                inputs + ["no.tiff"] + options + ["--strict", "--json"] + more, in: folder)
            #expect(strict.status == 1 && folder.read("no.tiff") == nil)
            #expect(
                strict.errors.contains(
                    "refused as lossy: wide.png, deep.png: 16-bit samples become 8-bit; spoken.png: "
                ), "\(strict.errors)")
            let error = try #require(try object(strict)["error"] as? [String: Any])
            #expect(try self.losses(in: error) == losses)
        }
        let log = try ConvertTool.run(
            inputs + ["logged.tiff", "--log", "log"] + options, in: folder)
        #expect(log.status == 0)
        let lines = String(decoding: try #require(folder.read("log")), as: UTF8.self)
        #expect(lines.contains(#""input":"deep.png""#), "\(lines)")
    }

    private func object(_ run: ConvertTool.Run) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any])
    }

    private func losses(in object: [String: Any]) throws -> [[String: String]] {
        try #require(object["losses"] as? [[String: String]])
    }

    @Test func `warnings of joined inputs say of which they are`() throws {
        guard BuiltIn.registry.plugin(named: "jpeg")?.descriptor.read != nil else { return }
        let name = "stray-before-dqt.jpg"
        try folder.write(name, try FaultyFiles.bytes("jpeg-stray-bytes/\(name)"))
        try folder.write(
            "a.png",
            try TestImages.encoded(TestImages.picture(width: 9, height: 3), as: plugin("png")))
        let run = try convert("a.png", name, "out.tiff", "--join", "--json")
        #expect(run.status == 0 && run.errorLines.count == 1, "\(run.errors)")
        #expect(run.errors.hasPrefix("convert: out.tiff: warning: \(name): "), "\(run.errors)")
        #expect(run.text.contains("\"warnings\":[\"\(name): "), "\(run.text)")
        let warnings = try #require(try object(run)["joined_warnings"] as? [[String: String]])
        #expect(warnings.map { $0["input"] } == [name])
    }

    @Test(arguments: [MetadataKind.gamma, .codePoints, .orientation], [true, false])
    func `frames that are shown otherwise than the first are told of`(
        kind: MetadataKind, isFirst: Bool
    ) throws {
        var special = TestImages.picture(width: 9, height: 3)
        switch kind {
        case .gamma: special.header.metadata.gamma = 1
        case .codePoints:
            special.header.metadata.codePoints = ColorCodePoints(primaries: 9, transfer: 16)
        default: special.header.metadata.orientation = .right
        }
        try folder.write("a.png", try TestImages.encoded(special, as: plugin("png")))
        try folder.write(
            "b.png",
            try TestImages.encoded(TestImages.picture(width: 9, height: 3), as: plugin("png")))
        let inputs = isFirst ? ["a.png", "b.png"] : ["b.png", "a.png"]
        let run = try ConvertTool.run(inputs + ["out.png", "--join"], in: folder)
        #expect(run.status == 0 && run.errors.contains("warning"), "\(run.errors)")
        let strict = try ConvertTool.run(inputs + ["no.png", "--join", "--strict"], in: folder)
        #expect(strict.status == 1 && folder.read("no.png") == nil, "\(strict.errors)")
        let alike = try convert("a.png", "a.png", "alike.png", "--join", "--strict")
        #expect(alike.status == 0, "\(alike.errors)")
    }

    @Test func `loops and backgrounds of joined animations that do not count are told of`() throws {
        func write(_ name: String, count: Int = 2, loops: Int) throws {
            let frames = (0..<count).map { index in
                var frame = TestImages.picture(width: 9, height: 3, seed: UInt64(index))
                frame.header.frameCount = count
                frame.header.animation = AnimationTiming(
                    duration: FrameDuration(milliseconds: 40), loopCount: loops)
                return frame
            }
            try folder.write(
                name, try frames.encoded(by: plugin("png"), settings: WriteSettings()))
        }
        try write("three.png", loops: 3)
        try write("two.png", loops: 2)
        try write("ever.png", loops: 0)
        try folder.write(
            "still.png",
            try TestImages.encoded(TestImages.picture(width: 9, height: 3), as: plugin("png")))
        let words = "the animation is shown 3 times, as its first frame's is, not"
        let run = try convert("three.png", "two.png", "ever.png", "still.png", "out.png", "--join")
        #expect(
            run.errorLines == [
                "convert: out.png: warning: two.png: \(words) 2 times",
                "convert: out.png: warning: ever.png: \(words) for ever",
            ])
        let strict = try convert("three.png", "two.png", "no.png", "--join", "--strict")
        #expect(strict.status == 1 && folder.read("no.png") == nil, "\(strict.errors)")
        for inputs in [["three.png", "three.png"], ["three.png", "still.png"]] {
            let alike = try ConvertTool.run(
                inputs + ["alike.png", "--join", "--strict", "--overwrite"], in: folder)
            #expect(alike.status == 0, "\(alike.errors)")
        }
        let still = try convert("still.png", "three.png", "b.png", "--join")
        #expect(still.errors.contains("shown for ever, as its first frame's is, not 3 times"))
    }

    @Test func `outputs go into the last folder`() throws {
        let format = BuiltIn.any
        for name in ["a", "b", "c"] { try folder.write("\(name).x", try BuiltIn.file(format)) }
        try folder.makeFolder("out")
        #expect(try convert("a.x", "b.x", "out", "--to", format).status == 0)
        #expect(try convert("c.x", "out", "--to", format).status == 0)
        #expect(
            folder.files.filter { $0.hasPrefix("out/") }
                == ["a", "b", "c"].map { "out/\($0).\(format)" })
        let without = try convert("a.x", "out")
        #expect(without.status == 2 && without.errors.contains("--to"), "\(without.errors)")
        #expect(try convert("a.x", "b.x", "c.x", "--to", format).status == 2)
    }

    @Test func `outputs get the times of their inputs`() throws {
        let format = BuiltIn.any
        try folder.write("in.\(format)", try BuiltIn.file(format))
        let run = try ConvertTool.shell(
            #"""
            touch -d '2001-02-03 04:05:06.789' in.\#(format)
            "$CONVERT" in.\#(format) out.\#(format) --preserve-times
            [ ! in.\#(format) -nt out.\#(format) ] && [ ! in.\#(format) -ot out.\#(format) ]
            "$CONVERT" in.\#(format) in.\#(format) --overwrite --preserve-times
            [ ! in.\#(format) -nt out.\#(format) ] && [ ! in.\#(format) -ot out.\#(format) ]
            """#, in: folder)
        #expect(run.status == 0, "\(run.errors)")
    }

    /// An Exif block with a make and a directory of GPS that says 12°.
    private static let exif: [UInt8] =
        [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 2]
        + [0x01, 0x0F, 0, 2, 0, 0, 0, 4] + Array("Abc\0".utf8)
        + [0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38, 0, 0, 0, 0]
        + [0, 1, 0, 2, 0, 5, 0, 0, 0, 1, 0, 0, 0, 56, 0, 0, 0, 0]
        + [0, 0, 0, 12, 0, 0, 0, 1]

    private static let xmp = """
        <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF \
        xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" \
        xmlns:exif="u:e" xmlns:a="u:a" exif:GPSLatitude="12,0N" a:GpsAltitude="9" a:b="c">\
        <exif:GPSLongitude>13,0E</exif:GPSLongitude><a:LocationCreated><rdf:Bag><rdf:li \
        exif:GPSLatitude="12,0N"/></rdf:Bag></a:LocationCreated><a:d>e: GPS</a:d></rdf:Description></rdf:RDF>\
        </x:xmpmeta>
        """

    @Test(arguments: ["png", "jpg", "webp", "tiff"])
    func `where a picture was taken is left out, and nothing else`(format: String) throws {
        guard BuiltIn.registry.plugin(named: format) != nil else { return }
        var image = TestImages.picture(width: 8, height: 8)
        image.header.metadata.exif = Self.exif
        image.header.metadata.xmp = Array(Self.xmp.utf8)
        try folder.write("in.png", try TestImages.encoded(image, as: try plugin("png")))
        let run = try convert("in.png", "out.\(format)", "--keep", "all-gps", "--strict")
        #expect(run.status == 0, "\(run.errors)")
        let bytes = try #require(folder.read("out.\(format)"))
        let found = try Image(decoding: bytes, as: try plugin(format)).header.metadata
        let exif = try #require(found.exif)
        #expect(exif.firstRange(of: Array("Abc\0".utf8)) != nil)
        #expect(exif.firstRange(of: [0x88, 0x25]) == nil && !exif.contains(12))
        let xmp = String(decoding: try #require(found.xmp), as: UTF8.self)
        #expect(xmp.contains("a:b=\"c\"") && xmp.contains("<a:d>e: GPS</a:d>"))
        for name in ["GPSL", "GpsA", "LocationCreated"] { #expect(!xmp.contains(name)) }
        #expect(try convert("in.png", "all.png").status == 0)
        let all = try Image(
            decoding: try #require(folder.read("all.png")), as: try plugin("png"))
        #expect(all.header.metadata.exif == Self.exif)
    }

    @Test func `transparency is laid on a named color`() throws {
        guard BuiltIn.registry.plugin(named: "ppm") != nil else { return }
        let image = Image(
            header: ImageHeader(
                size: ImageSize(width: 1, height: 1),
                layout: PixelLayout(.rgb, .uint8, alpha: .straight)), bytes: [9, 9, 9, 0])
        try folder.write("in.png", try TestImages.encoded(image, as: try plugin("png")))
        for (color, pixel) in [("black", [0, 0, 0]), ("#f80", [255, 136, 0])] as [(String, [UInt8])]
        {
            let run = try convert("in.png", "out.ppm", "--background", color, "--overwrite")
            #expect(run.status == 0, "\(run.errors)")
            #expect(folder.read("out.ppm")?.suffix(3) == pixel[...])
        }
    }
}

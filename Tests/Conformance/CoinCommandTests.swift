import BuiltInFormats
import FormatKit
import TestSupport
import Testing

/// The main job, as a user types it: a picture to `.coin`, and from there to anything.
@Suite struct CoinCommandTests {
    private let folder: TemporaryFolder

    /// A picture of two tiles, so that borders count, fitted briefly.
    init() throws {
        folder = try TemporaryFolder()
        try folder.write("in.tiff", try BuiltIn.file("tiff", width: 96, height: 64))
        let run = try encode("in.coin")
        #expect(run.status == 0 && run.errors == "", "\(run.errors)")
    }

    private func encode(_ output: String, _ flags: String...) throws -> ConvertTool.Run {
        let options = [
            "coin.architecture=siren", "coin.epochs=20", "coin.tile=64", "coin.bpp=2",
        ].flatMap { ["--option", $0] }
        return try ConvertTool.run(["in.tiff", output] + options + flags, in: folder)
    }

    private func convert(_ arguments: String...) throws -> ConvertTool.Run {
        try ConvertTool.run(arguments, in: folder)
    }

    /// The samples of a PNG in the folder.
    private func decode(_ name: String) throws -> Image {
        let bytes = try #require(folder.read(name))
        let (_, reader) = try BuiltIn.registry.makeReader(
            source: MemorySource(bytes), context: CodecContext())
        return try Image(reading: reader)
    }

    /// λ falls so far on the way that what an error counts grows a hundredfold.
    @Test(arguments: ["12", "24"]) func `many bits a pixel are no divergence`(bits: String) throws {
        var state = 9
        let pixels = (0..<64 * 64).flatMap { pixel in
            let (x, y) = (pixel % 64, pixel / 64)
            return [4 * x, 4 * y, 2 * (x + y)].map { value in
                state = (state * 1_103_515_245 + 12_345) % (1 << 31)
                return UInt8(min(max(value + (state >> 16) % 18 - 9, 0), 255))
            }
        }
        try folder.write("n.ppm", Array("P6\n64 64\n255\n".utf8) + pixels)
        let run = try ConvertTool.run(
            ["n.ppm", "n.coin", "--effort", "1", "--option", "coin.bpp=\(bits)"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
    }

    @Test func `a rate that the picture cannot have is told of`() throws {
        for (rate, isMissed) in [("0.001", true), ("24", true), ("4", false)] {
            let run = try convert(
                "in.tiff", "r.coin", "--effort", "1", "--option", "coin.bpp=\(rate)", "--json",
                "--overwrite")
            let bits = 8 * Double(try #require(folder.read("r.coin")).count) / (96 * 64)
            let wanted = try #require(Double(rate))
            #expect((abs(bits / wanted - 1) > 0.02) == isMissed, "\(bits)")
            #expect(run.status == 0 && run.errors.isEmpty == !isMissed, "\(run.errors)")
            guard isMissed else { continue }
            let words = "asked for \(rate) bits per pixel (coin.bpp), got "
            #expect(run.errorLines.count == 1 && run.errors.contains(words), "\(run.errors)")
            let json = try #require(try parseJSON(run.text) as? [String: Any])
            let warning = try #require((json["warnings"] as? [String])?.first)
            let told = try #require(Double(warning.dropFirst(words.count)))
            #expect(abs(told / bits - 1) < 0.01, "\(warning)")
        }
        // A search tells only what it has come to.
        let run = try convert("in.tiff", "s.coin", "--effort", "1", "--target-size", "40K")
        #expect(run.status == 0 && !run.errors.contains("asked for"), "\(run.errors)")
    }

    @Test(arguments: ["latents", "siren"])
    func `a rate and a quality are one too many`(architecture: String) throws {
        for more in [[], ["--dry-run"]] {
            let run = try ConvertTool.run(
                [
                    "in.tiff", "no.coin", "--quality", "40", "--option", "coin.bpp=1", "--option",
                    "coin.architecture=\(architecture)",
                ] + more, in: folder)
            #expect(run.status == 2 && run.errors.contains("coin.bpp"), "\(run.errors)")
            #expect(run.errors.contains("a quality is given, too"), "\(run.errors)")
            #expect(folder.read("no.coin") == nil)
        }
    }

    @Test(arguments: ["png", "tiff", "webp"])
    func `decodes to any other format without complaint`(format: String) throws {
        let run = try convert("in.coin", "out.\(format)")
        #expect(run.status == 0 && run.errors == "", "\(run.errors)")
        #expect(try decode("out.\(format)").header.size == ImageSize(width: 96, height: 64))
    }

    @Test func `tells the architecture, rate and boxes`() throws {
        let run = try convert("info", "in.coin", "--json")
        let info = try #require(try parseJSON(run.text) as? [String: Any])
        let details = try #require(info["details"] as? [String: Any])
        #expect(details["tiles"] as? String == "2x1")
        #expect(details["multiply_adds_per_pixel"] as? Int != nil)
        #expect(details["bits_per_weight"] as? Double ?? 0 > 16)
        let boxes = try #require(details["box_bytes"] as? [String: Int])
        let file = try #require(folder.read("in.coin"))
        #expect(boxes.values.reduce(8, +) == file.count)
    }

    @Test func `lists networks that it does not know, and refuses their pixels`() throws {
        let vector = try #require(
            CoinVector.all(.faulty).first { $0.testDescription.hasSuffix("unknown-kind") })
        try folder.write("new.coin", try vector.stream())
        let run = try convert("info", "new.coin", "--json")
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.text.contains("unknown 200"))
        let refused = try convert("new.coin", "new.png")
        #expect(refused.status != 0 && refused.errors.contains("architecture kind 200"))
    }

    @Test func `gives the same file for any threads and kernels, another for another seed`() throws
    {
        let file = folder.read("in.coin")
        #expect(try encode("1.coin", "--threads", "1").status == 0)
        #expect(try encode("3.coin", "--threads", "3").status == 0)
        #expect(try encode("s.coin", "--kernels", "scalar").status == 0)
        for name in ["1.coin", "3.coin", "s.coin"] {
            #expect(folder.read(name) == file, "\(name)")
        }
        #expect(try encode("seed.coin", "--option", "coin.seed=1").status == 0)
        let isSame = folder.read("seed.coin") == file
        #expect(!isSame)
    }

    @Test func `decodes any part at any size`() throws {
        #expect(try convert("in.coin", "whole.png", "--scale", "1.5").status == 0)
        let whole = try decode("whole.png")
        #expect(whole.header.size == ImageSize(width: 144, height: 96))
        #expect(
            try convert("in.coin", "part.png", "--size", "144x96", "--region", "60,10,31,50")
                .status == 0)
        let part = try decode("part.png")
        var expected: [UInt8] = []
        for row in 10..<60 {
            let start = (row * 144 + 60) * 3
            expected += whole.bytes[start..<start + 31 * 3]
        }
        #expect(part.bytes == expected)
        let refused = try convert("in.coin", "no.png", "--region", "90,0,10,10")
        refused.expectFailure(about: "in.coin", 2)
    }

    @Test func `fits by its own sampling, or by a filter if one is named`() throws {
        for (name, options) in [
            ("fit.png", ["--fit", "36"]), ("size.png", ["--size", "36x24"]),
            ("box.png", ["--fit", "36", "--filter", "box"]),
        ] {
            #expect(try ConvertTool.run(["in.coin", name] + options, in: folder).status == 0)
        }
        #expect(try convert("in.coin", "whole.png").status == 0)
        #expect(try convert("whole.png", "plain.png", "--fit", "36", "--filter", "box").status == 0)
        let (fit, box) = (try decode("fit.png"), try decode("box.png"))
        #expect(fit.header.size == ImageSize(width: 36, height: 24))
        #expect(try decode("size.png").bytes == fit.bytes)
        #expect(try decode("plain.png").bytes == box.bytes)
        #expect(fit.bytes != box.bytes)
        // A part of it is cut first, and then fits.
        #expect(
            try convert("in.coin", "part.png", "--region", "10,8,60,40", "--fit", "30").status == 0)
        #expect(try decode("part.png").header.size == ImageSize(width: 30, height: 20))
    }

    @Test func `writes previews, coarse first`() throws {
        #expect(try convert("in.coin", "out.png", "--progressive", "3").status == 0)
        let sizes = try ["out.1.png", "out.2.png", "out.png"].map {
            try decode($0).header.size.description
        }
        #expect(sizes == ["24x16", "48x32", "96x64"])
    }

    @Test func `is never worse than a flat picture, whatever the learning rate`() throws {
        #expect(
            try convert(
                "in.tiff", "wild.coin", "--option", "coin.architecture=siren", "--option",
                "coin.epochs=6", "--option", "coin.learning-rate=1"
            ).status == 0)
        let run = try convert("compare", "in.tiff", "wild.coin", "--json")
        let json = try #require(try parseJSON(run.text) as? [String: Any])
        #expect(json["psnr"] as? Double ?? 0 > 8, "\(run.text)")
    }

    @Test func `previews are outputs like others`() throws {
        let coin = try #require(folder.read("in.coin"))
        try folder.write("set/x.coin", coin)
        try folder.write("set/x.1.coin", coin)
        let clash = try convert(
            "set", "out", "--to", "png", "--progressive", "2", "--overwrite")
        #expect(clash.status == 2 && clash.errors.contains("would both become"), "\(clash.errors)")
        #expect(!folder.files.contains { $0.hasPrefix("out/") })
        try folder.write("p.1.png", [1])
        let there = try convert("in.coin", "p.png", "--progressive", "2")
        #expect(there.status == 1 && there.errors.contains("p.1.png"), "\(there.errors)")
        #expect(folder.read("p.1.png") == [1] && folder.read("p.png") == nil)
    }
}

import FormatKit
import Foundation
import TestSupport
import Testing

/// Sizes and qualities that are reached by searching, as a user sees them.
@Suite struct TargetCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        // Gray: halved chroma, and the quality from which it is not, are steps in any curve.
        try folder.write("in.png", try Self.file(width: 96, height: 80))
    }

    private static func file(width: Int, height: Int) throws -> [UInt8] {
        try BuiltIn.file(
            "png", width: width, height: height, layout: PixelLayout(.gray, .uint8))
    }

    private func convert(_ arguments: String...) throws -> ConvertTool.Run {
        try ConvertTool.run(arguments, in: folder)
    }

    /// Runs, and expects success; returns what `--json` says of the target.
    private func reached(
        _ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> [String: Any] {
        let run = try ConvertTool.run(arguments + ["--json"], in: folder)
        #expect(run.status == 0, "\(run.errors)", sourceLocation: sourceLocation)
        let report = try parseJSON(run.text) as? [String: Any]
        return report?["target"] as? [String: Any] ?? [:]
    }

    /// The formats with a quality.
    static let formats = BuiltIn.registry.descriptors
        .filter { $0.write?.targets != nil && $0.read != nil }.map(\.id.rawValue)

    private static func options(_ format: String) -> [String] {
        // Seconds for each attempt, if they were not few.
        format == "coin" ? ["--option", "coin.steps=40"] : ["--effort", "2"]
    }

    /// The size of the file with a quality.
    private func byteCount(_ format: String, quality: Double) throws -> Int {
        let run = try ConvertTool.run(
            ["in.png", "size.\(format)", "--overwrite", "--quality", "\(quality)"]
                + Self.options(format), in: folder)
        #expect(run.status == 0, "\(run.errors)")
        return try #require(folder.read("size.\(format)")).count
    }

    @Test(arguments: formats, [0.35, 0.6, 0.9])
    func `a size is not exceeded, nor missed by much`(format: String, part: Double) throws {
        let (least, most) = (
            try byteCount(format, quality: 15), try byteCount(format, quality: 90)
        )
        let wanted = least + Int(part * Double(most - least))
        let target = try reached(
            ["in.png", "out.\(format)", "--target-size", "\(wanted)", "--verify"]
                + Self.options(format))
        let found = try #require(folder.read("out.\(format)")).count
        // So small a picture has few rates that .coin hits.
        let share = format == "coin" ? 0.7 : 0.85
        #expect(found <= wanted && Double(found) >= share * Double(wanted), "\(found) of \(wanted)")
        #expect(target["kind"] as? String == "bytes")
        #expect(target["reached"] as? Double == Double(found), "\(target)")
        #expect(target["wanted"] as? Double == Double(wanted))
        let attempts = try #require(target["attempts"] as? Double)
        #expect((1...13).contains(attempts))
    }

    @Test(arguments: formats, [("psnr", 30.0), ("ssim", 0.95)])
    func `a quality is reached, and as compare measures it`(
        format: String, target: (String, Double)
    ) throws {
        let (name, wanted) = target
        let reached = try reached(
            ["in.png", "out.\(format)", "--target-\(name)", "\(wanted)"] + Self.options(format))
        let value = try #require(reached["reached"] as? Double)
        #expect(value >= wanted && value <= (name == "psnr" ? wanted + 3 : 1), "\(value)")
        let json = try parseJSON(try convert("compare", "in.png", "out.\(format)", "--json").text)
        let comparison = json as? [String: Any]
        let measured = comparison?[name == "psnr" ? "psnr" : "ms_ssim"] as? Double
        #expect(abs(try #require(measured) - value) < 1e-6)
        // The same comes of the quality that is told.
        #expect(reached["setting"] as? String == "quality")
        let quality = try #require(reached["value"] as? Double)
        let run = try ConvertTool.run(
            ["in.png", "again.\(format)", "--quality", "\(quality)"] + Self.options(format),
            in: folder)
        #expect(run.status == 0)
        #expect(folder.read("again.\(format)") == folder.read("out.\(format)"))
    }

    @Test(arguments: formats) func `a size that no quality has is missed aloud`(
        format: String
    ) throws {
        let run = try ConvertTool.run(
            ["in.png", "out.\(format)", "--target-size", "40", "--quiet"] + Self.options(format),
            in: folder)
        run.expectFailure(about: "in.png")
        #expect(run.errors.contains("the lowest quality gives "), "\(run.errors)")
        #expect(folder.files == ["in.png"])
    }

    /// AVIF's best keeps gray as it is, and .coin takes long.
    @Test(arguments: formats.filter { $0 != "coin" && $0 != "avif" })
    func `a quality that no setting has is missed aloud`(format: String) throws {
        let run = try ConvertTool.run(
            ["in.png", "out.\(format)", "--target-psnr", "100", "--quiet"]
                + Self.options(format), in: folder)
        run.expectFailure(about: "in.png")
        #expect(run.errors.contains("the highest quality gives a PSNR of "), "\(run.errors)")
        #expect(folder.files == ["in.png"])
    }

    @Test func `what cannot be searched is refused as a command line`() throws {
        for (arguments, words) in [
            (["out.png", "--target-size", "1K"], "png has no quality to search"),
            (["out.tiff", "--target-psnr", "40"], "tiff has no quality to search"),
            (["out.webp", "--target-size", "1K", "--target-psnr", "40"], "exclude each other"),
            (["out.webp", "--target-size", "1K", "--quality", "40"], "a quality is given"),
            (["out.webp", "--target-size", "1K", "--lossless"], "lossless"),
            (["out.webp", "--target-size", "nothing"], "number of bytes"),
            (["out.webp", "--target-psnr", "-3"], "--target-psnr"),
            (["out.webp", "--target-ssim", "1"], "--target-ssim"),
            (["out.coin", "--target-ssim", "0.9", "--progressive", "3"], "--progressive"),
            (
                ["out.webp", "--target-size", "1K", "--option", "webp.target-size=100"],
                "webp.target-size"
            ),
            (["out.coin", "--target-psnr", "30", "--option", "coin.bpp=1"], "coin.bpp"),
        ] {
            let run = try ConvertTool.run(["in.png"] + arguments, in: folder)
            #expect(run.status == 2, "\(arguments): \(run.errors)")
            #expect(run.errors.contains(words), "\(run.errors)")
            #expect(folder.files == ["in.png"])
        }
    }

    @Test func `people are told what was reached`() throws {
        let run = try convert("in.png", "out.webp", "--target-size", "2K")
        #expect(run.status == 0)
        let line = try #require(run.errorLines.last)
        #expect(
            line.wholeMatch(
                of: /convert: in\.png: [0-9]+ bytes at quality [0-9.]+, [0-9]+ attempts?/) != nil,
            "\(line)")
        #expect(try convert("in.png", "b.webp", "--target-size", "2K", "--quiet").errors == "")
    }

    @Test func `each file of a folder has a search of its own, and is resumed`() throws {
        for (index, width) in [60, 120].enumerated() {
            try folder.write(
                "many/\(index).png", try Self.file(width: width, height: 90))
        }
        let arguments = ["many", "out", "--to", "webp", "--target-size", "1500", "--resume"]
        let run = try ConvertTool.run(arguments + ["--json"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        for line in run.text.split(separator: "\n") {
            let report = try parseJSON(line) as? [String: Any]
            let target = report?["target"] as? [String: Any]
            #expect((target?["reached"] as? Double ?? .infinity) <= 1500)
        }
        #expect(try ConvertTool.run(arguments, in: folder).errors.contains("2 skipped"))
        let other = try ConvertTool.run(
            ["many", "out", "--to", "webp", "--target-size", "1600", "--resume"], in: folder)
        #expect(other.errors.contains("2 converted"), "\(other.errors)")
    }

    @Test func `a file that misses its target costs only itself`() throws {
        try folder.write("many/a.png", try Self.file(width: 20, height: 20))
        try folder.write("many/b.png", try Self.file(width: 300, height: 300))
        let run = try convert("many", "out", "--to", "webp", "--target-size", "700")
        #expect(run.status == 1 && run.errors.contains("1 converted, 1 failed"), "\(run.errors)")
        #expect(folder.files.filter { $0.hasPrefix("out/") } == ["out/a.webp"])
    }

    @Test func `it goes to standard output`() throws {
        let run = try ConvertTool.run(
            ["-", "-", "--to", "webp", "--target-size", "1500"],
            input: try #require(folder.read("in.png")), in: folder)
        #expect(run.status == 0 && run.output.count <= 1500 && run.output.count > 1200)
    }

    @Test(arguments: ["webp", "jxl", "avif"])
    func `frames of an animation are searched together`(format: String) throws {
        guard let plugin = BuiltIn.registry.plugin(named: format),
            plugin.descriptor.write?.pages == .animation
        else { return }
        let frames = (0..<3).map { index in
            var frame = TestImages.picture(
                width: 64, height: 48, layout: PixelLayout(.gray, .uint8), seed: UInt64(index + 1))
            frame.header.frameCount = 3
            frame.header.animation = .default
            return frame
        }
        let png = try #require(BuiltIn.registry.plugin(named: "png"))
        try folder.write("frames.png", try frames.encoded(by: png, settings: WriteSettings()))
        let target = try reached(
            [
                "frames.png", "out.\(format)", "--pages", "all", "--target-psnr", "28", "--effort",
                "2",
            ])
        #expect(try #require(target["reached"] as? Double) >= 28)
        for page in 1...3 {
            let (one, two) = ("\(page).png", "\(page)-\(format).png")
            #expect(try convert("frames.png", one, "--page", "\(page)").status == 0)
            #expect(try convert("out.\(format)", two, "--page", "\(page)").status == 0)
            let json = try parseJSON(try convert("compare", one, two, "--json").text)
            let psnr = (json as? [String: Any])?["psnr"] as? Double
            #expect(try #require(psnr) >= 28 - 1e-9)
        }
    }

    @Test func `pictures that do not fit into memory are read again`() throws {
        // 3.6 MB, and half of the limit is less.
        try folder.write("large.ppm", Array("P6 1500 800 255\n".utf8) + Self.noise(3_600_000))
        let free = try reached(["large.ppm", "a.jpg", "--target-size", "300K"])
        let tight = try reached(
            ["large.ppm", "b.jpg", "--target-size", "300K", "--max-memory", "7000000"])
        #expect(folder.read("a.jpg") == folder.read("b.jpg"))
        #expect(free["attempts"] as? Double == tight["attempts"] as? Double)
        let run = try convert(
            "large.ppm", "c.jpg", "--target-psnr", "30", "--max-memory", "5000000")
        run.expectFailure(about: "large.ppm")
        #expect(run.errors.contains("--max-memory"), "\(run.errors)")
    }

    private static func noise(_ count: Int) -> [UInt8] {
        var generator = SplitMix64(seed: 3)
        var value = 0
        return (0..<count).map { _ in
            value = (value * 15 + Int(generator.next() % 256)) / 16
            return UInt8(value)
        }
    }

    @Test func `a search is interrupted like any other work`() throws {
        try folder.write("large.png", try Self.file(width: 400, height: 400))
        let run = try ConvertTool.shell(
            #"""
            set -m
            "$CONVERT" large.png out.coin --target-psnr 45 --quiet &
            sleep 0.7
            kill -INT $!
            wait $!
            """#, in: folder)
        #expect(run.status == 130, "\(run.errors)")
        #expect(!folder.files.contains("out.coin"))
    }
}

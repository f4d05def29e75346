import FormatKit
import TestSupport
import Testing

/// `--salvage`: what can be had of a damaged file.
@Suite struct SalvageTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func convert(_ arguments: String...) throws -> ConvertTool.Run {
        try ConvertTool.run(arguments, in: folder)
    }

    private static let formats = [
        "png", "jpg", "tiff", "ppm", "webp", "gif", "qoi", "jp2", "tga", "hdr", "exr",
    ].filter {
        BuiltIn.registry.plugin(named: $0) != nil
    }

    /// A file whose pixels are compressed, or that is cut.
    private func file(_ format: String, size: Int = 300) throws -> [UInt8] {
        let plugin = try #require(BuiltIn.registry.plugin(named: format))
        let texts = ["tiff": ["compression": "lzw"], "jp2": ["tile": "64"]][format] ?? [:]
        return try TestImages.encoded(
            TestImages.picture(width: size, height: size), as: plugin,
            settings: WriteSettings(options: OptionValues(parsing: texts, for: plugin.descriptor)))
    }

    /// A file, cut behind a part of it; of TIFF, whose directory is at the end, the strips of the
    /// other part are damaged.
    private func damaged(_ format: String, part: Double) throws -> [UInt8] {
        var file = try file(format)
        let place = Int(Double(file.count) * part)
        guard format == "tiff" else { return Array(file[..<place]) }
        for index in place..<Int(Double(file.count) * 0.9) { file[index] = 0xFF }
        return file
    }

    @Test(arguments: formats)
    func `good rows are written, and the rest is told of`(format: String) throws {
        try folder.write("whole.\(format)", try file(format))
        try folder.write("bad.\(format)", try damaged(format, part: 0.6))
        let refused = try convert("bad.\(format)", "out.png")
        #expect(refused.status == 1 && folder.read("out.png") == nil)
        let run = try convert("bad.\(format)", "out.png", "--salvage", "--json")
        #expect(run.status == 1, "\(run.errors)")
        #expect(run.errors.contains("of its rows are good"), "\(run.errors)")
        let json = try #require(try parseJSON(run.text) as? [String: Any])
        let share = try #require(json["good_row_share"] as? Double)
        #expect(share > 0.2 && share < 0.95)
        #expect(try convert("whole.\(format)", "whole-out.png").status == 0)
        let plugin = try #require(BuiltIn.registry.plugin(named: "png"))
        let pictures = try ["out.png", "whole-out.png"].map {
            try Image(decoding: try #require(folder.read($0)), as: plugin)
        }
        #expect(pictures[0].header.size == pictures[1].header.size)
        // The first fifth is good, whichever rows the others are.
        let count = pictures[0].bytes.count / 5
        #expect(pictures[0].bytes.prefix(count) == pictures[1].bytes.prefix(count))
        let strict = try convert("bad.\(format)", "s.png", "--salvage", "--strict")
        #expect(strict.status == 1 && folder.read("s.png") == nil)
    }

    /// Of TIFF's strips only those that the region touches count; in this picture that is one.
    @Test(arguments: formats)
    func `a region of a damaged file tells of the damage in it`(format: String) throws {
        try folder.write("whole.\(format)", try file(format))
        try folder.write("bad.\(format)", try damaged(format, part: 0.5))
        let region = ["--region", "0,0,300,290"]
        #expect(try ConvertTool.run(["whole.\(format)", "w.png"] + region, in: folder).status == 0)
        for extra in [[], ["--fit", "100"], ["--fit", "100", "--filter", "nearest"]] {
            let arguments = ["bad.\(format)", "out.png", "--overwrite"] + region + extra
            let refused = try ConvertTool.run(arguments, in: folder)
            #expect(refused.status == 1 && folder.read("out.png") == nil, "\(extra)")
            let run = try ConvertTool.run(arguments + ["--salvage"], in: folder)
            #expect(run.status == 1, "\(extra) \(run.errors)")
            #expect(run.errors.contains("of its rows are good"), "\(extra) \(run.errors)")
            try folder.remove("out.png")
        }
    }

    /// Rows of a PPM file of 300 rows, of which the first 180 are there.
    @Test(
        arguments: [
            (["--region", "0,0,300,180"], 1), (["--region", "0,150,300,100"], 0.3),
            (["--region", "0,100,300,100", "--fit", "50"], 0.8),
            (["--region", "0,100,300,100", "--fit", "50", "--filter", "nearest"], 0.8),
            (["--size", "150x150", "--region", "0,50,150,50"], 0.8), (["--size", "150x150"], 0.6),
        ] as [([String], Double)])
    func `the rows of a region are those that count`(options: [String], share: Double) throws {
        let file = try file("ppm")
        try folder.write("bad.ppm", Array(file.dropLast(300 * 120 * 3)))
        let run = try ConvertTool.run(
            ["bad.ppm", "out.ppm", "--salvage", "--json"] + options, in: folder)
        #expect(run.status == 1, "\(run.errors)")
        let json = try #require(try parseJSON(run.text) as? [String: Any])
        #expect(json["good_row_share"] as? Double == share)
        let losses = try #require(json["losses"] as? [[String: String]])
        let region = share == 1
        #expect(losses.contains { $0["kind"] == "rows" } == !region, "\(losses)")
        #expect(
            losses.contains { $0["kind"] == "other_rows" } == options.contains("--region"),
            "\(losses)")
        guard region else { return }
        #expect(run.errors.contains("120 rows outside of the part that is read"), "\(run.errors)")
        #expect(run.errors.contains("100 % of its rows are good"), "\(run.errors)")
        #expect(
            try #require(folder.read("out.ppm")).suffix(300 * 180 * 3)
                == file.dropFirst(15).prefix(300 * 180 * 3))
    }

    @Test(
        arguments: ["png", "jpg", "tiff", "ppm", "bmp", "tga", "jp2"].filter {
            $0 == "bmp" || formats.contains($0)
        })
    func `damage beside a region is told of, but not as of its rows`(format: String) throws {
        let plugin = try #require(BuiltIn.registry.plugin(named: format))
        try folder.write("whole.\(format)", try file(format))
        try folder.write("bad.\(format)", try damaged(format, part: 0.6))
        let isUpward = plugin.descriptor.id.rawValue == "bmp"
        let region = ["--region", isUpward ? "0,270,300,30" : "0,0,300,30"]
        #expect(try ConvertTool.run(["whole.\(format)", "w.png"] + region, in: folder).status == 0)
        let run = try ConvertTool.run(
            ["bad.\(format)", "out.png", "--salvage", "--json"] + region, in: folder)
        #expect(folder.read("out.png") == folder.read("w.png"))
        let json = try #require(try parseJSON(run.text) as? [String: Any])
        let losses = try #require(json["losses"] as? [[String: String]])
        #expect(!losses.contains { $0["kind"] == "rows" }, "\(losses)")
        // Only the tiles that the region needs are read; the TIFF file has one strip.
        let isByParts = format == "jp2"
        #expect(run.status == (isByParts ? 0 : 1), "\(run.errors)")
        #expect(losses.contains { $0["kind"] == "other_rows" } == !isByParts, "\(losses)")
        #expect(json["good_row_share"] as? Double == (isByParts ? nil : 1))
    }

    @Test func `nothing is made up of a region without a good row`() throws {
        try folder.write("bad.ppm", Array(try file("ppm").dropLast(300 * 120 * 3)))
        let run = try convert("bad.ppm", "out.ppm", "--salvage", "--region", "0,180,300,50")
        #expect(run.status == 1 && folder.read("out.ppm") == nil, "\(run.errors)")
    }

    /// A checksum behind the last row is all that tells.
    @Test func `a region of a PNG is checked to the end`() throws {
        let png = try #require(BuiltIn.registry.plugin(named: "png"))
        let image = Image.noise(64, 96, PixelLayout(.rgb, .uint8), seed: 3)
        var file = try TestImages.encoded(image, as: png)
        let place = try #require(file.firstRange(of: Array("IDAT".utf8))).upperBound + 4000
        file[place] ^= 0x55
        try folder.write("bad.png", file)
        let run = try convert("bad.png", "out.ppm", "--region", "0,0,64,80")
        #expect(run.status == 1 && folder.read("out.ppm") == nil, "\(run.errors)")
    }

    @Test(arguments: ["jpg", "qoi", "hdr", "exr", "png"].filter(formats.contains))
    func `a region tells of what follows the picture`(format: String) throws {
        try folder.write("a.\(format)", try file(format, size: 40) + Array("junk junk junk".utf8))
        let run = try convert("a.\(format)", "out.\(format)", "--region", "0,0,16,16")
        #expect(run.errors.contains("14 bytes after the end"), "\(run.errors)")
    }

    @Test func `a PNG that ends early in its first piece of pixels has rows`() throws {
        let png = try #require(BuiltIn.registry.plugin(named: "png"))
        let image = Image.noise(64, 64, PixelLayout(.rgb, .uint8), seed: 1)
        let file = try TestImages.encoded(image, as: png)
        #expect(file.count > 12_000)
        try folder.write("bad.png", Array(file[..<7000]))
        let run = try convert("bad.png", "out.png", "--salvage", "--json")
        let json = try #require(try parseJSON(run.text) as? [String: Any])
        #expect(run.status == 1 && (json["good_row_share"] as? Double ?? 0) > 0.5, "\(run.errors)")
    }

    /// A palette without black, which rows that are made up would have.
    @Test(
        arguments: ["png", "tiff", "tga", "bmp", "gif", "ppm"].filter {
            BuiltIn.registry.plugin(named: $0) != nil
        })
    func `a picture with a palette keeps it`(format: String) throws {
        let colors = [
            RGBAColor(red: 200, green: 9, blue: 0), RGBAColor(red: 0, green: 9, blue: 99),
        ]
        var image = TestImages.picture(width: 400, height: 300)
        image.bytes = image.bytes.indices.flatMap { index -> [UInt8] in
            guard index % 3 == 0 else { return [] }
            let color = colors[Int(image.bytes[index] & 1)]
            return [color.red, color.green, color.blue]
        }
        image.header.storage = .palette(Palette(colors, indexBitCount: 8))
        let plugin = try #require(BuiltIn.registry.plugin(named: "png"))
        let file = try TestImages.encoded(image, as: plugin)
        try folder.write("bad.png", Array(file[..<(file.count * 2 / 3)]))
        let run = try convert("bad.png", "out.\(format)", "--salvage", "--json")
        #expect(run.status == 1 && run.errors.contains("of its rows are good"), "\(run.errors)")
        let reader = try #require(BuiltIn.registry.plugin(named: format))
        let out = try Image(decoding: try #require(folder.read("out.\(format)")), as: reader)
        let pixels = try #require(out.converted(to: PixelLayout(.rgb, .uint8))).bytes
        #expect(pixels.suffix(3) == [200, 9, 0])
        #expect(pixels.prefix(90_000) == image.bytes.prefix(90_000))
    }

    @Test(arguments: formats)
    func `a file without a flaw is converted as ever`(format: String) throws {
        try folder.write("in.\(format)", try file(format, size: 40))
        #expect(try convert("in.\(format)", "a.png").status == 0)
        let run = try convert("in.\(format)", "b.png", "--salvage", "--json", "--verify")
        #expect(run.status == 0 && !run.text.contains("good_row_share"), "\(run.errors)")
        #expect(folder.read("a.png") == folder.read("b.png"))
    }

    @Test(
        .enabled(if: BuiltIn.registry.plugin(named: "webp") != nil),
        arguments: [
            ("lossless", false, 0.6), ("lossless", true, 0.6), ("lossy", false, 0.6),
            // Of lossy files, alpha comes before all colors.
            ("lossy", true, 0.98),
        ])
    func `of WebP the rows that can be decoded are right`(
        kind: String, hasAlpha: Bool, part: Double
    ) throws {
        let plugin = try #require(BuiltIn.registry.plugin(named: "webp"))
        let layout = PixelLayout(.rgb, .uint8, alpha: hasAlpha ? .straight : .opaque)
        let file = try TestImages.encoded(
            TestImages.picture(width: 90, height: 700, layout: layout), as: plugin,
            settings: WriteSettings(isLossless: kind == "lossless"))
        try folder.write("whole.webp", file)
        try folder.write("bad.webp", Array(file[..<Int(Double(file.count) * part)]))
        #expect(try convert("whole.webp", "whole.tiff", "--overwrite").status == 0)
        let run = try convert("bad.webp", "out.tiff", "--salvage", "--json", "--overwrite")
        #expect(run.status == 1, "\(run.errors)")
        let json = try #require(try parseJSON(run.text) as? [String: Any])
        let share = try #require(json["good_row_share"] as? Double)
        let (whole, out) = (try decoded("whole.tiff"), try decoded("out.tiff"))
        #expect(out.header.size == whole.header.size && out.header.layout == whole.header.layout)
        let goodRowCount = Int((share * 700).rounded())
        #expect(goodRowCount > 100)
        let count = goodRowCount * whole.bytes.count / 700
        #expect(out.bytes[..<count] == whole.bytes[..<count])
        #expect(out.bytes[count...].allSatisfy { $0 == 0 })
    }

    @Test(
        .enabled(if: BuiltIn.registry.plugin(named: "jxl")?.descriptor.read != nil),
        arguments: [0.4, 0.7, 0.95])
    func `of JPEG XL a coarse picture is had`(part: Double) throws {
        let plugin = try #require(BuiltIn.registry.plugin(named: "jxl"))
        let file = try TestImages.encoded(
            TestImages.picture(width: 600, height: 500), as: plugin, settings: WriteSettings())
        try folder.write("whole.jxl", file)
        try folder.write("bad.jxl", Array(file[..<Int(Double(file.count) * part)]))
        #expect(try convert("bad.jxl", "out.tiff").status == 1)
        #expect(try convert("whole.jxl", "whole.tiff").status == 0)
        let run = try convert("bad.jxl", "out.tiff", "--salvage", "--json")
        #expect(run.status == 1, "\(run.errors)")
        let json = try #require(try parseJSON(run.text) as? [String: Any])
        #expect(json["good_row_share"] as? Double == 0)
        let (whole, out) = (try decoded("whole.tiff"), try decoded("out.tiff"))
        #expect(out.header.size == whole.header.size && out.header.layout == whole.header.layout)
        let error = zip(out.bytes, whole.bytes).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        // Fine patterns are missed; black would be more than twice as far away.
        #expect(Double(error) / Double(whole.bytes.count) < 40)
    }

    private func decoded(_ name: String) throws -> Image {
        let plugin = try #require(BuiltIn.registry.plugin(named: "tiff"))
        return try Image(decoding: try #require(folder.read(name)), as: plugin)
    }

    @Test func `a batch with a salvaged file is no success, and does it again`() throws {
        guard let format = Self.formats.first else { return }
        try folder.write("in/bad.\(format)", try damaged(format, part: 0.5))
        try folder.write("in/good.\(format)", try file(format, size: 40))
        for _ in 0..<2 {
            let run = try convert("in", "out", "--to", "png", "--salvage", "--resume")
            #expect(run.status == 1, "\(run.errors)")
            #expect(run.errors.contains("1 of them only salvaged"), "\(run.errors)")
        }
    }

    @Test(arguments: formats)
    func `nothing is made up where nothing is there`(format: String) throws {
        let file = try file(format)
        try folder.write("bad.\(format)", Array(file[..<40]))
        #expect(try convert("bad.\(format)", "out.png", "--salvage").status == 1)
        #expect(folder.read("out.png") == nil)
    }
}

import FormatKit
import TestSupport
import Testing

/// Pictures that become light for Radiance HDR and OpenEXR, and what becomes of them again.
@Suite struct LightCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func convert(_ arguments: String...) throws -> ConvertTool.Run {
        try ConvertTool.run(arguments, in: folder)
    }

    private func image(_ name: String, _ format: String) throws -> Image {
        let plugin = try #require(BuiltIn.registry.plugin(named: format))
        return try Image(decoding: try #require(folder.read(name)), as: plugin)
    }

    private func reals(_ image: Image) -> [Float] {
        stride(from: 0, to: image.bytes.count, by: 4).map { start in
            Float(
                bitPattern: image.bytes[start..<start + 4].reversed().reduce(0) {
                    $0 << 8 | UInt32($1)
                })
        }
    }

    @Test func `8 bits become light`() throws {
        // Black, a middle gray, white; the colors of a third.
        let pixels: [UInt8] = [0, 0, 0, 188, 188, 188, 255, 255, 255, 255, 188, 0]
        try folder.write("in.ppm", Array("P6 4 1 255\n".utf8) + pixels)
        let run = try convert("in.ppm", "a.hdr", "--strict", "--verify")
        #expect(run.status == 0 && run.errors == "", "\(run.errors)")
        let light = reals(try image("a.hdr", "hdr"))
        let expected: [Float] = [0, 0, 0, 0.5, 0.5, 0.5, 1, 1, 1, 1, 0.5, 0]
        #expect(zip(light, expected).allSatisfy { abs($0 - $1) < 0.005 }, "\(light)")
    }

    @Test(arguments: ["ppm", "png", "tiff"])
    func `sRGB comes back`(format: String) throws {
        let picture = TestImages.picture(width: 40, height: 30)
        let plugin = try #require(BuiltIn.registry.plugin(named: format))
        try folder.write("in.\(format)", try TestImages.encoded(picture, as: plugin))
        #expect(try convert("in.\(format)", "a.hdr", "--verify").status == 0)
        #expect(try convert("a.hdr", "b.png", "--to-srgb", "--depth", "8").status == 0)
        let found = try image("b.png", "png")
        // The darkest channels have few bits of the exponent that they share.
        let differences = zip(found.bytes, picture.bytes).map { abs(Int($0) - Int($1)) }
        let bright = zip(differences, picture.bytes).filter { $0.1 > 100 }.map(\.0)
        #expect(try #require(bright.max()) <= 3)
    }

    @Test func `a picture with a profile becomes sRGB first`() throws {
        var metadata = ImageMetadata()
        metadata.codePoints = .displayP3
        let image = Image.noise(8, 8, PixelLayout(.rgb, .uint8), metadata: metadata)
        let plugin = try #require(BuiltIn.registry.plugin(named: "png"))
        try folder.write("in.png", try image.encoded(by: plugin))
        let run = try convert("in.png", "a.hdr")
        #expect(run.status == 0 && run.errors.contains("colors are converted to sRGB"))
        #expect(run.errorLines.count == 1, "\(run.errors)")
    }

    @Test func `exposure and light stay what they are in HDR, and are named elsewhere`() throws {
        let head = "#?RADIANCE\nFORMAT=32-bit_rle_rgbe\nEXPOSURE=2.5\n\n-Y 1 +X 2\n"
        let file = Array(head.utf8) + [128, 64, 32, 130, 200, 100, 50, 120]
        try folder.write("in.hdr", file)
        let same = try convert("in.hdr", "a.hdr", "--strict", "--verify")
        #expect(same.status == 0 && same.errors == "", "\(same.errors)")
        #expect(folder.read("a.hdr") == file)
        let other = try convert("in.hdr", "a.pfm")
        #expect(other.status == 0)
        #expect(other.errors.contains("what holds only for the input"), "\(other.errors)")
        let back = try convert("a.pfm", "b.hdr", "--strict")
        #expect(back.status == 0 && back.errors == "", "\(back.errors)")
        #expect(
            reals(try image("b.hdr", "hdr")) == reals(try image("in.hdr", "hdr")))
        #expect(try convert("info", "in.hdr").text.contains("2.5"))
    }

    @Test func `samples that have no place are counted`() throws {
        let samples: [Float] = [-1, 0.5, .nan, 1, .infinity, 0]
        let bytes = samples.flatMap { sample in
            (0..<4).map { UInt8(truncatingIfNeeded: sample.bitPattern >> UInt32(8 * $0)) }
        }
        try folder.write("in.pfm", Array("PF\n2 1\n-1.0\n".utf8) + bytes)
        let run = try convert("in.pfm", "a.hdr")
        #expect(run.status == 0)
        #expect(
            run.errors.contains("3 samples that are negative, too large or no numbers become 0"))
        #expect(try convert("in.pfm", "b.hdr", "--strict").status == 1)
        #expect(folder.read("b.hdr") == nil)
    }

    private static let hasEXR =
        BuiltIn.registry.plugin(named: "exr")?.descriptor.write != nil

    @Test(.enabled(if: hasEXR), arguments: ["ppm", "png", "tiff"])
    func `sRGB comes back from OpenEXR`(format: String) throws {
        let picture = TestImages.picture(width: 40, height: 30)
        let plugin = try #require(BuiltIn.registry.plugin(named: format))
        try folder.write("in.\(format)", try TestImages.encoded(picture, as: plugin))
        let run = try convert("in.\(format)", "a.exr", "--verify", "--strict")
        #expect(run.status == 0 && run.errors == "", "\(run.errors)")
        #expect(try convert("a.exr", "b.png", "--to-srgb", "--depth", "8").status == 0)
        #expect(try image("b.png", "png").bytes == picture.bytes)
    }

    @Test(.enabled(if: hasEXR))
    func `color is light before it is multiplied by alpha`() throws {
        // White and a middle gray, half opaque; a color that nobody sees.
        let pixels: [UInt8] = [255, 255, 255, 128, 188, 188, 188, 128, 9, 9, 9, 0]
        let layout = PixelLayout(.rgb, .uint8, alpha: .straight)
        let picture = Image(
            header: ImageHeader(size: ImageSize(width: 3, height: 1), layout: layout), bytes: pixels
        )
        let png = try #require(BuiltIn.registry.plugin(named: "png"))
        try folder.write("in.png", try TestImages.encoded(picture, as: png))
        let run = try convert("in.png", "a.exr", "--verify")
        #expect(run.status == 0 && run.errorLines.count == 1, "\(run.errors)")
        #expect(run.errors.contains("the color of 1 pixel that is transparent is left out"))
        let light = reals(try image("a.exr", "exr"))
        let half = Float(128) / 255
        let expected = [half, half, half, half, half / 2, half / 2, half / 2, half, 0, 0, 0, 0]
        #expect(zip(light, expected).allSatisfy { abs($0 - $1) < 0.003 }, "\(light)")
        #expect(try convert("a.exr", "b.png", "--to-srgb", "--depth", "8").status == 0)
        #expect(try image("b.png", "png").bytes == Array(pixels.dropLast(4)) + [0, 0, 0, 0])
        #expect(try convert("in.png", "b.exr", "--strict").status == 1)
        #expect(try convert("in.png", "b.exr", "--lossless").status == 1)
        #expect(folder.read("b.exr") == nil)
    }

    @Test(.enabled(if: hasEXR))
    func `color that comes multiplied by alpha stays so`() throws {
        let layout = PixelLayout(.rgb, .uint8, alpha: .premultiplied)
        let picture = Image(
            header: ImageHeader(size: ImageSize(width: 1, height: 1), layout: layout),
            bytes: [94, 0, 128, 128])
        let tiff = try #require(BuiltIn.registry.plugin(named: "tiff"))
        try folder.write("in.tiff", try TestImages.encoded(picture, as: tiff))
        let run = try convert("in.tiff", "a.exr", "--verify", "--strict")
        #expect(run.status == 0 && run.errors == "", "\(run.errors)")
        // 188 of 255 is half of the light.
        let light = reals(try image("a.exr", "exr"))
        let half = Float(128) / 255
        #expect(
            zip(light, [half / 2, 0, half, half]).allSatisfy { abs($0 - $1) < 0.003 }, "\(light)")
        // Reals of 32 bits of which nothing is said go through as they are.
        #expect(try convert("a.exr", "b.tiff", "--strict").status == 0)
        #expect(reals(try image("b.tiff", "tiff")) == light)
    }

    @Test(.enabled(if: hasEXR))
    func `windows stay what they are in OpenEXR, and are named elsewhere`() throws {
        let plugin = try #require(BuiltIn.registry.plugin(named: "exr"))
        var metadata = ImageMetadata()
        let windows: [Int32] = [-2, -1, 1, 0, 0, 0, 9, 9]
        metadata.blocks = [
            FormatBlock(
                FormatID("exr"), "windows",
                windows.flatMap { number in
                    (0..<4).map { UInt8(truncatingIfNeeded: number >> Int32(8 * $0)) }
                }, size: ImageSize(width: 4, height: 2))
        ]
        let layout = PixelLayout(.gray, .float32)
        let picture = Image(
            header: ImageHeader(
                size: ImageSize(width: 4, height: 2), layout: layout, metadata: metadata),
            bytes: [UInt8](repeating: 0, count: 32))
        try folder.write("in.exr", try picture.encoded(by: plugin))
        let same = try convert("in.exr", "a.exr", "--strict", "--verify")
        #expect(same.status == 0 && same.errors == "", "\(same.errors)")
        #expect(folder.read("a.exr") == folder.read("in.exr"))
        let other = try convert("in.exr", "a.pfm")
        #expect(other.status == 0)
        #expect(other.errors.contains("what holds only for the input"), "\(other.errors)")
        #expect(try convert("info", "in.exr").text.contains("display window"))
        // A part of the picture lies elsewhere.
        let part = try convert("in.exr", "part.exr", "--region", "1,0,2,2")
        #expect(part.status == 0 && part.errors.contains("what holds only"), "\(part.errors)")
    }

    @Test(
        .enabled(if: hasEXR),
        arguments: [
            ("empty-window", "the attribute dataWindow is empty or lies too far away"),
            ("far-window", "lies too far away: (-2147483648, -2147483648)"),
            ("huge-window", "limit exceeded: 4000000004000000001 pixels"),
            ("huge-tiles", "the attribute tiles makes no sense"),
            ("cut", "the exr file is truncated: chunk 4 is missing"),
            ("unwritten-chunk", "chunk 3 is said to lie at 0"), ("deep", "deep data"),
            ("depth-only", "no channels R, G, B or Y, but Z"),
        ])
    func `a faulty file is one line`(name: String, words: String) throws {
        let path = FaultyFiles.path("exr-damage/\(name).exr")
        let run = try convert(path, "a.png")
        #expect(run.status == 1 && run.errorLines.count == 1, "\(run.errors)")
        #expect(run.errors.contains(words), "\(run.errors)")
        #expect(folder.read("a.png") == nil)
    }
}

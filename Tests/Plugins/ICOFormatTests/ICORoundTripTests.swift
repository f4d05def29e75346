import FormatKit
import TestSupport
import Testing

@testable import ICOFormat

@Suite struct ICORoundTripTests {
    static let rgba = PixelLayout(.rgb, .uint8, alpha: .straight)
    private let plugin = ICOPlugin(.icon)

    @Test(
        arguments: [(1, 1), (16, 16), (33, 7), (255, 1), (256, 256), (256, 3), (2, 256)]
            as [(Int, Int)])
    func `keeps every sample`(width: Int, height: Int) throws {
        let image = Image.noise(width, height, Self.rgba)
        let bytes = try image.encoded(by: plugin)
        let log = WarningLog()
        let found = try Image(decoding: bytes, as: plugin, context: log.context())
        #expect(found.header.layout == Self.rgba && found.bytes == image.bytes)
        #expect(log.warnings.isEmpty && found.header.losses.isEmpty, "\(log.warnings)")
        #expect(bytes == (try image.encoded(by: plugin, rowsPerBand: 1000)))
        let isPNG = bytes[22...25].elementsEqual([0x89, 0x50, 0x4E, 0x47])
        #expect(isPNG == (max(width, height) == 256))
    }

    @Test(arguments: [0, 1] as [UInt8])
    func `keeps what is transparent everywhere, or nearly so`(alpha: UInt8) throws {
        var image = Image.noise(5, 4, Self.rgba)
        for place in stride(from: 3, to: image.bytes.count, by: 4) { image.bytes[place] = alpha }
        let found = try Image(decoding: try image.encoded(by: plugin), as: plugin)
        #expect(found.header.layout == Self.rgba && found.bytes == image.bytes)
    }

    @Test func `pages of any sizes become pictures in their order`() throws {
        let sizes = [(16, 16), (256, 256), (48, 32), (16, 16)]
        let images = sizes.enumerated().map { index, size in
            var image = Image.noise(size.0, size.1, Self.rgba, seed: UInt64(index + 1))
            image.header.frameCount = sizes.count
            return image
        }
        let bytes = try images.encoded(by: plugin)
        let found = try [Image](decoding: bytes, as: plugin)
        #expect(found.map(\.header.size) == images.map(\.header.size))
        #expect(found.map(\.bytes) == images.map(\.bytes))
        #expect(try plugin.openPages(bytes).initialPage == 1)
    }

    @Test func `refuses what it cannot write`() throws {
        #expect(throws: ImageError.unstorable(ICOKind.icon.id, "pixels are rgb uint8")) {
            try Image.noise(2, 2, PixelLayout(.rgb, .uint8)).encoded(by: plugin)
        }
        #expect(
            throws: ImageError.unstorable(
                ICOKind.icon.id, "size 257x1, expected 1 to 256 each")
        ) { try Image.noise(257, 1, Self.rgba).encoded(by: plugin) }
        var many = Image.noise(1, 1, Self.rgba)
        many.header.frameCount = 65_536
        #expect(
            throws: ImageError.unstorable(
                ICOKind.icon.id, "65536 pages, expected at most 65535")
        ) { try many.encoded(by: plugin) }
        var two = Image.noise(1, 1, Self.rgba)
        two.header.frameCount = 2
        #expect(
            throws: ImageError.codecFailure(
                ICOKind.icon.id, "1 pictures written, expected 2")
        ) { try two.encoded(by: plugin) }
    }

    @Test func `a larger picture is refused with what helps`() throws {
        let header = Image.noise(300, 200, Self.rgba).header
        #expect(
            throws: ImageError.tooLarge(ICOKind.icon.id, header.size, allowed: 256)
        ) {
            _ = try ConversionPlan(
                converting: header, to: plugin, settings: WriteSettings())
        }
    }
}

/// What other people's programs think of our files, and we of theirs.
@Suite struct ICOJudgeTests {
    static let magick = ForeignTool("convert-im6")
    static let pillow: ForeignTool? = {
        let python = ForeignTool("python3")
        let outcome = try? python.run(["-c", "import PIL"], on: [], pathExtension: "py")
        if outcome?.status != 0 { print("SKIPPED: Pillow is not installed") }
        return outcome?.status == 0 ? python : nil
    }()
    private static let sizes = [(16, 16), (31, 9), (255, 40), (256, 256)]

    private static func picture(_ size: (Int, Int)) -> Image {
        TestImages.picture(width: size.0, height: size.1, layout: ICORoundTripTests.rgba)
    }

    @Test(.enabled(if: magick.isInstalled), arguments: sizes)
    func `ImageMagick reads the same pixels`(size: (Int, Int)) throws {
        let image = Self.picture(size)
        let outcome = try Self.magick.run(
            ["-regard-warnings", "%", "-depth", "8", "rgba:-"],
            on: try image.encoded(by: ICOPlugin(.icon)), pathExtension: "ico")
        #expect(outcome.status == 0, "\(outcome.diagnostics)")
        #expect(outcome.output == image.bytes)
    }

    @Test(.enabled(if: pillow != nil), arguments: sizes)
    func `Pillow reads the same pixels`(size: (Int, Int)) throws {
        let image = Self.picture(size)
        let script = """
            import sys
            from PIL import Image
            sys.stdout.buffer.write(Image.open(sys.argv[1]).convert("RGBA").tobytes())
            """
        let outcome = try #require(Self.pillow).run(
            ["-c", script, "%"], on: try image.encoded(by: ICOPlugin(.icon)),
            pathExtension: "ico")
        #expect(outcome.status == 0, "\(outcome.diagnostics)")
        #expect(outcome.output == image.bytes)
    }

    @Test(.enabled(if: pillow != nil), arguments: ["bmp", "png"])
    func `reads what Pillow writes`(form: String) throws {
        let image = Self.picture((64, 64))
        let script = """
            import sys
            from PIL import Image
            data = open(sys.argv[1], "rb").read()
            image = Image.frombytes("RGBA", (64, 64), data)
            image.save(sys.stdout.buffer, "ICO", sizes=[(16, 16), (64, 64)], bitmap_format="\(form)")
            """
        let made = try #require(Self.pillow).run(
            ["-c", script, "%"], on: image.bytes, pathExtension: "raw")
        try #require(made.status == 0, "\(made.diagnostics)")
        let log = WarningLog()
        let found = try Image(
            decoding: made.output, as: ICOPlugin(.icon), context: log.context())
        #expect(found.header.frameCount == 2 && found.bytes == image.bytes)
        #expect(log.warnings.isEmpty, "\(log.warnings)")
    }

    @Test(
        .enabled(if: magick.isInstalled),
        arguments: [
            ["ico:-"], ["cur:-"], ["-monochrome", "ico:-"],
            ["-colors", "9", "-type", "palette", "ico:-"],
            ["-colors", "200", "-type", "palette", "ico:-"], ["-alpha", "on", "ico:-"],
            ["-define", "icon:auto-resize=40,16", "ico:-"],
        ])
    func `reads the files of ImageMagick as it does`(options: [String]) throws {
        let picture = TestImages.picture(width: 40, height: 40)
        let made = try Self.magick.run(
            ["%"] + options, on: Array("P6 40 40 255\n".utf8) + picture.bytes,
            pathExtension: "ppm")
        try #require(made.status == 0, "\(made.diagnostics)")
        let seen = try Self.magick.run(
            ["%[0]", "-depth", "8", "rgba:-"], on: made.output, pathExtension: "ico")
        // It calls cursors icons, too.
        let image = try Image(decoding: made.output, as: ICOPlugin(.icon))
        #expect(image.converted(to: ICORoundTripTests.rgba)?.bytes == seen.output)
    }
}

import FormatKit
import Foundation
import TestSupport
import Testing

@testable import BMPFormat

@Suite struct BMPRoundTripTests {
    static let layouts = BMPPlugin.layouts.sorted { $0.description < $1.description }

    private static func profile(_ layout: PixelLayout) -> [UInt8] {
        SampleProfile.icc(layout.model == .gray ? "GRAY" : "RGB ")
    }

    @Test(arguments: layouts, [1, 2, 3, 4, 5, 97])
    func `keeps every sample`(layout: PixelLayout, width: Int) throws {
        for rows in [1, 3, 50] {
            let image = Image.noise(width, 13, layout)
            let bytes = try image.encoded(by: BMPPlugin(), rowsPerBand: rows)
            let decoded = try Image(decoding: bytes, as: BMPPlugin())
            #expect(decoded.header.layout == layout && decoded.bytes == image.bytes)
            #expect(bytes == (try image.encoded(by: BMPPlugin())))
            #expect(bytes.word32(at: 2) == bytes.count)
        }
    }

    @Test(arguments: layouts)
    func `keeps profile and density`(layout: PixelLayout) throws {
        let metadata = ImageMetadata(
            icc: Self.profile(layout),
            resolution: Resolution(horizontal: 118, vertical: 39.37, unit: .centimeter))
        let image = Image.noise(5, 4, layout, metadata: metadata)
        let decoded = try Image(decoding: image.encoded(by: BMPPlugin()), as: BMPPlugin())
        #expect(decoded.header.metadata == metadata && decoded.bytes == image.bytes)
    }

    @Test(arguments: RenderingIntent.allCases)
    func `keeps a rendering intent`(intent: RenderingIntent) throws {
        var metadata = ImageMetadata()
        metadata.renderingIntent = intent
        let image = Image.noise(5, 4, PixelLayout(.rgb, .uint8), metadata: metadata)
        let decoded = try Image(decoding: image.encoded(by: BMPPlugin()), as: BMPPlugin())
        #expect(decoded.header.metadata == metadata)
    }

    @Test func `what has no place is named`() throws {
        var metadata = ImageMetadata(
            icc: [1, 2, 3], resolution: Resolution(horizontal: 2, vertical: 1, unit: .none))
        func losses() -> [String] {
            let header = ImageHeader(
                size: ImageSize(width: 1, height: 1), layout: PixelLayout(.rgb, .uint8),
                metadata: metadata)
            return BMPFileLayout.losses(header).map(\.name)
        }
        #expect(losses() == ["resolution", "icc"])
        metadata = ImageMetadata(icc: Self.profile(PixelLayout(.rgb, .uint8)))
        metadata.renderingIntent = .perceptual
        #expect(losses() == ["srgb"])
    }

    @Test func `refuses what it cannot write`() throws {
        #expect(throws: ImageError.unstorable(.bmp, "pixels are rgb uint16")) {
            try Image.noise(2, 2, PixelLayout(.rgb, .uint16)).encoded(by: BMPPlugin())
        }
        let header = ImageHeader(
            size: ImageSize(width: 40_000, height: 40_000), layout: PixelLayout(.rgb, .uint8))
        #expect(
            throws: ImageError.unstorable(
                .bmp, "size 40000x40000: a file has at most 4 GiB")
        ) {
            try BMPPlugin().makeWriter(
                sink: MemorySink(), header: header, settings: WriteSettings(),
                context: CodecContext())
        }
        let writer = try BMPPlugin().makeWriter(
            sink: MemorySink(), header: Image.noise(2, 2, PixelLayout(.rgb, .uint8)).header,
            settings: WriteSettings(), context: CodecContext())
        #expect(throws: ImageError.codecFailure(.bmp, "0 rows written, expected 2")) {
            try writer.finish()
        }
    }
}

/// What other people's programs think of our files, and we of theirs.
@Suite struct BMPJudgeTests {
    static let magick = ForeignTool("convert-im6")
    static let pillow: ForeignTool? = {
        let python = ForeignTool("python3")
        let outcome = try? python.run(["-c", "import PIL"], on: [], pathExtension: "py")
        if outcome?.status != 0 { print("SKIPPED: Pillow is not installed") }
        return outcome?.status == 0 ? python : nil
    }()

    private static func channels(_ layout: PixelLayout) -> String {
        layout.model == .gray ? "gray" : layout.hasAlpha ? "rgba" : "rgb"
    }

    @Test(.enabled(if: magick.isInstalled), arguments: BMPRoundTripTests.layouts)
    func `ImageMagick reads the same pixels`(layout: PixelLayout) throws {
        let image = Image.noise(23, 11, layout)
        let outcome = try Self.magick.run(
            ["-regard-warnings", "%", "-depth", "8", "\(Self.channels(layout)):-"],
            on: try image.encoded(by: BMPPlugin()), pathExtension: "bmp")
        #expect(outcome.status == 0, "\(outcome.diagnostics)")
        #expect(outcome.output == image.bytes)
    }

    @Test(.enabled(if: pillow != nil), arguments: BMPRoundTripTests.layouts)
    func `Pillow reads the same pixels`(layout: PixelLayout) throws {
        let image = Image.noise(23, 11, layout)
        let mode = layout.model == .gray ? "L" : layout.hasAlpha ? "RGBA" : "RGB"
        let script = """
            import sys
            from PIL import Image
            sys.stdout.buffer.write(Image.open(sys.argv[1]).convert("\(mode)").tobytes())
            """
        let outcome = try #require(Self.pillow).run(
            ["-c", script, "%"], on: try image.encoded(by: BMPPlugin()), pathExtension: "bmp")
        #expect(outcome.status == 0, "\(outcome.diagnostics)")
        #expect(outcome.output == image.bytes)
    }

    @Test(
        .enabled(if: magick.isInstalled),
        arguments: [
            ["bmp2:-"], ["bmp3:-"], ["bmp:-"], ["-alpha", "on", "bmp:-"],
            ["-colors", "9", "-type", "palette", "-compress", "RLE", "bmp3:-"],
            ["-colors", "9", "-type", "palette", "-compress", "none", "bmp3:-"],
            ["-monochrome", "bmp3:-"], ["-define", "bmp:subtype=RGB565", "bmp:-"],
            ["-define", "bmp:subtype=RGB555", "bmp:-"],
        ])
    func `reads the files of ImageMagick as it does`(options: [String]) throws {
        let picture = TestImages.picture(width: 61, height: 43)
        let file = Array("P6 61 43 255\n".utf8) + picture.bytes
        let made = try Self.magick.run(["%"] + options, on: file, pathExtension: "ppm")
        try #require(made.status == 0, "\(made.diagnostics)")
        let seen = try Self.magick.run(
            ["%", "-depth", "8", "rgb:-"], on: made.output, pathExtension: "bmp")
        let image = try Image(decoding: made.output, as: BMPPlugin())
        let rgb = try #require(image.converted(to: PixelLayout(.rgb, .uint8)))
        // Five bits become eight with rounding, or without.
        let isExact = !options.contains { $0.contains("RGB5") }
        let difference = zip(rgb.bytes, seen.output).map { abs(Int($0) - Int($1)) }.max()
        #expect(try #require(difference) <= (isExact ? 0 : 1))
        #expect(rgb.bytes.count == seen.output.count)
    }

    @Test(
        .enabled(if: magick.isInstalled),
        arguments: SharedFiles.files(in: "corpora/webp", withExtension: "bmp"))
    func `reads pictures of the WebP project`(url: URL) throws {
        let bytes = try url.readBytes()
        let seen = try Self.magick.run(
            ["%", "-depth", "8", "rgba:-"], on: bytes, pathExtension: "bmp")
        let image = try Image(decoding: bytes, as: BMPPlugin())
        let layout = PixelLayout(.rgb, .uint8, alpha: .straight)
        #expect(image.converted(to: layout)?.bytes == seen.output)
    }
}

import FormatKit
import TestSupport
import Testing

@testable import QOIFormat

@Suite struct QOIFormatTests {
    static let layouts = QOIPlugin.layouts.sorted { $0.description < $1.description }
    private static let rgba = PixelLayout(.rgb, .uint8, alpha: .straight)

    private static func file(
        _ width: UInt8, _ height: UInt8, channels: UInt8 = 3, colors: UInt8 = 0, _ codes: [UInt8]
    ) -> [UInt8] {
        Array("qoif".utf8) + [0, 0, 0, width, 0, 0, 0, height, channels, colors] + codes
            + [0, 0, 0, 0, 0, 0, 0, 1]
    }

    @Test func `reads every code`() throws {
        let codes: [UInt8] = [
            0xFE, 10, 20, 30,  // a color
            0x40 | 3 << 4 | 0 << 2 | 1,  // 11, 18, 29
            0x80 | 40, 9 << 4 | 0,  // green + 8, red + 9, blue + 0
            0xC0 | 1,  // two more of them
            0x00 | 9,  // the first one: (30 + 100 + 210 + 11 · 255) % 64
            0x40,  // 2 less of each
        ]
        let image = try Image(decoding: Self.file(7, 1, codes), as: QOIPlugin())
        #expect(
            image.bytes == [
                10, 20, 30, 11, 18, 29, 20, 26, 29, 20, 26, 29, 20, 26, 29, 10, 20, 30, 8, 18, 28,
            ])
        #expect(image.header.layout == PixelLayout(.rgb, .uint8))
        let alpha = try Image(
            decoding: Self.file(2, 1, channels: 4, [0xFF, 1, 2, 3, 4, 0xC0]), as: QOIPlugin())
        #expect(alpha.bytes == [1, 2, 3, 4, 1, 2, 3, 4] && alpha.header.layout == Self.rgba)
        // Before the first pixel there is opaque black.
        let black = try Image(decoding: Self.file(1, 1, channels: 4, [0xC0]), as: QOIPlugin())
        #expect(black.bytes == [0, 0, 0, 255])
    }

    @Test func `writes the shortest code of all`() throws {
        let pixels: [[UInt8]] = [
            [10, 20, 30], [11, 18, 29], [20, 26, 29], [20, 26, 29], [20, 26, 29], [10, 20, 30],
            [8, 18, 28], [200, 100, 5],
        ]
        let image = Image(
            header: ImageHeader(
                size: ImageSize(width: 8, height: 1), layout: PixelLayout(.rgb, .uint8)),
            bytes: pixels.flatMap { $0 })
        #expect(
            try image.encoded(by: QOIPlugin())
                == Self.file(
                    8, 1,
                    [
                        0xFE, 10, 20, 30, 0x71, 0xA8, 0x90, 0xC1, 0x09, 0x40 | 0 << 4 | 0 << 2 | 0,
                        0xFE, 200, 100, 5,
                    ]))
    }

    @Test(arguments: layouts, [1, 3, 50])
    func `keeps every sample`(layout: PixelLayout, rows: Int) throws {
        let flat = Image(
            header: ImageHeader(size: ImageSize(width: 150, height: 3), layout: layout),
            bytes: [UInt8](repeating: 7, count: 450 * layout.channelCount))
        var few = Image.noise(61, 47, layout)
        few.bytes = few.bytes.map { $0 & 0xC1 }
        var smooth = Image.noise(61, 47, layout)
        for index in smooth.bytes.indices {
            smooth.bytes[index] = UInt8(
                truncatingIfNeeded: index / 9 + Int(smooth.bytes[index] & 7))
        }
        for image in [Image.noise(23, 11, layout), few, smooth, flat] {
            let bytes = try image.encoded(by: QOIPlugin(), rowsPerBand: rows)
            let decoded = try Image(decoding: bytes, as: QOIPlugin())
            #expect(decoded.header.layout == layout && decoded.bytes == image.bytes)
        }
    }

    @Test func `linear colors are told`() throws {
        let image = try Image(decoding: Self.file(1, 1, colors: 1, [0xC0]), as: QOIPlugin())
        #expect(image.header.metadata.gamma == 1)
        #expect(image.header.metadata.chromaticities == .sRGB)
    }

    @Test(
        arguments: [
            (1.0, nil, 1, []), (1.0005, .sRGB, 1, []), (1 / 2.2, .sRGB, 0, []), (nil, .sRGB, 0, []),
            (nil, nil, 0, []), (1.8, .sRGB, 0, [.metadata(.gamma)]),
            (1, wide, 1, [.metadata(.chromaticities)]),
            (0.5, wide, 0, [.metadata(.gamma), .metadata(.chromaticities)]),
        ] as [(Double?, Chromaticities?, UInt8, [Loss])])
    func `linear colors are written, and what is neither is a loss`(
        gamma: Double?, chromaticities: Chromaticities?, byte: UInt8, losses: [Loss]
    ) throws {
        var image = Image.noise(3, 2, PixelLayout(.rgb, .uint8))
        image.header.metadata.gamma = gamma
        image.header.metadata.chromaticities = chromaticities
        let plan = try ConversionPlan(
            converting: image.header, to: QOIPlugin(), settings: WriteSettings())
        #expect(plan.losses == losses)
        #expect(try image.encoded(by: QOIPlugin())[13] == byte)
    }

    private static let wide = Chromaticities(
        white: Chromaticity(0.3127, 0.3290), red: Chromaticity(0.708, 0.292),
        green: Chromaticity(0.17, 0.797), blue: Chromaticity(0.131, 0.046))

    @Test func `a linear file stays one`() throws {
        let file = Self.file(2, 1, channels: 4, colors: 1, [0xFF, 1, 2, 3, 4, 0xC0])
        let image = try Image(decoding: file, as: QOIPlugin())
        #expect(try image.encoded(by: QOIPlugin()) == file)
    }

    static let pillow: ForeignTool? = {
        let python = ForeignTool("python3")
        let outcome = try? python.run(
            ["-c", "from PIL import QoiImagePlugin"], on: [], pathExtension: "py")
        if outcome?.status != 0 { print("SKIPPED: Pillow with QOI is not installed") }
        return outcome?.status == 0 ? python : nil
    }()

    @Test(.enabled(if: pillow != nil), arguments: layouts)
    func `Pillow reads the same pixels, and makes the same file`(layout: PixelLayout) throws {
        let mode = layout.hasAlpha ? "RGBA" : "RGB"
        let script = """
            import io, sys
            from PIL import Image
            image = Image.open(sys.argv[1])
            assert image.mode == "\(mode)", image.mode
            sys.stdout.buffer.write(image.tobytes())
            file = io.BytesIO()
            try:
                image.save(file, "qoi")
                sys.stdout.buffer.write(file.getvalue())
            except KeyError:
                pass
            """
        var image = Image.noise(61, 47, layout)
        image.bytes = image.bytes.map { $0 & 0xC3 }
        let bytes = try image.encoded(by: QOIPlugin())
        let outcome = try #require(Self.pillow).run(
            ["-c", script, "%"], on: bytes, pathExtension: "qoi")
        #expect(outcome.status == 0, "\(outcome.diagnostics)")
        #expect(Array(outcome.output.prefix(image.bytes.count)) == image.bytes)
        let saved = Array(outcome.output.dropFirst(image.bytes.count))
        guard !saved.isEmpty else { return }
        #expect(try Image(decoding: saved, as: QOIPlugin()).bytes == image.bytes)
    }
}

@Suite struct QOIDamageTests {
    private static func files() throws -> [[UInt8]] {
        try QOIFormatTests.layouts.map { layout in
            var image = Image.noise(9, 7, layout)
            image.bytes = image.bytes.map { $0 & 0xC3 }
            for index in 0..<60 { image.bytes[index] = 8 }
            return try image.encoded(by: QOIPlugin())
        }
    }

    @Test func `refuses every prefix of a file that lacks pixels`() throws {
        for bytes in try Self.files() {
            let end = bytes.count - QOICode.end.count
            let misjudged = QOIPlugin().misjudgedPrefixes(of: bytes, counts: 0..<end)
            #expect(misjudged.isEmpty, "\(misjudged)")
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `survives damage to any byte`(seed: UInt64) throws {
        for bytes in try Self.files() { QOIPlugin().readDamaged(bytes, seed: seed) }
    }

    private static func head(
        _ width: [UInt8], _ height: [UInt8], _ channels: UInt8 = 3, _ colors: UInt8 = 0
    ) -> [UInt8] {
        Array("qoif".utf8) + width + height + [channels, colors]
    }

    static let refused: [([UInt8], ImageError)] = [
        (Array("qoix".utf8), .malformed(.qoi, "expected qoif", offset: 0)),
        (head([0, 0, 0, 0], [0, 0, 0, 5]), .malformed(.qoi, "size 0x5", offset: 4)),
        (
            head([0, 0, 0, 1], [0, 0, 0, 1], 2),
            .malformed(.qoi, "2 channels, expected 3 or 4", offset: 12)
        ),
        (
            head([0, 0, 0, 1], [0, 0, 0, 1], 3, 2),
            .malformed(.qoi, "color space 2, expected 0 or 1", offset: 13)
        ),
        (
            head([255, 255, 255, 255], [255, 255, 255, 255]),
            .limitExceeded(.pixels, requested: .max, allowed: 1 << 28)
        ),
    ]

    @Test(arguments: refused)
    func `says what is wrong and where`(file: [UInt8], error: ImageError) {
        #expect(throws: error) { try Image(decoding: file, as: QOIPlugin()) }
    }

    @Test func `warns of what follows, and of a run that is too long`() throws {
        let log = WarningLog()
        let file = Self.head([0, 0, 0, 2], [0, 0, 0, 1]) + [0xC0 | 4] + QOICode.end + [1, 2, 3]
        _ = try Image(decoding: file, as: QOIPlugin(), context: log.context())
        #expect(
            log.warnings == [
                "the last run is 3 pixels longer than the picture",
                "3 bytes after the end of the image are ignored",
            ])
    }

    @Test func `stops when asked to`() throws {
        let file = try Self.files()[0]
        #expect(throws: ImageError.cancelled) {
            try Image(
                decoding: file, as: QOIPlugin(), context: CodecContext(isCancelled: { true }))
        }
    }

    @Test func `refuses what it cannot write`() throws {
        #expect(throws: ImageError.unstorable(.qoi, "pixels are gray uint8")) {
            try Image.noise(2, 2, PixelLayout(.gray, .uint8)).encoded(by: QOIPlugin())
        }
        let writer = try QOIPlugin().makeWriter(
            sink: MemorySink(), header: Image.noise(2, 2, PixelLayout(.rgb, .uint8)).header,
            settings: WriteSettings(), context: CodecContext())
        #expect(throws: ImageError.codecFailure(.qoi, "0 rows written, expected 2")) {
            try writer.finish()
        }
    }
}

import FormatKit
import TestSupport
import Testing

@testable import TGAFormat

/// A file made field by field.
struct TGAFile {
    var kind: UInt8 = 2
    var width = 2
    var height = 2
    var bits: UInt8 = 24
    var descriptor: UInt8 = 0
    var table: (first: Int, count: Int, bits: UInt8) = (0, 0, 0)
    var text = ""
    var content: [UInt8] = []
    var end: [UInt8] = []

    static func word(_ number: Int) -> [UInt8] { [UInt8(number & 0xFF), UInt8(number >> 8)] }

    var bytes: [UInt8] {
        [UInt8(text.utf8.count), table.count > 0 ? 1 : 0, kind] + Self.word(table.first)
            + Self.word(table.count) + [table.bits] + Self.word(0) + Self.word(0)
            + Self.word(width) + Self.word(height) + [bits, descriptor] + Array(text.utf8)
            + content + end
    }

    func decoded(_ context: CodecContext = CodecContext()) throws -> Image {
        try Image(decoding: bytes, as: TGAPlugin(), context: context)
    }
}

@Suite struct TGAReadingTests {
    static let pixels: [UInt8] = [
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
    ]

    @Test(
        arguments: [
            (0x20, [3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10]),
            (0x00, [9, 8, 7, 12, 11, 10, 3, 2, 1, 6, 5, 4]),
            (0x30, [6, 5, 4, 3, 2, 1, 12, 11, 10, 9, 8, 7]),
            (0x10, [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]),
        ] as [(UInt8, [UInt8])])
    func `rows begin at any corner`(descriptor: UInt8, expected: [UInt8]) throws {
        let image = try TGAFile(descriptor: descriptor, content: Self.pixels).decoded()
        #expect(image.header.layout == PixelLayout(.rgb, .uint8) && image.bytes == expected)
    }

    @Test func `runs go over the ends of rows`() throws {
        let content: [UInt8] = [0x82, 1, 2, 3, 0, 4, 5, 6]
        let image = try TGAFile(kind: 10, descriptor: 0x20, content: content).decoded()
        #expect(image.bytes == [3, 2, 1, 3, 2, 1, 3, 2, 1, 6, 5, 4])
    }

    @Test func `5 bits are scaled, and one of alpha is all or nothing`() throws {
        // Red, and a transparent blue.
        let content = TGAFile.word(0xFC00) + TGAFile.word(0x001F)
        var file = TGAFile(width: 2, height: 1, bits: 16, descriptor: 1, content: content)
        let image = try file.decoded()
        #expect(image.bytes == [255, 0, 0, 255, 0, 0, 255, 0])
        #expect(image.header.significantBits == 5)
        file.descriptor = 0
        #expect(try file.decoded().bytes == [255, 0, 0, 0, 0, 255])
    }

    @Test func `indices are looked up`() throws {
        var file = TGAFile(
            kind: 1, width: 3, height: 1, bits: 8, table: (0, 2, 24),
            content: [1, 2, 3, 4, 5, 6] + [1, 0, 1])
        let image = try file.decoded()
        #expect(image.bytes == [6, 5, 4, 3, 2, 1, 6, 5, 4])
        guard case .palette(let palette) = image.header.storage else {
            Issue.record("no palette")
            return
        }
        #expect(palette.colors.count == 2)
        file.table.first = 1
        // What the table does not have is its darkest color, as elsewhere.
        let log = WarningLog()
        #expect(try file.decoded(log.context()).bytes == [3, 2, 1, 3, 2, 1, 3, 2, 1])
        #expect(
            log.warnings == ["pixels have a color beyond the palette's 2, and get its darkest"])
    }

    @Test(
        arguments: [
            (9, 255, true), (0, 255, true), (255, 0, true), (0, 0, false), (255, 255, false),
        ] as [(UInt8, UInt8, Bool)])
    func `a fourth byte of which nothing is said is told of if it holds something`(
        first: UInt8, second: UInt8, isTold: Bool
    ) throws {
        let file = TGAFile(
            width: 1, height: 2, bits: 32, content: [1, 2, 3, first, 4, 5, 6, second])
        let log = WarningLog()
        let image = try file.decoded(log.context())
        #expect(image.bytes == [6, 5, 4, 3, 2, 1])
        #expect(log.warnings == (isTold ? ["1 extra channel is left out"] : []))
    }

    @Test func `what the end has that is not carried is named`() throws {
        var area = [UInt8](repeating: 0, count: TGAEnd.areaByteCount)
        (area[367], area[473], area[482], area[486]) = (5, 255, 1, 1)
        var file = TGAFile(width: 1, height: 1, bits: 24, content: [1, 2, 3])
        file.end = area + TGAFile.word(file.bytes.count) + [0, 0, 0, 0, 0, 0] + TGAEnd.mark
        let log = WarningLog()
        #expect(
            try file.decoded(log.context()).header.losses.map(\.description) == [
                "when and in which job the picture was made is left out",
                "the key color is left out",
                "the table that corrects colors is left out",
            ])
        #expect(log.warnings == ["a reduced copy of the picture is left out"])
    }

    @Test(
        arguments: [
            (0, AlphaMode.opaque), (2, .opaque), (3, .straight), (4, .premultiplied),
        ] as [(UInt8, AlphaMode)])
    func `the end says what alpha is, and more`(code: UInt8, alpha: AlphaMode) throws {
        var area = [UInt8](repeating: 0, count: TGAEnd.areaByteCount)
        area.replaceSubrange(2..<5, with: Array("Ann".utf8))
        area.replaceSubrange(43..<46, with: Array("one".utf8))
        area.replaceSubrange(124..<127, with: Array("two".utf8))
        area.replaceSubrange(474..<482, with: [2, 0, 1, 0, 22, 0, 10, 0])
        area[494] = code
        var file = TGAFile(
            width: 1, height: 1, bits: 32, descriptor: 8, text: "name", content: [1, 2, 3, 4])
        let place = file.bytes.count
        file.end = area + TGAFile.word(place) + [0, 0, 0, 0, 0, 0] + TGAEnd.mark
        let header = try file.decoded().header
        #expect(header.layout.alpha == alpha && header.losses.isEmpty)
        let metadata = header.metadata
        #expect(
            metadata.texts == [
                TextEntry("Author", "Ann"), TextEntry("Comment", "one\ntwo"),
                TextEntry("Title", "name"),
            ])
        #expect(
            metadata.resolution == Resolution(horizontal: 1, vertical: 2, unit: .none))
        #expect(abs((metadata.gamma ?? 0) - 1 / 2.2) < 1e-9)
    }

    static let refused: [(TGAFile, ImageError)] = [
        (TGAFile(kind: 4), .unsupported(.tga, "pixels of type 4")),
        (TGAFile(kind: 32), .unsupported(.tga, "pixels of type 32")),
        (TGAFile(width: 0), .malformed(.tga, "size 0x2", offset: 12)),
        (TGAFile(bits: 8), .unsupported(.tga, "colors of 8 bits")),
        (TGAFile(descriptor: 0x40), .unsupported(.tga, "interleaved rows")),
        (TGAFile(kind: 1, bits: 8), .malformed(.tga, "there are no colors", offset: 5)),
        (
            TGAFile(kind: 1, bits: 8, table: (0, 1, 7)),
            .unsupported(.tga, "colors of 7 bits")
        ),
        (TGAFile(content: [1]), .truncated(.tga, "the rows need 12 bytes", offset: 19)),
    ]

    @Test(arguments: refused.indices)
    func `says what is wrong`(index: Int) {
        let (file, error) = Self.refused[index]
        #expect(throws: error) { try file.decoded() }
    }

    @Test func `what follows the pixels is told`() throws {
        let log = WarningLog()
        _ = try TGAFile(content: Self.pixels + [1, 2, 3]).decoded(log.context())
        #expect(log.warnings == ["3 bytes after the end of the image are ignored"])
    }

    @Test func `memory and sizes are bounded`() throws {
        let large = TGAFile(kind: 10, width: 65_535, height: 65_535, content: [1])
        #expect(throws: ImageError.self) { try large.decoded() }
        let runs = TGAFile(kind: 10, width: 999, height: 999, content: [1])
        #expect(
            throws: ImageError.limitExceeded(
                .memory, requested: 999 * 999 * 3, allowed: 1 << 20)
        ) { try runs.decoded(CodecContext(limits: Limits(memoryByteCount: 1 << 20))) }
    }

    @Test func `what is cut is made up if that is wanted`() throws {
        for kind in [2, 10] as [UInt8] {
            let content: [UInt8] = kind == 2 ? Array(Self.pixels.prefix(8)) : [1, 1, 2, 3, 4, 5, 6]
            let log = WarningLog()
            var context = log.context()
            context.isSalvaging = true
            let image = try TGAFile(kind: kind, descriptor: 0x20, content: content)
                .decoded(context)
            #expect(image.bytes == [3, 2, 1, 6, 5, 4, 0, 0, 0, 0, 0, 0])
            #expect(log.warnings.contains { $0.contains("made up") })
        }
    }
}

@Suite struct TGARoundTripTests {
    private static let layouts = TGAPlugin.layouts.sorted { $0.description < $1.description }

    private func encoded(_ image: Image, _ compression: String) throws -> [UInt8] {
        try image.encoded(
            by: TGAPlugin(),
            settings: WriteSettings(for: TGAPlugin(), options: ["compression": compression]))
    }

    @Test(arguments: layouts, ["runs", "none"])
    func `keeps every sample`(layout: PixelLayout, compression: String) throws {
        var flat = Image.noise(300, 5, layout)
        flat.bytes = flat.bytes.indices.map { UInt8($0 / (200 * layout.bytesPerPixel) * 30) }
        for image in [Image.noise(300, 5, layout), flat, Image.noise(1, 1, layout)] {
            let bytes = try encoded(image, compression)
            let log = WarningLog()
            let found = try Image(decoding: bytes, as: TGAPlugin(), context: log.context())
            #expect(found.header.layout == layout && found.bytes == image.bytes)
            #expect(log.warnings.isEmpty && found.header.losses.isEmpty)
        }
        #expect(try encoded(flat, "runs").count < 700)
    }

    @Test(arguments: [AlphaMode.opaque, .straight])
    func `keeps a palette`(alpha: AlphaMode) throws {
        let colors = (0..<5).map {
            RGBAColor(
                red: UInt8($0), green: UInt8(9 * $0), blue: 200,
                alpha: alpha == .opaque ? 255 : UInt8(50 * $0))
        }
        let layout = PixelLayout(.rgb, .uint8, alpha: alpha)
        var image = Image.noise(17, 3, layout)
        image.header.storage = .palette(Palette(colors, indexBitCount: 4))
        image.bytes = (0..<51).flatMap { index in
            let color = colors[index * 7 % 5]
            return [color.red, color.green, color.blue] + (layout.hasAlpha ? [color.alpha] : [])
        }
        let found = try Image(decoding: try encoded(image, "runs"), as: TGAPlugin())
        #expect(found.bytes == image.bytes && found.header.layout == layout)
        #expect(found.header.storage == .palette(Palette(colors, indexBitCount: 8)))
    }

    @Test func `refuses every prefix, and survives damage to any byte`() throws {
        let rgba = Image.noise(9, 7, PixelLayout(.rgb, .uint8, alpha: .straight))
        for compression in ["runs", "none"] {
            let bytes = try encoded(rgba, compression)
            // All pixels are there before the end, which older files do not have.
            let end = TGAEnd.areaByteCount + TGAEnd.footByteCount
            let misjudged = TGAPlugin().misjudgedPrefixes(
                of: bytes, counts: 0..<bytes.count - end)
            #expect(misjudged.isEmpty, "\(misjudged)")
            for seed in [1, 2, 3] as [UInt64] { TGAPlugin().readDamaged(bytes, seed: seed) }
        }
    }

    static let magick = ForeignTool("convert-im6")

    @Test(.enabled(if: magick.isInstalled), arguments: layouts, ["runs", "none"])
    func `ImageMagick finds our pixels`(layout: PixelLayout, compression: String) throws {
        // It does not look for alpha beside gray.
        guard layout.alpha != .premultiplied, layout.model != .gray || !layout.hasAlpha else {
            return
        }
        let image = TestImages.picture(width: 40, height: 30, layout: layout)
        let name = layout.model.rawValue + (layout.hasAlpha ? "a" : "")
        let outcome = try Self.magick.run(
            ["%", "-depth", "8", "\(name):-"],
            on: try encoded(image, compression), pathExtension: "tga")
        #expect(outcome.status == 0, "\(outcome.diagnostics)")
        #expect(outcome.output == image.bytes)
    }

    @Test(
        .enabled(if: magick.isInstalled),
        arguments: [[], ["-compress", "RLE"], ["-colors", "9", "-type", "Palette"], ["-flip"]])
    func `reads what ImageMagick writes`(options: [String]) throws {
        let image = TestImages.picture(width: 40, height: 30)
        let ppm = Array("P6 40 30 255\n".utf8) + image.bytes
        // Where the first row lies it takes for an orientation, of which a PPM file says nothing.
        let written = try Self.magick.run(
            ["%"] + options + ["-orient", "TopLeft", "tga:-"], on: ppm, pathExtension: "ppm")
        let seen = try Self.magick.run(["%"] + options + ["rgb:-"], on: ppm, pathExtension: "ppm")
        #expect(written.status == 0, "\(written.diagnostics)")
        let found = try Image(decoding: written.output, as: TGAPlugin())
        let rgb = try #require(found.converted(to: PixelLayout(.rgb, .uint8)))
        if options.contains("-colors") {
            #expect(found.header.storage != nil)
        } else {
            #expect(rgb.bytes == seen.output)
        }
    }
}

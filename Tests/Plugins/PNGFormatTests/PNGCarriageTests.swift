import FormatKit
import Foundation
import TestSupport
import Testing

@testable import PNGFormat

/// What a file says survives from PNG to PNG.
@Suite struct PNGCarriageTests {
    /// Metadata of every kind that PNG holds.
    static let metadata: ImageMetadata = {
        var metadata = ImageMetadata(
            exif: SampleMetadata.exif, xmp: SampleMetadata.xmp,
            resolution: Resolution(horizontal: 28.35, vertical: 118.11, unit: .centimeter),
            orientation: .right,
            texts: [
                TextEntry("Title", "Größe"), TextEntry("Title", "Título", language: "es"),
                TextEntry("Comment", "日本語", language: "ja", translatedKeyword: "コメント"),
                TextEntry("Empty", ""),
                TextEntry("Source", String(repeating: "é", count: 99), isCompressed: true),
                TextEntry("Warning", "注意", language: "ja", isCompressed: true),
            ])
        metadata.codePoints = ColorCodePoints(primaries: 9, transfer: 16)
        metadata.gamma = 0.45455
        metadata.chromaticities = Chromaticities(
            white: Chromaticity(0.3127, 0.329), red: Chromaticity(0.708, 0.292),
            green: Chromaticity(0.17, 0.797), blue: Chromaticity(0.131, 0.046))
        metadata.renderingIntent = .relativeColorimetric
        metadata.masteringDisplay = MasteringDisplay(
            chromaticities: .sRGB, maximumLuminance: 1000, minimumLuminance: 0.0001)
        metadata.contentLight = ContentLightLevel(maximum: 993.5, frameAverage: 120)
        metadata.significantBits = [5, 6, 5]
        metadata.modificationTime = ModificationTime(
            year: 2026, month: 2, day: 28, hour: 23, minute: 59, second: 60)
        metadata.background = .rgb(0, 257, 65_535)
        metadata.blocks = PNGBlockTests.blocks(size: ImageSize(width: 9, height: 7))
        return metadata
    }()

    /// Converts PNG to PNG as the program does.
    private func convert(
        _ bytes: [UInt8], options: [String: String] = [:], selection: Selection = .whole,
        isStrict: Bool = true
    ) throws -> [UInt8] {
        let converter = Converter(
            registry: try FormatRegistry([PNGPlugin()]), context: CodecContext(),
            isStrict: isStrict)
        let sink = MemorySink()
        _ = try converter.convert(
            MemorySource(bytes), selection: selection, to: PNGPlugin(),
            settings: try WriteSettings(for: PNGPlugin(), options: options), makeSink: { sink })
        return sink.bytes
    }

    @Test func `every kind of metadata is kept`() throws {
        let image = Image.noise(9, 7, PixelLayout(.rgb, .uint8), metadata: Self.metadata)
        let log = WarningLog()
        let bytes = try image.encoded(by: PNGPlugin(), context: log.context())
        let decoded = try Image(decoding: bytes, as: PNGPlugin(), context: log.context())
        #expect(decoded.header.metadata == Self.metadata)
        #expect(log.warnings == [])
        #expect(try convert(bytes) == bytes)
        #expect(
            PNGEditing(bytes).parts.map(\.type) == [
                "IHDR", "cICP", "sRGB", "gAMA", "cHRM", "mDCV", "cLLI", "sBIT", "bKGD", "sPLT",
                "sPLT", "oFFs", "sTER", "pHYs", "eXIf", "iTXt", "tEXt", "iTXt", "iTXt", "tEXt",
                "zTXt", "iTXt", "tIME", "IDAT", "IEND",
            ])
    }

    @Test func `a profile and sRGB exclude each other`() throws {
        var metadata = ImageMetadata(icc: SampleMetadata.icc("RGB "))
        metadata.renderingIntent = .perceptual
        let file = try PNGEditing(metadata: metadata)
        #expect(file.parts.map(\.type) == ["IHDR", "iCCP", "IDAT", "IEND"])
    }

    @Test(
        arguments: [
            ("gAMA", [0, 0, 0, 0]), ("sRGB", [4]), ("cICP", [1, 13, 1, 1]),
            ("cICP", [1, 13, 0, 2]),
            ("cHRM", [1]), ("mDCV", [0]), ("cLLI", []), ("tIME", [0, 1, 13, 1, 0, 0, 0]),
            ("bKGD", [0, 1]), ("bKGD", [0, 1, 1, 0, 0, 1]), ("hIST", [0, 1]), ("oFFs", [1]),
            ("oFFs", [0, 0, 0, 1, 0, 0, 0, 1, 2]), ("sTER", [2]), ("sPLT", [65, 0, 8, 1]),
            ("sPLT", [0, 8]), ("sPLT", [65, 0, 9]), ("sPLT", [65]),
            ("sBIT", [8, 8]), ("sBIT", [8, 8, 9]), ("sBIT", [0, 8, 8]),
        ] as [(String, [UInt8])])
    func `warns of nonsense and reads on`(type: String, content: [UInt8]) throws {
        let log = WarningLog()
        let file = try PNGEditing().with(type, content, before: "IDAT")
        let image = try Image(decoding: file.bytes, as: PNGPlugin(), context: log.context())
        #expect(image.header.metadata == ImageMetadata())
        #expect(log.warnings.count == 1 && log.warnings.first?.contains(type) == true)
    }

    @Test func `reads the names of drafts`() throws {
        let light = UInt32(10_000).bigEndianBytes + UInt32(5_000).bigEndianBytes
        let file = try PNGEditing().with("cLLi", light, before: "IDAT")
            .with("mDCv", [UInt8](repeating: 1, count: 24), before: "IDAT")
        let metadata = try Image(decoding: file.bytes, as: PNGPlugin()).header.metadata
        #expect(metadata.contentLight == ContentLightLevel(maximum: 1, frameAverage: 0.5))
        #expect(metadata.masteringDisplay != nil)
    }

    @Test(arguments: [
        TextEntry("", "x"), TextEntry(" a", "x"), TextEntry("日", "x"), TextEntry("a", "x\0y"),
        TextEntry(String(repeating: "a", count: 80), "x"), TextEntry("a\n", "x"),
        TextEntry("XML:com.adobe.xmp", "x"),
    ])
    func `leaves out a text that cannot be stored, and tells so`(text: TextEntry) throws {
        let image = Image.noise(
            2, 2, PixelLayout(.gray, .uint8), metadata: ImageMetadata(texts: [text]))
        let bytes = try image.encoded(by: PNGPlugin())
        #expect(try Image(decoding: bytes, as: PNGPlugin()).header.metadata == ImageMetadata())
        let losses = PNGPlugin().losses(of: image.header, with: WriteSettings())
        #expect(losses.map(\.name) == ["text"])
    }

    @Test(arguments: PNGSuiteTests.files.filter { !$0.lastPathComponent.hasPrefix("x") })
    func `color type, depth and pixels are kept`(_ url: URL) throws {
        let bytes = try url.readBytes()
        for interlaced in ["false", "true"] {
            let copy = try convert(bytes, options: ["interlaced": interlaced])
            #expect(
                try Image(decoding: copy, as: PNGPlugin()).bytes
                    == Image(decoding: bytes, as: PNGPlugin()).bytes)
            // Transparency of one color becomes an alpha channel, which needs 8 bits.
            let hasColorKey =
                bytes[25] != 3 && PNGEditing(bytes).parts.contains { $0.type == "tRNS" }
            if !hasColorKey { #expect(copy[24..<26] == bytes[24..<26]) }
            #expect(copy[28] == (interlaced == "true" ? 1 : 0))
        }
        // A histogram goes with its palette.
        let hasHistogram = PNGEditing(bytes).parts.contains { $0.type == "hIST" }
        let expanded = try convert(
            bytes, options: ["storage": "expand"], isStrict: !hasHistogram)
        #expect(expanded[24] >= 8 && expanded[25] != 3)
    }

    @Test func `a part of a palette picture keeps the palette`() throws {
        guard
            let url = PNGSuiteTests.files.first(where: { $0.lastPathComponent == "basn3p04.png" })
        else { try Test.cancel("PngSuite is not there") }
        let region = PixelRegion(columns: 3..<9, rows: 2..<20)
        let part = try convert(url.readBytes(), selection: Selection(region: region))
        #expect(part[24] == 4 && part[25] == 3)
    }

    @Test func `a color that the palette lacks is refused`() throws {
        var image = Image.noise(2, 1, PixelLayout(.rgb, .uint8))
        image.header.storage = .palette(
            Palette([RGBAColor(red: 0, green: 0, blue: 0)], indexBitCount: 1))
        #expect(throws: ImageError.self) { try image.encoded(by: PNGPlugin()) }
    }

    @Test(arguments: ["none", "sub", "up", "average", "paeth", "all", "auto"])
    func `every filter keeps the pixels`(filter: String) throws {
        let image = Image.noise(17, 9, PixelLayout(.rgb, .uint16, alpha: .straight))
        let bytes = try image.encoded(
            by: PNGPlugin(), settings: WriteSettings(for: PNGPlugin(), options: ["filter": filter]))
        #expect(try Image(decoding: bytes, as: PNGPlugin()).bytes == image.bytes)
    }
}

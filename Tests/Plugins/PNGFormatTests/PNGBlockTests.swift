import FormatKit
import TestSupport
import Testing

@testable import PNGFormat

/// Backgrounds, and what only PNG has a place for.
@Suite struct PNGBlockTests {
    /// Two suggested palettes, an offset, and the layout of a stereo picture.
    static func blocks(size: ImageSize) -> [FormatBlock] {
        func palette(_ name: String, _ depth: UInt8, _ count: Int) -> FormatBlock {
            FormatBlock(
                .png, "sPLT", Array(name.utf8) + [0, depth] + [UInt8](repeating: 3, count: count),
                dependsOnSamples: true)
        }
        return [
            palette("six", 8, 12), palette("ten", 16, 20),
            FormatBlock(.png, "oFFs", [0, 0, 0, 9, 0xFF, 0xFF, 0xFF, 0xF7, 1], size: size),
            FormatBlock(.png, "sTER", [1], size: size),
        ]
    }

    /// Converts PNG to PNG as the program does; returns the chunks, warnings and losses.
    private func convert(
        _ bytes: [UInt8], options: [String: String] = [:], selection: Selection = .whole,
        preferences: ConversionPreferences = ConversionPreferences()
    ) throws -> (parts: [PNGEditing.Part], warnings: [String], losses: [Loss]) {
        let log = WarningLog()
        let converter = Converter(
            registry: try FormatRegistry([PNGPlugin()]), context: log.context(),
            preferences: preferences)
        let sink = MemorySink()
        let report = try converter.convert(
            MemorySource(bytes), selection: selection, to: PNGPlugin(),
            settings: try WriteSettings(for: PNGPlugin(), options: options), makeSink: { sink })
        return (PNGEditing(sink.bytes).parts, log.warnings, report.losses)
    }

    /// A picture of three colors, and gray of 1 to 4 bits, each stored as it is.
    private func compact(_ storage: SampleStorage) throws -> PNGEditing {
        let layout = PixelLayout(storage.isPalette ? .rgb : .gray, .uint8)
        let pixel: [UInt8] = storage.isPalette ? [0, 9, 255] : [255]
        let size = ImageSize(width: 3, height: 2)
        var header = ImageHeader(size: size, layout: layout)
        header.storage = storage
        let bytes = Array([[UInt8]](repeating: pixel, count: 6).joined())
        return PNGEditing(try Image(header: header, bytes: bytes).encoded(by: PNGPlugin()))
    }

    private static let palette = SampleStorage.palette(
        Palette(
            [
                RGBAColor(red: 1, green: 2, blue: 3), RGBAColor(red: 0, green: 9, blue: 255),
                RGBAColor(red: 7, green: 7, blue: 7),
            ], indexBitCount: 2))

    @Test(
        arguments: [
            (PixelLayout(.gray, .uint8), [0, 77]), (PixelLayout(.gray, .uint16), [12, 34]),
            (PixelLayout(.gray, .uint8, alpha: .straight), [0, 255]),
            (PixelLayout(.rgb, .uint8), [0, 0, 0, 128, 0, 255]),
            (PixelLayout(.rgb, .uint16, alpha: .straight), [1, 2, 3, 4, 5, 6]),
        ] as [(PixelLayout, [UInt8])])
    func `a background is kept`(layout: PixelLayout, content: [UInt8]) throws {
        let file = try PNGEditing(layout).with("bKGD", content, before: "IDAT")
        let (parts, warnings, losses) = try convert(file.bytes)
        #expect(parts == file.parts && warnings == [] && losses == [])
    }

    @Test func `unknown chunks are copied where that is safe, and a loss where not`() throws {
        let file = try PNGEditing(PixelLayout(.rgb, .uint8))
            .with("iDOT", [1], before: "IDAT").with("abCd", [1, 2], before: "IDAT")
            .with("abCd", [3], before: "IDAT").with("efGH", [4], before: "IDAT")
            .with("ijKl", [5], before: "IEND")
        let (parts, warnings, losses) = try convert(file.bytes)
        #expect(parts.filter { $0.type == "abCd" }.map(\.content) == [[1, 2], [3]])
        #expect(!parts.contains { ["iDOT", "efGH", "ijKl"].contains($0.type) })
        #expect(warnings == [])
        // What Apple's tools say of the file's own bytes is none of the picture's.
        #expect(losses == [.part(of: .formatBlocks, "the chunks efGH and ijKl are left out")])
        let unwanted = ConversionPreferences(metadata: [.icc])
        #expect(try convert(file.bytes, preferences: unwanted).losses == [])
    }

    @Test(arguments: ["IDAT", "tEXt", "abC", "ab1d", "ABCd", "abCD", "tRNS"])
    func `no block can pass for another chunk`(name: String) throws {
        var image = TestImages.picture(width: 2, height: 2)
        image.header.metadata.blocks = [FormatBlock(.png, name, [1])]
        let losses = PNGPlugin().losses(of: image.header, with: WriteSettings())
        #expect(losses.count == 1)
        let plain = try TestImages.picture(width: 2, height: 2).encoded(by: PNGPlugin())
        #expect(try image.encoded(by: PNGPlugin()) == plain)
    }

    @Test(arguments: [1, 2, 4])
    func `a background of few bits is kept`(bitCount: Int) throws {
        for value in 0..<UInt8(1 << bitCount) {
            let file = try compact(.packedGray(bitCount: bitCount))
                .with("bKGD", [0, value], before: "IDAT")
            #expect(try convert(file.bytes).parts == file.parts)
            // In 8 bits it is the same gray.
            let wide = try convert(file.bytes, options: ["storage": "expand"]).parts
            let gray = 255 / (1 << bitCount - 1) * Int(value)
            #expect(wide.first { $0.type == "bKGD" }?.content == [0, UInt8(gray)])
        }
    }

    @Test func `background and histogram of a palette are kept with it`() throws {
        let file = try compact(Self.palette).with("bKGD", [2], before: "IDAT")
            .with("hIST", [0, 1, 0, 2, 0, 3], before: "IDAT")
        let (parts, warnings, losses) = try convert(file.bytes)
        #expect(parts == file.parts && warnings == [] && losses == [])

        let wide = try convert(file.bytes, options: ["storage": "expand"])
        #expect(wide.parts.map(\.type) == ["IHDR", "bKGD", "IDAT", "IEND"])
        #expect(wide.parts[1].content == [0, 7, 0, 7, 0, 7])
        #expect(
            wide.losses == [
                .part(
                    of: .formatBlocks,
                    "the hIST chunk does not hold for the output and is left out")
            ])

        let part = try convert(
            file.bytes, selection: Selection(region: PixelRegion(columns: 0..<2, rows: 0..<1)))
        #expect(part.parts.map(\.type) == ["IHDR", "PLTE", "bKGD", "IDAT", "IEND"])
        #expect(part.losses == [.metadata(.formatBlocks)])
    }

    @Test func `suggested colors are kept beside others`() throws {
        let image = TestImages.picture(width: 5, height: 4, layout: PixelLayout(.rgb, .uint8))
        let colors = [1, 2, 3, 4, 5, 6] as [UInt8]
        let file = PNGEditing(try image.encoded(by: PNGPlugin()))
            .with("PLTE", colors, before: "IDAT")
        let (parts, warnings, losses) = try convert(file.bytes)
        #expect(parts == file.parts && warnings == [] && losses == [])
        let cut = try convert(
            PNGEditing(try image.encoded(by: PNGPlugin()))
                .with("PLTE", Array(colors.dropLast()), before: "IDAT").bytes)
        #expect(cut.parts.map(\.type) == ["IHDR", "IDAT", "IEND"])
        #expect(
            cut.losses == [
                .part(of: .formatBlocks, "the PLTE chunk is malformed and ignored")
            ])
    }

    @Test func `a histogram of another palette is nonsense`() throws {
        let file = try compact(Self.palette).with("hIST", [0, 1, 0, 2], before: "IDAT")
        let (parts, warnings, losses) = try convert(file.bytes)
        #expect(!parts.contains { $0.type == "hIST" })
        #expect(warnings == [])
        #expect(losses == [.part(of: .formatBlocks, "the hIST chunk is malformed and ignored")])
    }

    @Test func `a background beside the palette is a loss`() throws {
        var image = Image.noise(1, 1, PixelLayout(.rgb, .uint8))
        image.bytes = [7, 7, 7]
        image.header.storage = Self.palette
        image.header.metadata.background = .rgb(65_535, 0, 0)
        let bytes = try image.encoded(by: PNGPlugin())
        #expect(!PNGEditing(bytes).parts.contains { $0.type == "bKGD" })
        let losses = PNGPlugin().losses(of: image.header, with: WriteSettings())
        #expect(losses.map(\.name) == ["background"])
    }

    @Test func `of a part of the picture, its place is no longer known`() throws {
        var metadata = ImageMetadata()
        metadata.blocks = Self.blocks(size: ImageSize(width: 9, height: 7))
        let file = try PNGEditing(metadata: metadata)
        let region = PixelRegion(columns: 1..<4, rows: 0..<7)
        let (parts, _, losses) = try convert(file.bytes, selection: Selection(region: region))
        #expect(parts.map(\.type) == ["IHDR", "sPLT", "sPLT", "IDAT", "IEND"])
        #expect(losses == [.metadata(.formatBlocks)])
        let none = try convert(
            file.bytes, selection: Selection(region: region),
            preferences: ConversionPreferences(metadata: []))
        #expect(none.parts.map(\.type) == ["IHDR", "IDAT", "IEND"] && none.losses == [])
    }

    @Test func `a background follows its samples to 8 bits`() throws {
        let file = try PNGEditing(PixelLayout(.gray, .uint16))
            .with("bKGD", [0x80, 0x80], before: "IDAT")
        let (parts, _, losses) = try convert(
            file.bytes, preferences: ConversionPreferences(depth: 8))
        #expect(parts.first { $0.type == "bKGD" }?.content == [0, 0x80])
        #expect(losses == [.bitDepth(from: 16, to: 8)])
    }

    @Test func `suggested palettes count against the limit together`() throws {
        var metadata = ImageMetadata()
        metadata.blocks = Self.blocks(size: ImageSize(width: 9, height: 7))
        let file = try PNGEditing(metadata: metadata)
        #expect(throws: ImageError.limitExceeded(.metadata, requested: 42, allowed: 41)) {
            try Image(
                decoding: file.bytes, as: PNGPlugin(),
                context: CodecContext(limits: Limits(metadataByteCount: 41)))
        }
    }

    @Test func `texts stay compressed`() throws {
        let text = Array(String(repeating: "many words ", count: 50).utf8)
        let file = try PNGEditing()
            .with("zTXt", Array("Comment\0\0".utf8) + PNGEditing.stored(text), before: "IDAT")
            .with(
                "iTXt", Array("Title\0\u{1}\0de\0Titel\0".utf8) + PNGEditing.stored(text),
                before: "IDAT"
            )
            .with("tEXt", Array("Author\0".utf8) + text, before: "IDAT")
        let original = try Image(decoding: file.bytes, as: PNGPlugin()).header.metadata.texts
        #expect(Set(original.map(\.isCompressed)) == [true, false] && original.count == 3)
        let (parts, warnings, losses) = try convert(file.bytes)
        #expect(warnings == [] && losses == [])
        let sizes = Dictionary(
            parts.map { ($0.type, $0.content.count) }, uniquingKeysWith: { first, _ in first })
        #expect(try #require(sizes["zTXt"]) < 100 && #require(sizes["iTXt"]) < 100)
        #expect(sizes["tEXt"] == text.count + 7)
        let copy = PNGEditing.file(of: parts)
        let found = try Image(decoding: copy, as: PNGPlugin()).header.metadata.texts
        #expect(Set(found) == Set(original))
    }

    @Test(.enabled(if: PNGJudgeTests.pngcheck.isInstalled))
    func `pngcheck accepts what is carried`() throws {
        var metadata = ImageMetadata(texts: [
            TextEntry("Comment", "words", isCompressed: true),
            TextEntry("Title", "日本語", language: "ja", isCompressed: true),
        ])
        metadata.background = .rgb(0, 257, 65_535)
        metadata.blocks = Self.blocks(size: ImageSize(width: 9, height: 7))
        let image = Image.noise(9, 7, PixelLayout(.rgb, .uint8), metadata: metadata)
        let palette = try compact(Self.palette).with("bKGD", [2], before: "IDAT")
            .with("hIST", [0, 1, 0, 2, 0, 3], before: "IDAT")
        let files = [
            try image.encoded(by: PNGPlugin()),
            PNGEditing.file(of: try convert(palette.bytes).parts),
        ]
        for bytes in files {
            let outcome = try PNGJudgeTests.pngcheck.run(
                ["-q", "%"], on: bytes, pathExtension: "png")
            #expect(outcome.status == 0, "\(outcome.text) \(outcome.diagnostics)")
        }
    }
}

extension SampleStorage {
    fileprivate var isPalette: Bool {
        if case .palette = self { true } else { false }
    }
}

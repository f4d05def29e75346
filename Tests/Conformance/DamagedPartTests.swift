import BuiltInFormats
import FormatKit
import TestSupport
import Testing

/// Parts of files that are damaged, or more than a format has a place for: the picture is read as
/// without them, and what is left out is a loss.
@Suite struct DamagedPartTests {
    /// What is done to a sound file, and what is then lost of it.
    struct Case: Sendable, CustomTestStringConvertible {
        let format: String
        let kind: MetadataKind
        let words: String
        let damage: @Sendable ([UInt8]) -> [UInt8]

        init(
            _ format: String, _ kind: MetadataKind, _ words: String,
            _ damage: @escaping @Sendable ([UInt8]) -> [UInt8]
        ) {
            (self.format, self.kind, self.words, self.damage) = (format, kind, words, damage)
        }

        var testDescription: String { "\(format): \(words)" }
    }

    private static let exif: [UInt8] = Array("II*\0".utf8) + [8, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    private static let xmp = Array("<x:xmpmeta xmlns:x='adobe:ns:meta/'/>".utf8)

    private static let png: [Case] = [
        Case("png", .texts, "the zTXt chunk \"Comment\" is malformed and ignored") {
            with([("zTXt", Array("Comment\0\0garbage".utf8))], in: $0)
        },
        Case("png", .texts, "the iTXt chunk \"Title\" is malformed and ignored") {
            with([("iTXt", Array("Title\0\u{1}\0\0\0garbage".utf8))], in: $0)
        },
        Case("png", .xmp, "the iTXt chunk \"XML:com.adobe.xmp\" is malformed and ignored") {
            with([("iTXt", Array("XML:com.adobe.xmp\0\u{1}\0\0\0garbage".utf8))], in: $0)
        },
        Case("png", .exif, "more than one eXIf chunk: only the first is read") {
            with([("eXIf", exif), ("eXIf", exif + [0])], in: $0)
        },
    ]

    private static let webp: [Case] = [
        Case("webp", .exif, "the chunk EXIF is not announced by the header, and is left out") {
            riff($0, flags: 0, [("EXIF", exif)])
        },
        Case("webp", .xmp, "more than one chunk XMP: only the first is read") {
            riff($0, flags: 4, [("XMP ", xmp), ("XMP ", xmp)])
        },
        // Cut in its content, of which the header of the file knows or not, and of a kind that is
        // nowhere to be seen.
        Case("webp", .exif, "the chunk EXIF is not wholly in the file, and is left out") {
            riff($0, flags: 8, [("EXIF", exif)]).dropLast(3)
        },
        Case("webp", .xmp, "the chunk XMP is not wholly in the file, and is left out") {
            let sound = riff($0, flags: 12, [("EXIF", exif), ("XMP ", xmp)])
            var file = Array(sound.dropLast(20))
            file.replaceSubrange(4..<8, with: little(file.count - 8, 4))
            return file
        },
        Case("webp", .exif, "the chunk EXIF is not wholly in the file, and is left out") {
            riff($0, flags: 8, [("EXIF", exif)]).dropLast(exif.count + 8)
        },
        Case("webp", .formatBlocks, "the chunk C2PA is left out") {
            riff($0, flags: 0, [("C2PA", exif)]).dropLast(3)
        },
        Case("webp", .formatBlocks, "the end of the file is missing") {
            riff($0, flags: 0, [("C2PA", exif)]).dropLast(exif.count + 8)
        },
    ]

    private static let heic: [Case] = [
        Case("heic", .xmp, "the XMP packet is not wholly in the file, and is left out") {
            $0.dropLast(9)
        },
        Case("heic", .xmp, "the XMP packet is not wholly in the file, and is left out") {
            lengthening(item: 4, in: $0)
        },
        Case("heic", .exif, "the Exif block is not wholly in the file, and is left out") {
            lengthening(item: 3, in: $0)
        },
        Case("heic", .exif, "the Exif block is damaged and is left out") {
            let place = part(of: 3, in: $0).offset
            return replacing([0x7F, 0xFF, 0, 0], at: place + 4, in: $0)
        },
        Case("heic", .icc, "the description of the colors \"abcd\" is not known, and left out") {
            renaming("pixi", "colr", "abcd", in: $0)
        },
    ]

    private static let jxl: [Case] = [
        Case("jxl", .exif, "the Exif block is damaged and is left out") {
            boxes($0, [("Exif", [0x7F, 0xFF, 0xFF, 0xFF] + exif)])
        },
        Case("jxl", .exif, "more than one Exif block: only the first is read") {
            boxes($0, [("Exif", [0, 0, 0, 0] + exif), ("Exif", [0, 0, 0, 0] + exif)])
        },
        Case("jxl", .xmp, "more than one XMP packet: only the first is read") {
            boxes($0, [("xml ", xmp), ("xml ", xmp)])
        },
        Case("jxl", .formatBlocks, "11 bytes after the end of the image are ignored") {
            $0 + Array("secret junk".utf8)
        },
        Case("jxl", .formatBlocks, "11 bytes after the end of the image are ignored") {
            boxes($0, []) + Array("secret junk".utf8)
        },
        // A box of which only the start is there.
        Case("jxl", .formatBlocks, "10 bytes after the end of the image are ignored") {
            boxes($0, []) + [0, 0, 4, 0] + Array("Exif".utf8) + [1, 2]
        },
    ]

    private static let others: [Case] = [
        Case("avif", .formatBlocks, "11 bytes after the end of the image are ignored") {
            $0 + Array("secret junk".utf8)
        },
        Case("avif", .formatBlocks, "3 bytes after the end of the image are ignored") {
            $0 + [1, 2, 3]
        },
        Case("avif", .formatBlocks, "12 bytes after the end of the image are ignored") {
            $0 + [0, 0, 4, 0] + Array("uuid".utf8) + [1, 2, 3, 4]
        },
        Case("heic", .formatBlocks, "11 bytes after the end of the image are ignored") {
            $0 + Array("secret junk".utf8)
        },
        Case("bmp", .icc, "the file ends before its ICC profile does, which is left out") {
            $0.dropLast(9)
        },
        Case(
            "jpeg", .formatBlocks, "a segment behind the start of the first scan is left out"
        ) {
            Array($0.dropLast(2)) + [0xFF, 0xFE, 0, 6] + Array("late".utf8) + [0xFF, 0xD9]
        },
        Case(
            "jpeg", .formatBlocks, "2 segments behind the start of the first scan are left out"
        ) {
            Array($0.dropLast(2)) + [0xFF, 0xFE, 0, 2, 0xFF, 0xE1, 0x90, 0]
                + [UInt8](repeating: 0xFF, count: 0x8FFE) + [0xFF, 0xD9]
        },
        Case("qoi", .formatBlocks, "the end mark is damaged or missing") { $0.dropLast(3) },
        Case("qoi", .formatBlocks, "the end mark is damaged or missing") {
            $0.dropLast(8) + Array("no mark!".utf8)
        },
    ]

    static let cases = (png + webp + jxl + heic + others).filter {
        BuiltIn.registry.plugin(named: $0.format)?.descriptor.read != nil
    }

    @Test(arguments: cases)
    func `is left out, and told as a loss`(part: Case) throws {
        let plugin = try #require(BuiltIn.registry.plugin(named: part.format))
        let sound = try Self.file(part.format)
        let file = part.damage(sound)
        let pictures = try [sound, file].map { try Image(decoding: $0, as: plugin) }
        #expect(pictures[0].bytes == pictures[1].bytes)
        let loss = Loss.part(of: part.kind, part.words)
        #expect(try convert(file) == [loss])
        #expect(throws: ImageError.lossRefused([loss])) { try convert(file, isStrict: true) }
        #expect(try convert(file, without: part.kind, isStrict: true).isEmpty)
    }

    @Test(arguments: ["avif", "jxl"], [0x00, 0x0A, 0xFF] as [UInt8])
    func `what only fills a file up is no loss`(format: String, filling: UInt8) throws {
        guard BuiltIn.registry.plugin(named: format)?.descriptor.read != nil else { return }
        for count in [1, 8, 3000] {
            let filled = try Self.file(format) + [UInt8](repeating: filling, count: count)
            #expect(try convert(filled, isStrict: true).isEmpty)
        }
    }

    @Test func `transparency that is damaged is missed`() throws {
        for content in [[0, 1], [UInt8](repeating: 0, count: 7)] {
            let file = Self.with([("tRNS", content)], in: try Self.file("png"))
            let loss = Loss.picture("the transparency (tRNS) is damaged and left out")
            #expect(try convert(file) == [loss])
            #expect(throws: ImageError.lossRefused([loss])) { try convert(file, isStrict: true) }
        }
    }

    @Test func `colors beyond the palette are missed`() throws {
        var file = PNGFile([])
        let header = [0, 0, 0, 3, 0, 0, 0, 1, 8, 3, 0, 0, 0] as [UInt8]
        file.chunks = [
            .init(type: "IHDR", content: header),
            .init(type: "PLTE", content: [9, 8, 7, 200, 100, 50]),
            .init(type: "IDAT", content: PNGFile.stored([0, 1, 2, 255])),
            .init(type: "IEND", content: []),
        ]
        let loss = Loss.picture(
            "pixels from row 1 on have a color beyond the palette's 2, and get its darkest")
        #expect(try convert(file.bytes) == [loss])
        #expect(throws: ImageError.lossRefused([loss])) {
            try convert(file.bytes, isStrict: true)
        }
    }

    @Test func `frames without an animation are missed`() throws {
        let frame: [UInt8] =
            [0, 0, 0, 0] + [0, 0, 0, 40, 0, 0, 0, 30] + [UInt8](repeating: 0, count: 14)
        let file = Self.with([("fcTL", frame)], in: try Self.file("png"))
        let loss = Loss.animation("frames without an acTL chunk are left out")
        #expect(try convert(file) == [loss])
        #expect(throws: ImageError.lossRefused([loss])) { try convert(file, isStrict: true) }
    }

    @Test func `a chunk that is there twice and says the same is no loss`() throws {
        let file = Self.with([("eXIf", Self.exif), ("eXIf", Self.exif)], in: try Self.file("png"))
        #expect(try convert(file, isStrict: true).isEmpty)
    }

    @Test func `alpha of a QOI file that is to have none is missed`() throws {
        let head = Array("qoif".utf8) + [0, 0, 0, 2, 0, 0, 0, 1, 3, 0]
        let file = head + [0xFF, 1, 2, 3, 128, 0xC0, 0, 0, 0, 0, 0, 0, 0, 1]
        #expect(try convert(file) == [.channels(1)])
        #expect(throws: ImageError.lossRefused([.channels(1)])) {
            try convert(file, isStrict: true)
        }
    }

    private func convert(
        _ file: [UInt8], without kind: MetadataKind? = nil, isStrict: Bool = false
    ) throws -> [Loss] {
        let kinds = Set(MetadataKind.allCases.filter { $0 != kind })
        let sink = MemorySink()
        return try Converter(
            registry: BuiltIn.registry, context: CodecContext(), isStrict: isStrict,
            preferences: ConversionPreferences(metadata: kinds),
            colorEngine: BuiltInFormats.colorEngine
        ).convert(
            MemorySource(file), to: try #require(BuiltIn.registry.plugin(named: "png")),
            settings: WriteSettings()
        ) { sink }.losses
    }

    /// A picture with nothing beside it, but for a profile where that comes last.
    private static func file(_ format: String) throws -> [UInt8] {
        // One that heif-enc has made: there is no writer.
        if format == "heic" { return try FaultyFiles.bytes("../../Fuzz/seeds/heic/rgb.heic") }
        var image = TestImages.picture(width: 40, height: 30, layout: PixelLayout(.rgb, .uint8))
        if format == "bmp" {
            image.header.metadata.icc = BuiltInFormats.colorEngine.profile(
                for: .codePoints(.displayP3), model: .rgb)
        }
        return try TestImages.encoded(
            image, as: try #require(BuiltIn.registry.plugin(named: format)))
    }

    private static func with(
        _ chunks: [(type: String, content: [UInt8])], in file: [UInt8]
    ) -> [UInt8] {
        var png = PNGFile(file)
        png.insert(chunks.map { .init(type: $0.type, content: $0.content) })
        return png.bytes
    }

    private static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// The file with bytes in it that end at `end`.
    private static func replacing(_ bytes: [UInt8], at end: Int, in file: [UInt8]) -> [UInt8] {
        var file = file
        file.replaceSubrange(end - bytes.count..<end, with: bytes)
        return file
    }

    /// Where an item of a file of heif-enc is said to lie (`iloc` of version 1), and where that is said.
    private static func part(of item: Int, in file: [UInt8]) -> (offset: Int, field: Int) {
        func number(_ place: Int, _ count: Int) -> Int {
            file[place..<place + count].reduce(0) { $0 << 8 | Int($1) }
        }
        let box = file.indices.first { file[$0...].starts(with: Array("iloc".utf8)) } ?? 0
        let field = box + 12 + (item - 1) * 20
        precondition(number(field, 2) == item)
        return (number(field + 6, 4) + number(field + 12, 4), field)
    }

    /// The file with an item that is said to be longer than all of it.
    private static func lengthening(item: Int, in file: [UInt8]) -> [UInt8] {
        replacing([0, 1, 0, 0], at: part(of: item, in: file).field + 20, in: file)
    }

    /// The file with a box of another type, whose content begins otherwise.
    private static func renaming(
        _ type: String, _ other: String, _ content: String, in file: [UInt8]
    ) -> [UInt8] {
        let box = file.indices.first { file[$0...].starts(with: Array(type.utf8)) } ?? 0
        let words = Array((other + content).utf8)
        return replacing(words, at: box + words.count, in: file)
    }

    /// A file in the extended form, with chunks behind its picture.
    private static func riff(
        _ file: [UInt8], flags: UInt8, _ chunks: [(name: String, content: [UInt8])]
    ) -> [UInt8] {
        func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
            Array(name.utf8) + little(content.count, 4) + content
                + [UInt8](repeating: 0, count: content.count % 2)
        }
        let body =
            Array("WEBP".utf8)
            + chunk("VP8X", [flags, 0, 0, 0] + little(39, 3) + little(29, 3)) + file.dropFirst(12)
            + chunks.flatMap { chunk($0.name, $0.content) }
        return Array("RIFF".utf8) + little(body.count, 4) + body
    }

    /// A bare codestream in boxes, behind others.
    private static func boxes(
        _ codestream: [UInt8], _ boxes: [(type: String, content: [UInt8])]
    ) -> [UInt8] {
        func box(_ type: String, _ content: [UInt8]) -> [UInt8] {
            PNGFile.bigEndian(UInt32(content.count + 8)) + Array(type.utf8) + content
        }
        return box("JXL ", [0x0D, 0x0A, 0x87, 0x0A]) + box("ftyp", Array("jxl \0\0\0\0jxl ".utf8))
            + boxes.flatMap { box($0.type, $0.content) } + box("jxlc", codestream)
    }
}

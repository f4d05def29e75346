import FormatKit
import TestSupport
import Testing

@testable import PNGFormat

@Suite struct PNGMetadataTests {
    private func read(_ file: PNGEditing) throws -> (header: ImageHeader, warnings: [String]) {
        let log = WarningLog()
        let image = try Image(decoding: file.bytes, as: PNGPlugin(), context: log.context())
        return (image.header, log.warnings)
    }

    private func rawProfile(_ name: String, _ bytes: [UInt8]) -> [UInt8] {
        let digits = bytes.map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }
        let lines = stride(from: 0, to: digits.count, by: 36).map {
            digits[$0..<min($0 + 36, digits.count)].joined()
        }
        return Array("\n\(name)\n    \(bytes.count)\n\(lines.joined(separator: "\n"))\n".utf8)
    }

    private func text(_ keyword: String, _ text: [UInt8]) -> [UInt8] {
        Array(keyword.utf8) + [0] + text
    }

    private var internationalXMP: [UInt8] {
        text(PNGText.xmpKeyword, [0, 0, 0, 0] + SampleMetadata.xmp)
    }

    @Test(arguments: ["IDAT", "IEND"])
    func `finds metadata before and after the pixels`(next: String) throws {
        let file = try PNGEditing()
            .with("eXIf", SampleMetadata.exif, before: next)
            .with("tEXt", text("Comment", [0x41]), before: next)
            .with("iTXt", internationalXMP, before: next)
        let (header, warnings) = try read(file)
        #expect(header.metadata.exif == SampleMetadata.exif)
        #expect(header.metadata.xmp == SampleMetadata.xmp)
        #expect(header.metadata.orientation == .right)
        #expect(header.metadata.texts == [TextEntry("Comment", "A")])
        #expect(warnings == [])
    }

    @Test(arguments: ["IDAT", "IEND"])
    func `finds compressed metadata before and after the pixels`(next: String) throws {
        let exif = PNGEditing.stored(
            rawProfile(
                "exif",
                [0x45, 0x78, 0x69, 0x66, 0, 0]
                    + SampleMetadata.exif))
        let xmp = PNGEditing.stored(SampleMetadata.xmp)
        let file = try PNGEditing()
            .with("zTXt", text("Raw profile type exif", [0] + exif), before: next)
            .with("zTXt", text("Comment", [0] + PNGEditing.stored([0x41])), before: next)
            .with("iTXt", text(PNGText.xmpKeyword, [1, 0, 0, 0] + xmp), before: next)
        let (header, warnings) = try read(file)
        #expect(header.metadata.exif == SampleMetadata.exif)
        #expect(header.metadata.xmp == SampleMetadata.xmp)
        #expect(header.metadata.texts == [TextEntry("Comment", "A", isCompressed: true)])
        #expect(header.metadata.orientation == .right)
        #expect(warnings == [])
    }

    @Test func `prefers eXIf to a raw profile`() throws {
        let other = ExifOrientation.setting(.down, in: nil) ?? []
        let file = try PNGEditing()
            .with("tEXt", text("Raw profile type APP1", rawProfile("APP1", other)), before: "IDAT")
        #expect(try read(file).header.metadata.orientation == .down)
        let both = file.with("eXIf", SampleMetadata.exif, before: "IEND")
        #expect(try read(both).header.metadata.exif == SampleMetadata.exif)
    }

    @Test func `reads XMP from a raw profile of either name`() throws {
        let prefix = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
        for (name, bytes) in [("APP1", prefix + SampleMetadata.xmp), ("xmp", SampleMetadata.xmp)] {
            let file = try PNGEditing().with(
                "tEXt", text("Raw profile type \(name)", rawProfile(name, bytes)), before: "IDAT")
            #expect(try read(file).header.metadata.xmp == SampleMetadata.xmp)
        }
    }

    @Test func `takes the JPEG prefix off Exif`() throws {
        let file = try PNGEditing().with(
            "eXIf", [0x45, 0x78, 0x69, 0x66, 0, 0] + SampleMetadata.exif, before: "IDAT")
        #expect(try read(file).header.metadata.exif == SampleMetadata.exif)
    }

    @Test(arguments: [
        ("eXIf", SampleMetadata.exif), ("pHYs", [0, 0, 0, 1, 0, 0, 0, 1, 0]),
        ("iCCP", [0x41, 0, 0] + PNGEditing.stored(SampleMetadata.icc("RGB "))),
        ("zTXt", Array("Raw profile type exif\0\0".utf8) + PNGEditing.stored([0x0A])),
    ])
    func `warns of damaged metadata and reads on`(type: String, content: [UInt8]) throws {
        let file = try PNGEditing().with(type, content, before: "IDAT", hasWrongCheck: true)
        let (header, warnings) = try read(file)
        #expect(header.metadata == ImageMetadata())
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains(type) == true)
    }

    @Test func `warns of malformed metadata and reads on`() throws {
        let file = try PNGEditing()
            .with("pHYs", [1], before: "IDAT")
            .with("iCCP", [0x41, 0, 0, 1, 2, 3], before: "IDAT")
            .with("tEXt", text("Raw profile type exif", Array("nonsense".utf8)), before: "IDAT")
        let (header, warnings) = try read(file)
        #expect(header.metadata == ImageMetadata())
        #expect(warnings.count == 3, "\(warnings)")
    }

    @Test(
        arguments: [
            ("pHYs", [0, 0, 0, 0, 0, 0, 3, 232, 1]), ("pHYs", [0, 0, 0, 1, 0, 0, 0, 1, 7]),
            ("iTXt", Array("Title\0\0\0en\0\0".utf8) + [0xFF, 0xFE]),
            ("iTXt", Array("Title\0\0\0en\0".utf8) + [0xC3, 0, 0x41]),
        ] as [(String, [UInt8])])
    func `leaves out what makes no sense, and says so`(type: String, content: [UInt8]) throws {
        let (header, warnings) = try read(
            try PNGEditing().with(type, content, before: "IDAT"))
        #expect(header.metadata == ImageMetadata())
        #expect(
            warnings.count == 1
                && warnings.first?.contains(type == "iTXt" ? "Title" : type) == true, "\(warnings)")
    }

    @Test func `an XMP packet is carried to the byte, whatever its encoding`() throws {
        let packet: [UInt8] = [0xFF, 0xFE, 0x3C, 0]
        let chunk = text(PNGText.xmpKeyword, [0, 0, 0, 0] + packet)
        let (header, warnings) = try read(try PNGEditing().with("iTXt", chunk, before: "IDAT"))
        #expect(header.metadata.xmp == packet && warnings == [])
    }

    @Test func `a resolution of zeros says nothing`() throws {
        let (header, warnings) = try read(
            try PNGEditing().with("pHYs", [0, 0, 0, 0, 0, 0, 0, 0, 1], before: "IDAT"))
        #expect(header.metadata == ImageMetadata() && warnings == [])
    }

    @Test func `leaves damaged transparency out, and says so`() throws {
        for (content, isDamaged) in [([0, 1], false), ([0, 1, 0, 1, 0, 1], true)] as [([UInt8], _)]
        {
            let file = try PNGEditing().with(
                "tRNS", content, before: "IDAT", hasWrongCheck: isDamaged)
            let (header, warnings) = try read(file)
            #expect(!header.layout.hasAlpha)
            // Once, in words of ours.
            #expect(warnings == ["the transparency (tRNS) is damaged and left out"])
        }
    }

    @Test func `of several colors that are transparent the first is taken`() throws {
        let color = [0, 1, 0, 1, 0, 1] as [UInt8]
        let (header, warnings) = try read(
            try PNGEditing().with("tRNS", color, before: "IDAT").with("tRNS", color, before: "IDAT")
        )
        #expect(header.layout.hasAlpha)
        #expect(warnings == ["more than one tRNS chunk: only the first is read"])
    }

    @Test func `bounds the warnings of one file`() throws {
        var file = try PNGEditing()
        for _ in 0..<100 {
            file = file.with("iTXt", text(PNGText.xmpKeyword, [0, 0, 0, 0, 1]), before: "IDAT")
        }
        let (_, warnings) = try read(file)
        #expect(warnings.count == 9)
        #expect(warnings.last == "and 91 more warnings")
    }

    @Test func `warns of bytes after the end`() throws {
        let log = WarningLog()
        _ = try Image(
            decoding: PNGEditing().bytes + [1, 2, 3], as: PNGPlugin(), context: log.context())
        #expect(log.warnings == ["3 bytes after the end of the image are ignored"])
    }
}

import FormatKit
import TestSupport
import Testing

@testable import JPEGFormat

@Suite struct JPEGMetadataTests {
    /// The vectors of RFC 1321, §A.5.
    @Test(arguments: [
        ("", "D41D8CD98F00B204E9800998ECF8427E"), ("a", "0CC175B9C0F1B6A831C399E269772661"),
        ("abc", "900150983CD24FB0D6963F7D28E17F72"),
        ("message digest", "F96B697D7CB7938D525A2F31AAF161D0"),
        ("abcdefghijklmnopqrstuvwxyz", "C3FCD3D76192E4007DFB496CCA67E13B"),
        (
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
            "D174AB98D277D9F5A5611C2C9F419D9F"
        ),
        (
            String(repeating: "1234567890", count: 8), "57EDF4A22BE3C955AC49DA2E2107B67A"
        ),
    ])
    func `digests what RFC 1321 digests`(message: String, digest: String) {
        #expect(MD5.hexadecimalDigest(of: Array(message.utf8)) == digest)
    }

    private static let rdf = "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"

    /// A main packet as Adobe's programs write it.
    private func main(_ note: (String) -> String, _ identity: String) -> [UInt8] {
        Array("<x:xmpmeta>\(Self.rdf)\(note(identity))</rdf:RDF></x:xmpmeta>".utf8)
    }

    private func segments(_ packet: [UInt8], _ ext: [UInt8], _ identity: String) -> [[UInt8]] {
        let head =
            XMPSegments.extensionPrefix + Array(identity.utf8)
            + UInt32(ext.count).bigEndianBytes
        let half = ext.count / 2
        // The second half first: the order in the file is free.
        return [
            XMPSegments.prefix + packet, head + UInt32(half).bigEndianBytes + ext[half...],
            head + UInt32(0).bigEndianBytes + ext[..<half],
        ]
    }

    private func metadata(
        _ segments: [[UInt8]], marker: UInt8 = 0xE1
    ) throws -> (ImageMetadata, [String]) {
        var file = try JPEGEditing(PixelLayout(.gray, .uint8), width: 4, height: 4)
        for segment in segments.reversed() { file = file.adding(marker, segment) }
        let log = WarningLog()
        let image = try file.decoded(log.context())
        return (image.header.metadata, log.warnings)
    }

    @Test func `merges an extension into its packet`() throws {
        let ext = Array(
            "<x:xmpmeta>\(Self.rdf)<rdf:Description b:c=\"d\"/></rdf:RDF></x:xmpmeta>".utf8)
        let identity = MD5.hexadecimalDigest(of: ext)
        let notes: [(String) -> String] = [
            { "<rdf:Description a:b=\"c\" xmpNote:HasExtendedXMP=\"\($0)\"/>" },
            {
                "<rdf:Description a:b=\"c\" ><xmpNote:HasExtendedXMP>\($0)</xmpNote:HasExtendedXMP></rdf:Description>"
            },
        ]
        for note in notes {
            let (found, warnings) = try metadata(segments(main(note, identity), ext, identity))
            #expect(warnings == [])
            let text = String(decoding: found.xmp ?? [], as: UTF8.self)
            #expect(text.contains("a:b=\"c\"") && text.contains("b:c=\"d\""))
            #expect(!text.contains("HasExtendedXMP"))
            #expect(text.hasSuffix("<rdf:Description b:c=\"d\"/></rdf:RDF></x:xmpmeta>"))
        }
    }

    @Test func `does without an extension that is not whole, and tells so`() throws {
        let ext = Array("<x:xmpmeta>\(Self.rdf)<rdf:Description/></rdf:RDF></x:xmpmeta>".utf8)
        let identity = MD5.hexadecimalDigest(of: ext)
        let packet = main({ "<rdf:Description xmpNote:HasExtendedXMP='\($0)' a:b='c'/>" }, identity)
        let whole = segments(packet, ext, identity)
        for (list, warning) in [
            (Array(whole.prefix(2)), "the extended XMP is incomplete and ignored"),
            ([whole[0], whole[1], whole[1]], "the extended XMP is incomplete and ignored"),
            (Array(whole.suffix(2)), "extended XMP without a packet is ignored"),
            (
                segments(packet, ext.map { $0 == 0x2F ? 0x2E : $0 }, identity),
                "the extended XMP is incomplete and ignored"
            ),
            (
                segments(main({ _ in "" }, ""), ext, identity),
                "extended XMP of another packet is ignored"
            ),
            (
                [whole[0], XMPSegments.extensionPrefix + [1]],
                "a piece of extended XMP is malformed and ignored"
            ),
        ] {
            let (found, warnings) = try metadata(list)
            #expect(warnings.contains(warning), "\(warnings)")
            #expect(found.xmp == nil || found.xmp == list[0].suffix(from: 29).map { $0 })
        }
    }

    @Test func `puts a color profile together, or does without it`() throws {
        let profile = SampleProfile.icc("GRAY", count: 70_000)
        let pieces = try #require(ICCSegments.contents(of: profile))
        #expect(pieces.count == 2)
        for list in [pieces, pieces.reversed()] {
            let (found, warnings) = try metadata(list, marker: 0xE2)
            #expect(found.icc == profile && warnings == [])
        }
        for list in [
            [pieces[0]], [pieces[1]], [pieces[0], pieces[0]], pieces + [pieces[1]],
            [ICCSegments.prefix + [0, 0]], [ICCSegments.prefix], [ICCSegments.prefix + [2, 1, 3]],
        ] {
            let (found, warnings) = try metadata(list, marker: 0xE2)
            #expect(found.icc == nil)
            #expect(
                warnings == [
                    "the ICC profile is incomplete and ignored: colors may look different"
                ])
        }
        #expect(ICCSegments.contents(of: [UInt8](repeating: 0, count: 17 << 20)) == nil)
    }

    @Test func `an Exif segment of nothing but its header is no block`() throws {
        let (metadata, warnings) = try metadata([Array("Exif\0\0".utf8)])
        #expect(metadata.exif == nil && warnings.isEmpty)
    }

    @Test func `joins an Exif block that exceeds a segment`() throws {
        let exif = SampleMetadata.exif + [UInt8](repeating: 7, count: 70_000)
        let head = Array("Exif\0\0".utf8)
        let (found, warnings) = try metadata([head + exif[..<60_000], head + exif[60_000...]])
        #expect(found.exif == exif && found.orientation == .right && warnings == [])
        let (_, doubled) = try metadata([head + SampleMetadata.exif, head + SampleMetadata.exif])
        #expect(doubled == ["more than one Exif block: only the first is read"])
    }

    /// JFIF's density (unit, x, y) and Exif's (unit, numerator), and which of them counts.
    @Test(
        arguments: [
            ((1, 300, 200), nil, Resolution(horizontal: 300, vertical: 200, unit: .inch)),
            ((2, 118, 118), nil, Resolution(horizontal: 118, vertical: 118, unit: .centimeter)),
            ((0, 1, 1), nil, nil), ((1, 0, 72), nil, nil), ((9, 1, 2), nil, nil),
            ((0, 4, 3), nil, Resolution(horizontal: 4, vertical: 3, unit: .none)),
            ((0, 1, 1), (2, 72), Resolution(horizontal: 72, vertical: 72, unit: .inch)),
            ((0, 4, 3), (3, 40), Resolution(horizontal: 40, vertical: 40, unit: .centimeter)),
            ((1, 300, 300), (2, 72), Resolution(horizontal: 300, vertical: 300, unit: .inch)),
        ] as [((Int, Int, Int), (Int, Int)?, Resolution?)])
    func `reads the resolution where it is said`(
        jfif: (Int, Int, Int), exif: (Int, Int)?, expected: Resolution?
    ) throws {
        var file = try JPEGEditing(PixelLayout(.gray, .uint8), width: 4, height: 4)
        let density = [jfif.1, jfif.2].flatMap { UInt16($0).bigEndianBytes }
        file.parts[0].content.replaceSubrange(7..<12, with: [UInt8(jfif.0)] + density)
        if let exif {
            func entry(_ tag: UInt16, _ type: UInt16, _ value: UInt32) -> [UInt8] {
                tag.bigEndianBytes + type.bigEndianBytes + UInt32(1).bigEndianBytes
                    + value.bigEndianBytes
            }
            let block =
                [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 3] + entry(282, 5, 50) + entry(283, 5, 50)
                + entry(296, 3, UInt32(exif.0) << 16) + [0, 0, 0, 0]
                + UInt32(exif.1 * 10).bigEndianBytes + UInt32(10).bigEndianBytes
            file = file.adding(0xE1, Array("Exif\0\0".utf8) + block)
        }
        #expect(try file.decoded().header.metadata.resolution == expected)
    }

    @Test(arguments: [
        (Resolution(horizontal: 118.11, vertical: 118.11, unit: .centimeter), (1, 300, 300)),
        (Resolution(horizontal: 72, vertical: 72, unit: .inch), (1, 72, 72)),
        (Resolution(horizontal: 1.5, vertical: 1, unit: .none), (0, 150, 100)),
        (Resolution(horizontal: 100_000, vertical: 1, unit: .inch), (2, 39_370, 0)),
    ])
    func `writes the resolution in the nearer unit`(
        resolution: Resolution, expected: (UInt8, UInt16, UInt16)
    ) {
        let density = JFIFDensity(resolution)
        guard expected.2 > 0 else {
            #expect(density == nil)
            return
        }
        #expect(density?.unit == expected.0)
        #expect(density?.horizontal == expected.1 && density?.vertical == expected.2)
    }

    @Test func `joins Photoshop's resources, and carries damaged ones with a warning`() throws {
        let resources = SampleMetadata.photoshop()
        let head = PhotoshopSegments.prefix
        for cut in [0, 5, 12, 13, 30, resources.count] {
            let (found, warnings) = try metadata(
                [head + resources[..<cut], head + resources[cut...]], marker: 0xED)
            #expect(found.photoshop == resources && found.iptc == SampleMetadata.iptc)
            #expect(warnings == [])
        }
        for (damaged, offset) in [
            (Array(resources.dropLast(2)), 14 + 12 + 22), ([1, 2, 3], 0),
            (Array(resources.prefix(20)), 14),
        ] {
            let (found, warnings) = try metadata([head + damaged], marker: 0xED)
            #expect(found.photoshop == damaged)
            #expect((found.iptc != nil) == (damaged.count > 40))
            #expect(
                warnings == [
                    "the Photoshop image resources are damaged from byte \(offset) of "
                        + "\(damaged.count) on, and carried as they are"
                ])
        }
    }

    @Test func `reads comments as UTF-8, or else as Latin-1, and tells so`() throws {
        let (found, warnings) = try metadata(
            [Array("Größe".utf8), [0x47, 0xF6, 0xDF], []], marker: 0xFE)
        #expect(found.texts.map(\.keyword) == ["Comment", "Comment", "Comment"])
        #expect(found.texts.map(\.value) == ["Größe", "Göß", ""])
        #expect(warnings == ["a comment is not UTF-8 and is taken for Latin-1"])
    }

    @Test func `leaves out texts that are no comments, and tells so`() throws {
        var image = TestImages.picture(width: 4, height: 4)
        image.header.metadata.texts = [
            TextEntry("Title", "a"), TextEntry("Comment", "b"),
            TextEntry("Comment", String(repeating: "c", count: 65_534)),
        ]
        let bytes = try image.encoded(by: JPEGPlugin())
        let losses = JPEGPlugin().losses(of: image.header, with: WriteSettings())
        #expect(losses.map(\.name) == ["text"])
        let texts = try Image(decoding: bytes, as: JPEGPlugin()).header.metadata.texts
        #expect(texts == [TextEntry("Comment", "b")])
    }

    @Test func `names what it does not carry`() throws {
        let file = try JPEGEditing().adding(0xED, [0x68]).adding(0xEC, Array("Ducky\0".utf8))
            .adding(0xE3, [1]).adding(0xE0, Array("JFXX\0".utf8))
        let header = try file.decoded().header
        let names = ["APP0 JFXX", "APP3", "APP12 Ducky", "APP13 h"]
        #expect(
            header.details.last
                == ImageDetail("ignored_segments", .list(names.map { .text($0) })))
        // A segment without a copy of the picture, and how it was saved, are no loss.
        #expect(header.losses.map(\.description) == ["the segments APP3 and APP13 h are left out"])
    }

    /// How small copies of a picture are stored, and how many there are.
    static let copies: [([(UInt8, [UInt8])], Int)] = [
        ([(0xE0, Array("JFIF\0".utf8) + [1, 2, 0, 0, 1, 0, 1, 1, 1, 9, 9, 9])], 1),
        ([(0xE0, Array("JFXX\0".utf8) + [0x10, 0xFF, 0xD8])], 1),
        ([(0xE0, Array("JFXX\0".utf8) + [0x13, 1, 1, 9, 9, 9])], 1),
        (
            [
                (0xE0, Array("JFXX\0".utf8) + [0x11, 1, 1, 0]),
                (0xE0, Array("JFIF\0".utf8) + [1, 2, 0, 0, 1, 0, 1, 1, 1, 9, 9, 9]),
            ], 2
        ),
        // None, and none that is known.
        ([(0xE0, Array("JFIF\0".utf8) + [1, 2, 0, 0, 1, 0, 1, 0, 0])], 0),
        ([(0xE0, Array("JFXX\0".utf8) + [0x10])], 0),
    ]

    @Test(arguments: copies)
    func `small copies of the picture are a loss where it is decoded`(
        segments: [(UInt8, [UInt8])], count: Int
    ) throws {
        let file = try segments.reduce(JPEGEditing()) { $0.adding($1.0, $1.1) }
        let reader = try JPEGPlugin().makeReader(
            source: MemorySource(file.bytes), context: CodecContext())
        let words = [
            1: "the JFIF thumbnail is left out", 2: "2 JFIF thumbnails are left out",
        ]
        #expect(
            reader.header.losses
                == [words[count]].compactMap(\.self).map { .part(of: .formatBlocks, $0) })
        // They are in the stream.
        let stream = try #require((reader as? any StreamReader)?.stream)
        #expect(stream.losses.isEmpty)
    }

    @Test func `what is called a copy and is none is a loss`() throws {
        let header = try JPEGEditing().adding(0xE0, Array("JFXX\0".utf8) + [0x42, 1, 2])
            .decoded().header
        #expect(header.losses.map(\.description) == ["the segment APP0 JFXX is left out"])
    }

    @Test func `further pictures are a loss`() throws {
        let header = try JPEGEditing().adding(0xE2, Array("MPF\0".utf8)).decoded().header
        #expect(
            header.losses.map(\.description)
                == ["a file of several pictures (MPF): only the main one is read"])
    }
}

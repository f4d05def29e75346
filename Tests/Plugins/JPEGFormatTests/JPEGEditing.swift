import FormatKit
import TestSupport

@testable import JPEGFormat

/// A JPEG file taken apart, to be put together differently.
struct JPEGEditing {
    /// A segment, with the data of the scan that follows it if it begins one.
    struct Part: Equatable {
        var marker: UInt8
        var content: [UInt8]
        var scan: [UInt8] = []
    }

    /// What lies between SOI and EOI.
    var parts: [Part] = []
    var trailer: [UInt8] = []

    init(_ bytes: [UInt8]) {
        var offset = 2
        while offset + 4 <= bytes.count, bytes[offset + 1] != 0xD9 {
            let count = Int(bytes[offset + 2]) << 8 | Int(bytes[offset + 3])
            var part = Part(
                marker: bytes[offset + 1], content: Array(bytes[offset + 4..<offset + 2 + count]))
            offset += 2 + count
            if part.marker == 0xDA {
                let start = offset
                while bytes[offset] != 0xFF || bytes[offset + 1] == 0
                    || (0xD0...0xD7).contains(bytes[offset + 1])
                { offset += 1 }
                part.scan = Array(bytes[start..<offset])
            }
            parts.append(part)
        }
    }

    /// A valid file of a picture.
    init(
        _ layout: PixelLayout = PixelLayout(.rgb, .uint8), width: Int = 40, height: Int = 24,
        options: [String: String] = [:], metadata: ImageMetadata = ImageMetadata()
    ) throws {
        var image = TestImages.picture(width: width, height: height, layout: layout)
        image.header.metadata = metadata
        self.init(
            try image.encoded(
                by: JPEGPlugin(), settings: WriteSettings(for: JPEGPlugin(), options: options)))
    }

    func adding(_ marker: UInt8, _ content: [UInt8]) -> JPEGEditing {
        var copy = self
        copy.parts.insert(Part(marker: marker, content: content), at: min(1, parts.count))
        return copy
    }

    /// The index of the frame header.
    var frameIndex: Int { parts.firstIndex { 0xC0...0xC2 ~= $0.marker } ?? 0 }

    /// The indices of the scans.
    var scanIndices: [Int] { parts.indices.filter { parts[$0].marker == 0xDA } }

    var bytes: [UInt8] {
        var bytes: [UInt8] = [0xFF, 0xD8]
        for part in parts {
            bytes += [0xFF, part.marker]
            bytes += UInt16(part.content.count + 2).bigEndianBytes
            bytes += part.content + part.scan
        }
        return bytes + [0xFF, 0xD9] + trailer
    }

    func decoded(_ context: CodecContext = CodecContext()) throws(ImageError) -> Image {
        try Image(decoding: bytes, as: JPEGPlugin(), context: context)
    }
}

/// Blocks of metadata for tests.
enum SampleMetadata {
    /// Exif that says to turn the picture by 90° clockwise.
    static let exif: [UInt8] =
        [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 1]
        + [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0] + [0, 0, 0, 0]

    /// An XMP packet with a property of about `count` characters.
    static func xmp(_ count: Int = 10) -> [UInt8] {
        Array(
            """
            <x:xmpmeta xmlns:x="adobe:ns:meta/">\
            <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\
            <rdf:Description rdf:about="" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/">\
            <photoshop:Instructions>ä\(String(repeating: "text ", count: count / 5))\
            </photoshop:Instructions></rdf:Description></rdf:RDF></x:xmpmeta>
            """.utf8)
    }

    /// An IPTC-IIM record with a headline and a keyword.
    static let iptc: [UInt8] =
        [0x1C, 2, 105, 0, 8] + Array("Headline".utf8) + [0x1C, 2, 25, 0, 3] + Array("red".utf8)

    /// Photoshop's image resources: a copyright flag, a record, and a URL of about `count` letters.
    static func photoshop(_ record: [UInt8]? = iptc, count: Int = 10) -> [UInt8] {
        func resource(_ number: UInt16, _ content: [UInt8]) -> [UInt8] {
            Array("8BIM".utf8) + number.bigEndianBytes + [0, 0]
                + UInt32(content.count).bigEndianBytes + content
                + (content.count % 2 == 0 ? [] : [0])
        }
        let url = Array("http://\(String(repeating: "long/", count: count / 5))".utf8)
        return resource(0x040A, [1]) + (record.map { resource(0x0404, $0) } ?? [])
            + resource(0x040B, url)
    }
}

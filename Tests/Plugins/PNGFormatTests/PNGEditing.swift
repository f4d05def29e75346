import FormatKit
import TestSupport

@testable import PNGFormat

/// A PNG file taken apart, to be put together differently.
struct PNGEditing {
    struct Part: Equatable {
        var type: String
        var content: [UInt8]
        var hasWrongCheck = false
    }

    var parts: [Part] = []

    init(_ bytes: [UInt8]) {
        var offset = 8
        while offset + 12 <= bytes.count {
            let count = Int(bytes[offset...].bigEndian32())
            let type = String(decoding: bytes[offset + 4..<offset + 8], as: UTF8.self)
            parts.append(
                Part(type: type, content: Array(bytes[offset + 8..<offset + 8 + count])))
            offset += 12 + count
        }
    }

    /// A valid file of some noise.
    init(
        _ layout: PixelLayout = PixelLayout(.rgb, .uint8), metadata: ImageMetadata = ImageMetadata()
    ) throws {
        self.init(try Image.noise(9, 7, layout, metadata: metadata).encoded(by: PNGPlugin()))
    }

    func with(
        _ type: String, _ content: [UInt8], before next: String, hasWrongCheck: Bool = false
    ) -> PNGEditing {
        var copy = self
        let index = parts.firstIndex { $0.type == next } ?? parts.count
        copy.parts.insert(
            Part(type: type, content: content, hasWrongCheck: hasWrongCheck), at: index)
        return copy
    }

    var bytes: [UInt8] {
        PNGStructure.signature
            + parts.flatMap { part -> [UInt8] in
                let body = Array(part.type.utf8) + part.content
                let check = CRC32.checksum(body)
                let value = part.hasWrongCheck ? ~check : check
                return UInt32(part.content.count).bigEndianBytes + body + value.bigEndianBytes
            }
    }

    /// A file of parts.
    static func file(of parts: [Part]) -> [UInt8] {
        var editing = PNGEditing([])
        editing.parts = parts
        return editing.bytes
    }

    /// A zlib stream of one stored block (RFC 1950, RFC 1951).
    static func stored(_ bytes: [UInt8]) -> [UInt8] {
        let (a, b) = bytes.reduce((UInt32(1), UInt32(0))) { sums, byte in
            let a = (sums.0 + UInt32(byte)) % 65_521
            return (a, (sums.1 + a) % 65_521)
        }
        let count = UInt16(bytes.count)
        return [0x78, 0x01, 1] + count.bigEndianBytes.reversed()
            + (~count).bigEndianBytes.reversed() + bytes + (b << 16 | a).bigEndianBytes
    }
}

/// Blocks of metadata for tests.
enum SampleMetadata {
    /// Exif that says to turn the picture by 90° clockwise.
    static let exif: [UInt8] =
        [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 1]
        + [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0] + [0, 0, 0, 0]

    static let xmp = Array("<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">ä</x:xmpmeta>".utf8)

    /// A profile with nothing in it but a header that libpng accepts, and one tag.
    static func icc(_ space: String) -> [UInt8] {
        var profile = [UInt8](repeating: 0, count: 128)
        profile.replaceSubrange(8..<12, with: [2, 0x40, 0, 0])
        profile.replaceSubrange(12..<24, with: Array("mntr\(space)XYZ ".utf8))
        profile.replaceSubrange(36..<40, with: Array("acsp".utf8))
        profile.replaceSubrange(
            68..<80, with: [0, 0, 0xF6, 0xD6, 0, 1, 0, 0, 0, 0, 0xD3, 0x2D])
        // Text that does not compress: libpng takes a stream of a few bytes for too short.
        var generator = SplitMix64(seed: 7)
        let text = generator.bytes(55).map { 0x21 + $0 % 94 } + [0]
        profile += [0, 0, 0, 1] + Array("cprt".utf8) + [0, 0, 0, 144, 0, 0, 0, 64]
        profile += Array("text".utf8) + [0, 0, 0, 0] + text
        profile.replaceSubrange(0..<4, with: UInt32(profile.count).bigEndianBytes)
        return profile
    }
}

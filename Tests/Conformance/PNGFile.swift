/// A PNG file as its chunks, put together by the letter of the standard (third edition, §5).
struct PNGFile {
    /// A chunk.
    struct Chunk: Equatable {
        let type: String
        let content: [UInt8]
    }

    var chunks: [Chunk]

    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// Takes a sound file apart.
    init(_ bytes: [UInt8]) {
        chunks = []
        var start = Self.signature.count
        while start + 12 <= bytes.count {
            let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
            let type = String(decoding: bytes[start + 4..<start + 8], as: UTF8.self)
            chunks.append(
                Chunk(type: type, content: Array(bytes[start + 8..<start + 8 + length])))
            start += 12 + length
        }
    }

    /// The file with its check values.
    var bytes: [UInt8] {
        chunks.reduce(Self.signature) { bytes, chunk in
            let checked = Array(chunk.type.utf8) + chunk.content
            return bytes + Self.bigEndian(UInt32(chunk.content.count)) + checked
                + Self.bigEndian(Self.crc32(checked))
        }
    }

    /// The content of the first chunk of a type.
    subscript(type: String) -> [UInt8]? { chunks.first { $0.type == type }?.content }

    /// Inserts chunks right behind the header, where all that describe colors may be.
    mutating func insert(_ added: [Chunk]) {
        chunks.insert(contentsOf: added, at: 1)
    }

    /// The four bytes of a number.
    static func bigEndian(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }

    /// A zlib stream (RFC 1950) that stores at most 65 535 bytes as they are.
    static func stored(_ bytes: [UInt8]) -> [UInt8] {
        let count = UInt16(bytes.count)
        let length = [count, ~count].flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        var (a, b) = (UInt32(1), UInt32(0))
        for byte in bytes {
            a = (a + UInt32(byte)) % 65_521
            b = (b + a) % 65_521
        }
        return [0x78, 0x01, 1] + length + bytes + bigEndian(b << 16 | a)
    }

    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in
                crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0)
            }
        }
    }
}

/// The content of a `TILE` box after the architecture's index: levels, coarse to fine (§5).
///
/// Lengths of all levels but the last come first, each in groups of 7 bits, low ones first, with
/// bit 7 where more follow; then the bytes of the levels, one coder's stream.
struct LatentPayload: Equatable, Sendable {
    /// The bytes of the levels.
    let bytes: [UInt8]
    /// Where they start in the file.
    let base: Int
    /// Where each level ends in ``bytes``; coarse to fine.
    let levelEnds: [Int]

    /// Creates a payload of levels.
    init(bytes: [UInt8], levelEnds: [Int]) {
        self.bytes = bytes
        base = 0
        self.levelEnds = levelEnds
    }

    /// Parses all that is left.
    init(parsing reader: inout ByteReader, descriptor: LatentDescriptor) throws(BitstreamError) {
        var (ends, end) = ([Int](), 0)
        for _ in descriptor.finestLevel..<descriptor.levelCount - 1 {
            end += try reader.readLevelLength()
            ends.append(end)
        }
        guard end <= reader.remaining else {
            throw .truncated(offset: reader.offset, needed: end, available: reader.remaining)
        }
        base = reader.offset
        bytes = try reader.readBytes(reader.remaining)
        levelEnds = ends + [bytes.count]
    }

    /// The bytes of the payload, the inverse of parsing.
    var serialized: [UInt8] {
        var result: [UInt8] = []
        for (start, end) in zip([0] + levelEnds, levelEnds.dropLast()) {
            result.append(levelLength: end - start)
        }
        return result + bytes
    }
}

extension ByteReader {
    /// Reads a length below 2^31 in its shortest form.
    fileprivate mutating func readLevelLength() throws(BitstreamError) -> Int {
        let start = offset
        var value = 0
        for shift in stride(from: 0, to: 35, by: 7) {
            let byte = try read(UInt8.self)
            value |= Int(byte & 0x7F) << shift
            guard byte < 0x80 else { continue }
            guard value < 1 << 31, byte > 0 || shift == 0 else { break }
            return value
        }
        throw .invalidField(
            "the length of a level", found: "a longer number",
            expected: "one below 2^31 in its shortest form", offset: start)
    }
}

extension [UInt8] {
    fileprivate mutating func append(levelLength: Int) {
        var rest = levelLength
        while rest > 0x7F {
            append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }
}

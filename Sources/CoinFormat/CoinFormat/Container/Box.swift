internal import FormatKit

/// The type of a box: four ASCII letters (§4.2).
///
/// A box whose type starts with a capital must be understood; others may be skipped.
struct BoxType: Hashable, Sendable, CustomStringConvertible {
    let name: String

    static let header = BoxType(name: "HEAD")
    static let tile = BoxType(name: "TILE")
    static let networks = BoxType(name: "NETS")
    static let icc = BoxType(name: "iccp")
    static let exif = BoxType(name: "exif")
    static let xmp = BoxType(name: "xmpp")
    static let resolution = BoxType(name: "reso")

    var description: String { name }
    var bytes: [UInt8] { Array(name.utf8) }
    var isCritical: Bool { name.utf8.first.map { $0 & 0x20 == 0 } ?? false }
}

/// A part of a stream with its type, length and checksum (§4.2).
///
/// | Size   | Field    | Value                                     |
/// | ------ | -------- | ----------------------------------------- |
/// | 1…5    | length   | varint: bytes of the payload, 0…2^31 − 1  |
/// | 4      | type     | four ASCII letters                        |
/// | length | payload  | as the type says                          |
/// | 4      | checksum | CRC-32 of type and payload                |
struct Box: Equatable, Sendable {
    let type: BoxType
    let payload: [UInt8]
    /// Where the box starts, in bytes from the start of the file.
    let offset: Int

    /// Where the payload starts.
    var payloadOffset: Int { offset + Varint.byteCount(payload.count) + 4 }

    /// The bytes of the whole box.
    var byteCount: Int { Varint.byteCount(payload.count) + 4 + payload.count + 4 }

    /// Creates a box that is to be written.
    init(type: BoxType, payload: [UInt8]) {
        self.type = type
        self.payload = payload
        offset = 0
    }

    /// The bytes of the box, the inverse of parsing.
    var serialized: [UInt8] { Self.serialized(type, payload) }

    /// Parses the box at the reader's place and checks its checksum.
    init(parsing reader: inout ByteReader) throws(BitstreamError) {
        let offset = reader.offset
        let length = try reader.readVarint("the length of a box")
        let typeOffset = reader.offset
        let type = try reader.readBytes(4)
        guard type.allSatisfy({ (0x41...0x5A).contains($0 & 0xDF) }) else {
            throw .invalidField(
                "the type of a box", found: "\(type)", expected: "four letters",
                offset: typeOffset)
        }
        let payload = try reader.readBytes(length)
        let name = String(decoding: type, as: UTF8.self)
        let found = try reader.read(UInt32.self)
        let expected = CRC32.checksum(type, payload)
        guard found == expected else {
            throw .badChecksum(box: name, offset: offset, expected: expected, found: found)
        }
        self.type = BoxType(name: name)
        self.payload = payload
        self.offset = offset
    }

    /// Parses the payload with `parse`, which must use up all of it.
    func parsePayload<T>(
        _ parse: (inout ByteReader) throws(BitstreamError) -> T
    ) throws(BitstreamError) -> T {
        var reader = ByteReader(payload.span, base: payloadOffset)
        let value: T
        do throws(BitstreamError) {
            value = try parse(&reader)
        } catch .truncated(_, let needed, let available) {
            // The stream goes on; it is the box that is too short.
            throw wrongLength(expected: payload.count - available + needed)
        } catch {
            throw error
        }
        guard reader.remaining == 0 else {
            throw wrongLength(expected: payload.count - reader.remaining)
        }
        return value
    }

    private func wrongLength(expected: Int) -> BitstreamError {
        .wrongLength(box: type.name, offset: offset, expected: expected, found: payload.count)
    }

    /// The bytes of a box, the inverse of ``init(parsing:)``.
    static func serialized(_ type: BoxType, _ payload: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(payload.count + Varint.maximumByteCount + 8)
        bytes.append(varint: payload.count)
        bytes += type.bytes + payload
        bytes.append(littleEndian: CRC32.checksum(type.bytes, payload))
        return bytes
    }
}

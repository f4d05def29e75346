public import FormatKit

/// A reason why a `.coin` stream cannot be decoded.
///
/// Offsets are in bytes from the start of the file. Each case names the section of
/// `spec/coin-bitstream.md` that the stream violates.
@nonexhaustive
public enum BitstreamError: Error, Equatable, Sendable {
    /// The stream ends inside a field or a box (§4).
    case truncated(offset: Int, needed: Int, available: Int)
    /// The first eight bytes are not the signature (§4.1).
    case badSignature
    /// The signature was damaged by a transfer in text mode (§4.1).
    case textModeDamage
    /// The checksum of a box does not match its content (§4.2).
    case badChecksum(box: String, offset: Int, expected: UInt32, found: UInt32)
    /// A box comes where it must not (§4.3).
    case misplacedBox(box: String, offset: Int)
    /// A box that a decoder must understand is unknown (§4.2).
    case unknownBox(box: String, offset: Int)
    /// Bytes follow the last box (§4.3).
    case trailingBytes(offset: Int, count: Int)
    /// The stream needs a newer decoder (§5).
    case unsupportedVersion(UInt8, offset: Int)
    /// The stream uses an architecture that this decoder does not have (§5.2).
    case unsupportedArchitecture(kind: UInt8, offset: Int)
    /// The networks differ from a set of defaults that this decoder does not have (latents, §7.3).
    case unsupportedDefaults(set: Int, offset: Int)
    /// A tensor uses a packing that this decoder does not have (§6.2).
    case unsupportedPacking(UInt8, offset: Int)
    /// A field has a value out of its range (§5, §6).
    case invalidField(String, found: String, expected: String, offset: Int)
    /// A box is longer or shorter than its content (§4.2).
    ///
    /// If it is shorter, `expected` reaches to the end of the first field that is missing.
    case wrongLength(box: String, offset: Int, expected: Int, found: Int)
}

extension BitstreamError: CustomStringConvertible {
    /// One line without a full stop, with what was expected and what was found.
    public var description: String {
        switch self {
        case .truncated(_, let needed, let available):
            "\(needed) \(needed == 1 ? "byte" : "bytes") needed, \(available) left"
        case .badSignature: "the signature is missing"
        case .textModeDamage: "the signature was damaged by a transfer in text mode"
        case .badChecksum(let box, _, let expected, let found):
            "the checksum of box \(box) is \(Self.hex(found)), expected \(Self.hex(expected))"
        case .misplacedBox(let box, _): "box \(box) is out of place"
        case .unknownBox(let box, _): "box \(box) is unknown and may not be skipped"
        case .trailingBytes(_, let count): "\(count) bytes follow the last box"
        case .unsupportedVersion(let version, _): "version \(version)"
        case .unsupportedArchitecture(let kind, _): "architecture kind \(kind)"
        case .unsupportedDefaults(let set, _): "set \(set) of default parameters"
        case .unsupportedPacking(let packing, _): "weight packing \(packing)"
        case .invalidField(let field, let found, let expected, _):
            "\(field) is \(found), expected \(expected)"
        case .wrongLength(let box, _, let expected, let found):
            "box \(box) has \(found) bytes, expected \(expected)"
        }
    }

    private static func hex(_ value: UInt32) -> String { "0x" + String(value, radix: 16) }

    /// Where the stream is wrong, in bytes from its start; of a box, where it starts.
    public var offset: Int {
        switch self {
        case .badSignature, .textModeDamage: 0
        case .truncated(let offset, _, _), .badChecksum(_, let offset, _, _),
            .misplacedBox(_, let offset), .unknownBox(_, let offset),
            .trailingBytes(let offset, _), .unsupportedVersion(_, let offset),
            .unsupportedArchitecture(_, let offset), .unsupportedDefaults(_, let offset),
            .unsupportedPacking(_, let offset), .invalidField(_, _, _, let offset),
            .wrongLength(_, let offset, _, _):
            offset
        }
    }

    /// The same error as the converter's model knows it.
    public var imageError: ImageError {
        switch self {
        case .truncated: .truncated(.coin, description, offset: offset)
        case .unsupportedVersion, .unsupportedArchitecture, .unsupportedDefaults,
            .unsupportedPacking, .unknownBox:
            .unsupported(.coin, description)
        case .badSignature, .textModeDamage, .badChecksum, .misplacedBox, .trailingBytes,
            .invalidField, .wrongLength:
            .malformed(.coin, description, offset: offset)
        }
    }
}

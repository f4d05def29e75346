internal import FormatKit

/// The segments in front of the first scan, found without libjpeg.
///
/// So metadata are found with their offsets and checked against limits, and so is the size of the
/// picture before libjpeg takes any memory for it.
struct JPEGStructure {
    /// What may describe the picture, in the order of the file.
    private(set) var segments: [JPEGSegment] = []
    private(set) var frame: JPEGFrame?

    /// What follows the first marker should be another one, but need not.
    static let signature: [UInt8] = [0xFF, 0xD8]

    /// More segments than any tool writes; a bound for the memory of ``segments``.
    private static let segmentCountLimit = 1 << 14

    init(of source: any ImageSource) throws(ImageError) {
        try Self.checkSignature(of: source)
        var offset = 2
        while let segment = try Self.segment(at: &offset, of: source) {
            if segment.marker.startsFrame {
                guard frame == nil else {
                    throw .malformed(
                        .jpeg, "a second frame header", offset: segment.contentOffset - 4)
                }
                frame = try JPEGFrame(
                    segment.marker,
                    parsing: source.bytes(at: segment.contentOffset, count: 6),
                    at: segment.contentOffset)
            } else if segment.marker.applicationNumber != nil || segment.marker == .comment {
                segments.append(segment)
            }
            guard segments.count <= Self.segmentCountLimit else {
                throw .unsupported(.jpeg, "more than \(Self.segmentCountLimit) segments")
            }
        }
        guard frame != nil else {
            throw .malformed(.jpeg, "a scan without a frame header", offset: offset - 2)
        }
    }

    private static func checkSignature(of source: any ImageSource) throws(ImageError) {
        let head = try source.bytes(at: 0, count: 2)
        guard head.elementsEqual(signature.prefix(head.count)) else {
            throw .malformed(.jpeg, "expected FF D8", offset: 0)
        }
        guard head.count == 2 else { throw cutOff(source) }
    }

    private static func cutOff(_ source: any ImageSource) -> ImageError {
        .truncated(.jpeg, "the file ends before its picture does", offset: source.byteCount)
    }

    /// The segment at `offset`, which moves behind it; `nil` at the first scan.
    private static func segment(
        at offset: inout Int, of source: any ImageSource
    ) throws(ImageError) -> JPEGSegment? {
        let marker = try marker(at: &offset, of: source)
        switch marker {
        case .startOfScan: return nil
        case .startOfImage, .endOfImage:
            throw .malformed(
                .jpeg, "marker FF \(marker.hexadecimal) before any scan", offset: offset - 2)
        default: break
        }
        if marker.standsAlone {
            return JPEGSegment(marker: marker, contentOffset: offset, contentByteCount: 0)
        }
        let field = try source.bytes(at: offset, count: 2)
        guard field.count == 2 else { throw cutOff(source) }
        let length = Int(field[0]) << 8 | Int(field[1])
        guard length >= 2 else {
            throw .malformed(
                .jpeg, "a segment of \(length) bytes, expected 2 or more", offset: offset)
        }
        guard length <= source.byteCount - offset else { throw cutOff(source) }
        defer { offset += length }
        return JPEGSegment(
            marker: marker, contentOffset: offset + 2, contentByteCount: length - 2)
    }

    /// More bytes between segments than any tool leaves.
    private static let paddingLimit = 1 << 16

    /// The next marker, behind which `offset` is then; what is no marker libjpeg will judge.
    private static func marker(
        at offset: inout Int, of source: any ImageSource
    ) throws(ImageError) -> JPEGMarker {
        let start = offset
        var isEscaped = false
        while offset - start < paddingLimit {
            let bytes = try source.bytes(at: offset, count: 64)
            guard !bytes.isEmpty else { throw cutOff(source) }
            for byte in bytes {
                offset += 1
                if isEscaped, byte != 0, byte != 0xFF { return JPEGMarker(rawValue: byte) }
                isEscaped = byte == 0xFF
            }
        }
        throw .malformed(.jpeg, "expected a marker", offset: start)
    }
}

extension JPEGMarker {
    /// The byte in two hexadecimal digits.
    var hexadecimal: String {
        let digits = String(rawValue, radix: 16, uppercase: true)
        return digits.count < 2 ? "0" + digits : digits
    }
}

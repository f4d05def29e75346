/// A color profile in pieces (ICC.1, annex B.4).
///
/// | offset | size | field |
/// | --- | --- | --- |
/// | 0 | 12 | `ICC_PROFILE`, 0 |
/// | 12 | 1 | number of the piece, from 1 |
/// | 13 | 1 | number of pieces |
/// | 14 | n | piece |
struct ICCSegments {
    static let prefix = Array("ICC_PROFILE\0".utf8)
    private static let overhead = prefix.count + 2
    private static let pieceLimit = JPEGSegment.contentLimit - overhead

    private var pieces: [Int: ArraySlice<UInt8>] = [:]
    private var count: Int?
    private var isConsistent = true

    /// Takes the content of a segment that begins with ``prefix``.
    mutating func take(_ content: [UInt8]) {
        guard content.count >= Self.overhead else {
            isConsistent = false
            return
        }
        let (number, count) = (Int(content[12]), Int(content[13]))
        let isFirst = pieces.updateValue(content.dropFirst(Self.overhead), forKey: number) == nil
        isConsistent =
            isConsistent && isFirst && count == self.count ?? count && (1...max(1, count)) ~= number
        self.count = count
    }

    /// The profile; `nil` if there is none or, as ``isDamaged`` tells, not all of it.
    var profile: [UInt8]? {
        guard let count, !isDamaged else { return nil }
        let profile = (1...max(1, count)).flatMap { pieces[$0] ?? [] }
        // Segments without a byte of a profile are none.
        return profile.isEmpty ? nil : profile
    }

    /// Whether pieces are missing, doubled or malformed.
    var isDamaged: Bool { !isConsistent || pieces.count != count ?? 0 }

    /// The contents of the segments that hold a profile, or `nil` if it is too large for 255.
    static func contents(of profile: [UInt8]) -> [[UInt8]]? {
        let count = max(1, (profile.count + pieceLimit - 1) / pieceLimit)
        guard count <= 255 else { return nil }
        return (0..<count).map { index in
            prefix + [UInt8(index + 1), UInt8(count)]
                + profile[index * pieceLimit..<min((index + 1) * pieceLimit, profile.count)]
        }
    }
}

internal import FormatKit

/// Photoshop's image resources, in as many segments as they need.
///
/// | offset | size | field |
/// | --- | --- | --- |
/// | 0 | 14 | `Photoshop 3.0`, 0 |
/// | 14 | n | resources, which may go on in the next segment |
struct PhotoshopSegments {
    static let prefix = Array("Photoshop 3.0\0".utf8)
    private static let pieceLimit = JPEGSegment.contentLimit - prefix.count

    /// The bytes of all segments so far, one after the other.
    private(set) var bytes: [UInt8] = []

    /// Takes the content of a segment that begins with ``prefix``.
    mutating func take(_ content: [UInt8]) {
        bytes += content.dropFirst(Self.prefix.count)
    }

    /// The contents of the segments that hold resources.
    static func contents(of resources: [UInt8]) -> [[UInt8]] {
        stride(from: 0, to: resources.count, by: pieceLimit).map {
            prefix + resources[$0..<min($0 + pieceLimit, resources.count)]
        }
    }
}

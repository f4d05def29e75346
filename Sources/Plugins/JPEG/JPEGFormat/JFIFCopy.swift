internal import FormatKit

/// A small copy of the picture, as JFIF holds it (ITU-T T.871 §10): in the segment `JFIF`, or in one called
/// `JFXX` of its own.
///
/// | offset | size | field of `JFIF` |
/// | --- | --- | --- |
/// | 12 | 1 + 1 | width and height |
/// | 14 | 3 each | its pixels |
///
/// | offset | size | field of `JFXX` |
/// | --- | --- | --- |
/// | 0 | 5 | `JFXX`, 0 |
/// | 5 | 1 | 0x10: a JPEG file follows; 0x11: with a palette; 0x13: as in `JFIF` |
enum JFIFCopy {
    /// Whether a segment `JFIF` has one.
    static func isThere(jfif content: [UInt8]) -> Bool {
        content.count > 14 && content[12] > 0 && content[13] > 0
    }

    /// Whether a segment `JFXX` is one.
    static func isThere(jfxx content: [UInt8]) -> Bool {
        content.count > 6 && [0x10, 0x11, 0x13].contains(content[5])
    }

    /// That so many are left out of what is written anew: one that stayed might show what has been cut
    /// away since.
    static func losses(_ count: Int) -> [Loss] {
        guard count > 0 else { return [] }
        let words = count == 1 ? "the JFIF thumbnail is" : "\(count) JFIF thumbnails are"
        return [.part(of: .formatBlocks, "\(words) left out")]
    }

    /// How a segment of its own begins.
    static let prefix = Array("JFXX\0".utf8)
}

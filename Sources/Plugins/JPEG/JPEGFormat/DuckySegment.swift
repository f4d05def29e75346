internal import FormatKit

/// What Photoshop's "Save for Web" says in a segment of its own: a quality, which is a matter of the
/// file, and texts.
///
/// | offset | size | field |
/// | --- | --- | --- |
/// | 0 | 5 | `Ducky` |
/// | 5 | 2 | 1: quality, 2: comment, 3: copyright; 0 at the end, which nothing follows |
/// | 7 | 2 | n, big-endian |
/// | 9 | n | content; of a text the number of its characters in 4 bytes, then UTF-16, big-endian |
enum DuckySegment {
    static let prefix = Array("Ducky".utf8)

    /// The texts.
    static func texts(_ content: [UInt8]) -> [TextEntry] {
        var texts: [TextEntry] = []
        var offset = prefix.count
        while let tag = content.bigEndian(at: offset, count: 2), tag != 0,
            let count = content.bigEndian(at: offset + 2, count: 2),
            offset + 4 + count <= content.count
        {
            if let keyword = [2: "Comment", 3: "Copyright"][tag] {
                let text = text(content[offset + 4..<offset + 4 + count])
                if !text.isEmpty { texts.append(TextEntry(keyword, text)) }
            }
            offset += 4 + count
        }
        return texts
    }

    private static func text(_ value: ArraySlice<UInt8>) -> String {
        let bytes = Array(value.dropFirst(4))
        let units = stride(from: 0, to: bytes.count - 1, by: 2).map {
            UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
        }
        return String(decoding: units, as: UTF16.self).filter { $0 != "\0" }
    }
}

internal import FormatKit

/// A comment in a codestream: text in Latin letters (ISO/IEC 15444-1 §A.9.2).
enum JP2Comment {
    static let keyword = "Comment"

    /// More does not fit into a marker.
    private static let byteCountLimit = 65_000

    /// The bytes of the one comment that a file can have, or `nil` if it has none.
    static func bytes(_ texts: [TextEntry]) -> [UInt8]? {
        texts.lazy.compactMap(content).first
    }

    private static func content(_ entry: TextEntry) -> [UInt8]? {
        guard entry.keyword == keyword, let bytes = entry.value.latin1, !bytes.isEmpty,
            bytes.count <= byteCountLimit, !bytes.contains(0)
        else { return nil }
        return bytes
    }

    /// What of texts is not written.
    static func losses(_ texts: [TextEntry]) -> [Loss] {
        guard let index = texts.firstIndex(where: { content($0) != nil }) else {
            return Loss.texts(texts)
        }
        var rest = texts
        let kept = rest.remove(at: index)
        let language: [Loss] =
            kept.language.isEmpty && kept.translatedKeyword.isEmpty
            ? [] : [.part(of: .texts, "the language of a comment is left out")]
        return language + Loss.texts(rest)
    }
}

internal import FormatKit

/// A comment segment: text in an encoding that the format leaves open (ITU-T T.81 §B.2.4.5).
///
/// UTF-8 is written; what is not UTF-8 is read as Latin-1, which most old files have.
enum JPEGComment {
    private static let keyword = "Comment"

    /// The text that a segment holds, and whether it had to be taken for Latin-1.
    static func text(_ content: [UInt8]) -> (entry: TextEntry, isGuessed: Bool) {
        if let text = String(validating: content, as: UTF8.self) {
            return (TextEntry(keyword, text), false)
        }
        return (TextEntry(keyword, String(latin1: content)), true)
    }

    /// The content of the segment that holds a text, or `nil` if it has another keyword or does
    /// not fit.
    static func content(of entry: TextEntry) -> [UInt8]? {
        let content = Array(entry.value.utf8)
        let isStorable = entry.keyword == keyword && content.count <= JPEGSegment.contentLimit
        return isStorable ? content : nil
    }
}

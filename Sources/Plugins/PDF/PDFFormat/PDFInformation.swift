internal import FormatKit

/// What is said of a document: its information dictionary (ISO 32000-1 §14.3.3).
///
/// Texts have a key each: those that the standard names, and others by their keywords, as programs
/// may have their own.
struct PDFInformation {
    private(set) var entries: [PDFEntry] = []
    /// What has no place in it.
    private(set) var losses: [Loss] = []

    /// What the standard calls some texts.
    private static let keys = [
        "Title": "Title", "Author": "Author", "Description": "Subject", "Software": "Creator",
    ]
    /// Entries that mean something else.
    private static let reserved: Set<String> = ["Producer", "CreationDate", "ModDate", "Trapped"]
    /// The longest name (annex C), in bytes.
    private static let nameLimit = 127

    init(_ metadata: ImageMetadata) {
        var taken = Self.reserved
        var left: [TextEntry] = []
        for text in metadata.texts {
            let key = Self.keys[text.keyword] ?? text.keyword
            let isName = (1...Self.nameLimit).contains(key.utf8.count) && !key.utf8.contains(0)
            guard isName, taken.insert(key).inserted else {
                left.append(text)
                continue
            }
            entries.append(PDFEntry(key, .text(text.value)))
            let loss = Loss.part(of: .texts, "the language of a text is left out")
            if !text.language.isEmpty || !text.translatedKeyword.isEmpty, !losses.contains(loss) {
                losses.append(loss)
            }
        }
        losses += Loss.texts(left)
        guard let time = metadata.modificationTime else { return }
        if let date = Self.date(time) {
            entries.append(PDFEntry("ModDate", .text(date)))
        } else {
            losses.append(.metadata(.modificationTime))
        }
    }

    /// A moment in universal time (§7.9.4), or `nil` if it has no such form.
    private static func date(_ time: ModificationTime) -> String? {
        // There are neither leap seconds nor years of five digits.
        guard time.year <= 9999, time.second < 60 else { return nil }
        func digits(_ number: Int, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: count - text.count) + text
        }
        let rest = [time.month, time.day, time.hour, time.minute, time.second]
        return "D:" + digits(time.year, 4) + rest.map { digits($0, 2) }.joined() + "Z"
    }
}

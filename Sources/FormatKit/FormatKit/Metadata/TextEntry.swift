/// A text that a file holds under a keyword.
public struct TextEntry: Sendable, Hashable {
    /// What the text is: `Title`, `Author`, `Description`, `Copyright`, `Creation Time`,
    /// `Software`, `Disclaimer`, `Warning`, `Source`, `Comment`, or any other word.
    public var keyword: String
    /// The text.
    public var value: String
    /// The language of ``value`` (RFC 3066), empty where it is not known.
    public var language: String
    /// The keyword in that language, empty where there is none.
    public var translatedKeyword: String
    /// Whether the file has it compressed.
    public var isCompressed: Bool

    /// Creates a text.
    public init(
        _ keyword: String, _ value: String, language: String = "",
        translatedKeyword: String = "", isCompressed: Bool = false
    ) {
        self.keyword = keyword
        self.value = value
        self.language = language
        self.translatedKeyword = translatedKeyword
        self.isCompressed = isCompressed
    }
}

/// A moment in universal time, to the second, as a file tells it.
public struct ModificationTime: Sendable, Hashable, CustomStringConvertible {
    /// The year, such as 2026.
    public var year: Int
    /// 1…12.
    public var month: Int
    /// 1…31.
    public var day: Int
    /// 0…23.
    public var hour: Int
    /// 0…59.
    public var minute: Int
    /// 0…60; there are leap seconds.
    public var second: Int

    /// Creates a time, or returns `nil` if a number is out of its range.
    public init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        guard (0...65_535).contains(year), (1...12).contains(month), (1...31).contains(day),
            (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    /// For example `2026-11-24T20:19:47Z`.
    public var description: String {
        func digits(_ number: Int, _ count: Int) -> String {
            let text = "\(number)"
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        return "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))T"
            + "\(digits(hour, 2)):\(digits(minute, 2)):\(digits(second, 2))Z"
    }
}

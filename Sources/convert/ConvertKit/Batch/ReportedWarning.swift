/// What a codec found odd.
package struct ReportedWarning: Sendable, Equatable {
    /// One line for people, without the input.
    package let text: String
    /// The input that it is about, if several are joined.
    package let input: String?

    /// Creates a warning.
    package init(_ text: String, of input: String? = nil) {
        self.text = text
        self.input = input
    }

    /// One line for people, with the input where that is not the subject anyway.
    package var line: String { input.map { "\($0): \(text)" } ?? text }
}

extension ReportedWarning {
    /// The warning for machines and people.
    var json: JSONValue {
        ["description": .string(text), "input": input.map(JSONValue.string) ?? .null]
    }

    /// The warning that another process sent.
    init?(json: JSONValue) {
        guard let text = json["description"]?.text else { return nil }
        self.init(text, of: json["input"]?.text)
    }
}

/// An option of a format's writer or codec: its name, type, range and default.
public struct OptionSpec: Sendable, Hashable {
    /// The type and range of an option.
    public enum Kind: Sendable, Hashable {
        /// A whole number.
        case integer(ClosedRange<Int>)
        /// A number.
        case real(ClosedRange<Double>)
        /// `true` or `false`.
        case boolean
        /// One of several words.
        case choice([String])
    }

    /// The name after the format's, in lower case with hyphens.
    public let key: String
    /// The type and range.
    public let kind: Kind
    /// The default as help shows it.
    public let defaultText: String
    /// One line of help.
    public let summary: String

    /// Creates an option.
    public init(_ key: String, _ kind: Kind, default defaultText: String, summary: String) {
        self.key = key
        self.kind = kind
        self.defaultText = defaultText
        self.summary = summary
    }

    /// The words of a choice; none of another kind.
    package var words: [String] {
        if case .choice(let words) = kind { words } else { [] }
    }

    /// Parses and checks a value.
    ///
    /// - Throws: ``ImageError/invalidOption(name:reason:)``.
    package func parse(_ text: String, format: FormatID) throws(ImageError) -> OptionValues.Value {
        switch kind {
        case .integer(let range):
            if let value = Int(text), range.contains(value) { return .integer(value) }
        case .real(let range):
            if let value = Double(text), range.contains(value) { return .real(value) }
        case .boolean:
            if let value = Bool(text) { return .boolean(value) }
        case .choice(let words):
            if words.contains(text) { return .choice(text) }
        }
        throw .invalidOption(
            name: "\(format).\(key)", reason: "\"\(text)\" is not \(kind)")
    }
}

extension OptionSpec.Kind: CustomStringConvertible {
    /// For example `a whole number from 1 to 9`.
    public var description: String {
        switch self {
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .real(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
        case .boolean: "true or false"
        case .choice(let words): "one of " + words.joined(separator: ", ")
        }
    }
}

/// Checked values of one format's options.
public struct OptionValues: Sendable, Equatable {
    /// A value of the type that the option's ``OptionSpec`` asks for.
    public enum Value: Sendable, Equatable {
        /// A whole number.
        case integer(Int)
        /// A number.
        case real(Double)
        /// A truth.
        case boolean(Bool)
        /// One of the option's words.
        case choice(String)
    }

    private var values: [String: Value] = [:]

    /// Creates values with none set.
    public init() {}

    /// Parses `texts` (key → value) against a format's options.
    ///
    /// - Throws: ``ImageError/invalidOption(name:reason:)`` for an unknown key or a bad value.
    public init(parsing texts: [String: String], for format: FormatDescriptor) throws(ImageError) {
        for (key, text) in texts.sorted(by: { $0.key < $1.key }) {
            guard let spec = format.options.first(where: { $0.key == key }) else {
                let known = format.options.map(\.key).joined(separator: ", ")
                throw .invalidOption(
                    name: "\(format.id).\(key)",
                    reason: known.isEmpty
                        ? "\(format.id) has no options" : "unknown; \(format.id) has \(known)")
            }
            values[key] = try spec.parse(text, format: format.id)
        }
    }

    /// Sets an option to a value of its type and within its range.
    public mutating func set(_ key: String, to value: Value) { values[key] = value }

    /// Whether a value is set for `key`.
    public func contains(_ key: String) -> Bool { values[key] != nil }

    /// The whole number set for `key`, if any.
    public func integer(_ key: String) -> Int? {
        if case .integer(let value) = values[key] { value } else { nil }
    }

    /// The number set for `key`, if any.
    public func real(_ key: String) -> Double? {
        if case .real(let value) = values[key] { value } else { nil }
    }

    /// The truth set for `key`, if any.
    public func boolean(_ key: String) -> Bool? {
        if case .boolean(let value) = values[key] { value } else { nil }
    }

    /// The word set for `key`, if any.
    public func choice(_ key: String) -> String? {
        if case .choice(let value) = values[key] { value } else { nil }
    }
}

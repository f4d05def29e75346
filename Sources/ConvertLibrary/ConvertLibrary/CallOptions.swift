internal import BuiltInFormats
internal import ConvertKit
internal import FormatKit

/// What a text of options asks for, in the terms of the command line.
///
/// Options stand between spaces or line ends, as `--quality 60`, `--quality=60` or `quality=60`; those
/// of a format also without `option`, as `coin.bpp=0.5`.
struct CallOptions: Sendable {
    /// What changes outputs.
    var conversion = ConversionOptions()
    /// What does not.
    var run = RunOptions()
    /// The format to write, if it is named.
    var formatName: String?
    /// Whether a box enlarges what is smaller.
    var isEnlarging = false

    /// Every default.
    init() {
        conversion.colorEngine = BuiltInFormats.colorEngine
    }

    /// Parses a text.
    ///
    /// - Throws: ``CallError`` if an option is unknown, has a value that makes no sense, or excludes
    ///   another.
    init(parsing text: String) throws(CallError) {
        self.init()
        var given: Set<String> = []
        var words = text.split(whereSeparator: \.isWhitespace)[...]
        while let word = words.popFirst() {
            let assignment = Self.assignment(word)
            guard let rule = Self.rules[assignment.name] else {
                throw .option("unknown option \(assignment.name)")
            }
            try take(rule, assignment.value ?? (rule.expected == nil ? nil : words.popFirst()))
            given.insert(rule.name)
        }
        try checkCombination(given)
        conversion.selection.fit?.isEnlarging = isEnlarging
    }

    /// The rules by name.
    private static let rules = Dictionary(
        uniqueKeysWithValues: OptionRule.all.map { ($0.name, $0) })

    /// Takes a word apart.
    private static func assignment(_ word: Substring) -> (name: String, value: Substring?) {
        let plain = word.hasPrefix("--") ? word.dropFirst(2) : word
        guard let equals = plain.firstIndex(of: "=") else { return (String(plain), nil) }
        // A format's own.
        if plain[..<equals].contains(".") { return ("option", plain) }
        return (String(plain[..<equals]), plain[plain.index(after: equals)...])
    }

    private mutating func take(_ rule: OptionRule, _ value: Substring?) throws(CallError) {
        guard let expected = rule.expected else {
            guard value == nil else { throw .option("option \(rule.name) has no value") }
            _ = rule.apply(&self, "")
            return
        }
        guard let value else { throw .option("option \(rule.name): expected \(expected)") }
        guard rule.apply(&self, String(value)) else {
            throw .option("option \(rule.name): \"\(value)\" is not \(expected)")
        }
    }

    private func checkCombination(_ given: Set<String>) throws(CallError) {
        let exclusive = [
            ["fit", "size", "scale"], ["page", "pages"],
            ["target-size", "target-psnr", "target-ssim"],
        ]
        for names in exclusive {
            let found = names.filter(given.contains)
            guard found.count < 2 else {
                throw .option("options \(found[0]) and \(found[1]) exclude each other")
            }
        }
        if isEnlarging, conversion.selection.fit == nil {
            throw .option("option enlarge goes with fit")
        }
    }
}

/// Text with places that are filled in: from `<!-- benchmark:NAME -->` to `<!-- /benchmark -->`.
package struct MarkedText {
    private let lines: [Substring]

    package init(_ text: String) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    private static let end = "<!-- /benchmark -->"

    private static func name(startingAt line: Substring) -> String? {
        let (prefix, suffix) = ("<!-- benchmark:", " -->")
        guard line.hasPrefix(prefix), line.hasSuffix(suffix) else { return nil }
        return String(line.dropFirst(prefix.count).dropLast(suffix.count))
    }

    /// The text with the places filled in; those for which `content` has nothing stay as they
    /// are.
    ///
    /// - Throws: ``TableError`` if a place does not end, and what `content` throws.
    package func filled(with content: (String) throws -> String?) throws -> String {
        var result: [Substring] = []
        var rest = lines[...]
        while let line = rest.popFirst() {
            result.append(line)
            guard let name = Self.name(startingAt: line) else { continue }
            guard let end = rest.firstIndex(where: { $0 == Self.end }) else {
                throw TableError(description: "no \(Self.end) after the marker of \(name)")
            }
            if let text = try content(name) {
                // Blank lines, as Markdown in a block of HTML is not parsed.
                result += ["", Substring(text), ""]
            } else {
                result += rest[..<end]
            }
            rest = rest[end...]
        }
        return result.joined(separator: "\n")
    }
}

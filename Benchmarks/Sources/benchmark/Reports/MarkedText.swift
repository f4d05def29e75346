internal import Foundation

/// Text with places that are filled in: from `<!-- benchmark:NAME -->` to `<!-- /benchmark -->`.
struct MarkedText {
    private let lines: [Substring]

    init(_ text: String) {
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
    /// - Throws: ``BenchmarkError`` if a place does not end, and what `content` throws.
    func filled(with content: (String) throws -> String?) throws -> String {
        var result: [Substring] = []
        var rest = lines[...]
        while let line = rest.popFirst() {
            result.append(line)
            guard let name = Self.name(startingAt: line) else { continue }
            guard let end = rest.firstIndex(where: { $0 == Self.end }) else {
                throw BenchmarkError("no \(Self.end) after the marker of \(name)")
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

/// A table in Markdown; all columns but the first are aligned to the right.
func markdown(_ header: [String], _ rows: [[String]]) -> String {
    let rule = header.indices.map { $0 == 0 ? "---" : "---:" }
    return ([header, rule] + rows).map { "| " + $0.joined(separator: " | ") + " |" }
        .joined(separator: "\n")
}

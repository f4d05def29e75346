package import FormatFiles

/// A pattern of file names as shells have them.
///
/// `*` is any text without a slash, `**` any text, `?` one character, `[a-z]` one of several and
/// `[!a-z]` none of them; a backslash takes a character's meaning away. A pattern with a slash is
/// compared with the path below the folder, any other with the name alone.
package struct GlobPattern: Sendable, Equatable {
    private enum Part: Sendable, Equatable {
        case character(Unicode.Scalar)
        case anyCharacter
        case set([ClosedRange<Unicode.Scalar>], isNegated: Bool)
        case anyInName
        case anyInPath
    }

    private let parts: [Part]
    private let isPath: Bool

    /// Parses a pattern; `nil` if it is empty or a bracket has no end.
    package init?(_ text: String) {
        var scalars = Array(text.unicodeScalars)[...]
        var parts: [Part] = []
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "*":
                let isPath = scalars.first == "*"
                if isPath { scalars.removeFirst() }
                parts.append(isPath ? .anyInPath : .anyInName)
            case "?": parts.append(.anyCharacter)
            case "[":
                guard let set = Self.set(&scalars) else { return nil }
                parts.append(set)
            case "\\":
                guard let literal = scalars.popFirst() else { return nil }
                parts.append(.character(literal))
            default: parts.append(.character(scalar))
            }
        }
        if parts.isEmpty { return nil }
        self.parts = parts
        isPath = parts.contains(.character("/"))
    }

    private static func set(_ scalars: inout ArraySlice<Unicode.Scalar>) -> Part? {
        let isNegated = scalars.first == "!" || scalars.first == "^"
        if isNegated { scalars.removeFirst() }
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        while let low = scalars.popFirst() {
            // A bracket that comes first is meant as such.
            if low == "]", !ranges.isEmpty { return .set(ranges, isNegated: isNegated) }
            var high = low
            if scalars.first == "-", let end = scalars.dropFirst().first, end != "]" {
                high = end
                scalars.removeFirst(2)
            }
            guard low <= high else { return nil }
            ranges.append(low...high)
        }
        return nil
    }

    /// Whether a file is meant, by its path below the folder.
    package func matches(_ path: Path) -> Bool {
        let text = String(decoding: (isPath ? path : path.lastComponent).bytes, as: UTF8.self)
        let scalars = Array(text.unicodeScalars)
        var (part, position) = (0, 0)
        // Where to go on when what follows a star does not fit: the star takes one more character.
        var (name, path) = (Retry?.none, Retry?.none)
        while part < parts.count || position < scalars.count {
            if part < parts.count {
                let retry = Retry(part: part + 1, position: position)
                switch parts[part] {
                case .anyInName:
                    name = retry
                    part += 1
                    continue
                case .anyInPath:
                    (path, name) = (retry, nil)
                    part += 1
                    continue
                default:
                    if position < scalars.count, Self.fits(parts[part], scalars[position]) {
                        (part, position) = (part + 1, position + 1)
                        continue
                    }
                }
            }
            if let retry = name, retry.position < scalars.count, scalars[retry.position] != "/" {
                name = Retry(part: retry.part, position: retry.position + 1)
                (part, position) = (retry.part, retry.position + 1)
            } else if let retry = path, retry.position < scalars.count {
                path = Retry(part: retry.part, position: retry.position + 1)
                name = nil
                (part, position) = (retry.part, retry.position + 1)
            } else {
                return false
            }
        }
        return true
    }

    private struct Retry {
        let part: Int
        let position: Int
    }

    private static func fits(_ part: Part, _ scalar: Unicode.Scalar) -> Bool {
        switch part {
        case .character(let expected): scalar == expected
        case .anyCharacter: scalar != "/"
        case .set(let ranges, let isNegated):
            scalar != "/" && ranges.contains { $0.contains(scalar) } != isNegated
        case .anyInName, .anyInPath: false
        }
    }
}

/// Which files of a folder are meant.
package struct FileFilter: Sendable, Equatable {
    /// If there are any, a file must match one of them.
    package var included: [GlobPattern]
    /// A file or folder must match none of them.
    package var excluded: [GlobPattern]

    /// Creates a filter; without patterns, all files are meant.
    package init(included: [GlobPattern] = [], excluded: [GlobPattern] = []) {
        self.included = included
        self.excluded = excluded
    }

    func admits(file path: Path) -> Bool {
        admits(folder: path) && (included.isEmpty || included.contains { $0.matches(path) })
    }

    func admits(folder path: Path) -> Bool { !excluded.contains { $0.matches(path) } }
}

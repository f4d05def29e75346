internal import FormatFiles
internal import FormatKit

/// How outputs in a folder are named, such as `{stem}-{width}x{height}.{ext}`.
package struct NameTemplate: Sendable, Equatable {
    /// What stands in braces.
    private enum Field: String, CaseIterable {
        /// The input's name without its extension.
        case stem
        /// The input's name.
        case name
        /// The extension of the output format.
        case ext
        /// The extension of the input; nothing if it has none.
        case inputExt = "input-ext"
        /// The name of the output format.
        case format
        /// The width of the picture that is written.
        case width
        /// The height of the picture that is written.
        case height
        /// The number of the page, counted from 1; each becomes a file.
        case page
        /// The folders between the one that was scanned, or `--base`, and the input.
        case dir
    }

    private enum Part: Sendable, Equatable {
        case text(String)
        case field(Field)
    }

    private let parts: [Part]

    /// What outputs are called if nobody says otherwise.
    package static let standard = NameTemplate(parts: [.field(.stem), .text("."), .field(.ext)])

    private init(parts: [Part]) {
        self.parts = parts
    }

    /// Parses a template; `{{` and `}}` are braces themselves.
    ///
    /// A template with `{dir}` says where outputs go, too: it may have slashes, and the folders of
    /// inputs are found nowhere else.
    ///
    /// - Throws: ``CommandError/usage(_:)`` if a field is unknown, a brace has no partner, or a
    ///   name would have a slash or no characters, or be that of the record.
    package init(_ text: String) throws(CommandError) {
        var (parts, literal) = ([Part](), "")
        var hasSlash = false
        var rest = text[...]
        while let character = rest.popFirst() {
            switch character {
            case "{" where rest.first == "{", "}" where rest.first == "}":
                literal.append(rest.removeFirst())
            case "{":
                guard let end = rest.firstIndex(of: "}") else { throw Self.unfinished(text) }
                guard let field = Field(rawValue: String(rest[..<end])) else {
                    throw .usage(
                        "--name-template: {\(rest[..<end])} is none of "
                            + Field.allCases.map { "{\($0.rawValue)}" }.joined(separator: ", "))
                }
                if !literal.isEmpty { parts.append(.text(literal)) }
                parts.append(.field(field))
                literal = ""
                rest = rest[rest.index(after: end)...]
            case "}": throw Self.unfinished(text)
            case "/":
                hasSlash = true
                literal.append(character)
            default: literal.append(character)
            }
        }
        if !literal.isEmpty { parts.append(.text(literal)) }
        if parts.isEmpty { throw .usage("--name-template: a name has at least one character") }
        self.parts = parts
        if hasSlash, !needsTree {
            throw .usage("--name-template \(text): a name has no slash, but for {dir}")
        }
        if needsTree { try Self.checkPath(text) }
        let record = String(decoding: RecordFiles.namePrefix, as: UTF8.self)
        if text.split(separator: "/").contains(where: { $0.hasPrefix(record) }) {
            throw .usage("--name-template \(text): names with \(record) are the record's")
        }
        if needsPages, needsSize {
            throw .usage("--name-template \(text): pages may differ in size; {page} goes alone")
        }
    }

    /// Outputs must stay below their folder, and have names.
    private static func checkPath(_ text: String) throws(CommandError) {
        let components = text.split(separator: "/", omittingEmptySubsequences: false)
        guard !components.contains(".."), components.first != "" else {
            throw .usage("--name-template \(text): outputs stay below their folder")
        }
        guard let last = components.last, !last.isEmpty, last != "{dir}" else {
            throw .usage("--name-template \(text): a name follows the last slash")
        }
    }

    private static func unfinished(_ text: String) -> CommandError {
        .usage("--name-template \(text): a brace has no partner; {{ and }} are braces themselves")
    }

    /// The extension of all names, if the template itself says it.
    package var fileExtension: String? {
        guard case .text(let text)? = parts.last, let dot = text.lastIndex(of: ".") else {
            return nil
        }
        return String(text[text.index(after: dot)...])
    }

    /// Whether names depend on the picture, so that inputs must be opened to know them.
    package var needsSize: Bool {
        parts.contains(.field(.width)) || parts.contains(.field(.height))
    }

    /// Whether every page of an input becomes a file, so that inputs must be opened to count them.
    package var needsPages: Bool { parts.contains(.field(.page)) }

    /// Whether inputs must be opened to know the names of their outputs.
    var needsPictures: Bool { needsSize || needsPages }

    /// Whether names say in which folders outputs lie.
    var needsTree: Bool { parts.contains(.field(.dir)) }

    /// The path of an input's output, or of that of one of its pages, counted from 0, below the
    /// folder of all outputs; `tree` is the path of the input's folder below that of all inputs.
    ///
    /// - Precondition: There is a size if ``needsSize``, and a page if ``needsPages``.
    func path(
        for input: Path, in tree: Path, format: OutputFormat, size: ImageSize? = nil,
        page: Int? = nil
    ) -> Path {
        let name = name(for: input, in: tree, format: format, size: size, page: page)
        guard needsTree else { return tree.appending(name) }
        // Where there are no folders, there is nothing before the slash.
        return name.plainComponents.reduce(Path("")) { $0.appending(Path(bytes: $1)) }
    }

    /// The name of an input's output, or of one of its pages, counted from 0.
    ///
    /// - Precondition: There is a size if ``needsSize``, and a page if ``needsPages``.
    func name(
        for input: Path, in tree: Path = "", format: OutputFormat, size: ImageSize? = nil,
        page: Int? = nil
    ) -> Path {
        precondition(size != nil || !needsSize)
        precondition(page != nil || !needsPages)
        var bytes: [UInt8] = []
        for part in parts {
            switch part {
            case .text(let text): bytes += text.utf8
            case .field(.stem): bytes += input.stem.bytes
            case .field(.name): bytes += input.lastComponent.bytes
            case .field(.ext): bytes += format.fileExtension.utf8
            case .field(.inputExt): bytes += (input.fileExtension ?? "").utf8
            case .field(.format): bytes += format.plugin.descriptor.id.rawValue.utf8
            case .field(.width): bytes += "\(size?.width ?? 0)".utf8
            case .field(.height): bytes += "\(size?.height ?? 0)".utf8
            case .field(.page): bytes += "\((page ?? 0) + 1)".utf8
            case .field(.dir): bytes += tree.bytes
            }
        }
        return Path(bytes: bytes)
    }
}

internal import ArgumentParser
internal import ConvertKit
internal import FormatFiles

/// Inputs that a file lists.
struct ListOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Convert the files that this one lists; - is standard input. Outputs go into \
            --output-dir, or the folder that is the argument.
            """, valueName: "file"),
        completion: .file())
    var filesFrom: String?

    @Option(
        help: ArgumentHelp(
            """
            How the list is written (default: auto, what it looks like): lines, null, or json: one \
            object a line, such as {"in":"a.tif","out":"b/a.webp"}.
            """, valueName: "format"),
        completion: .list(FileList.Format.allCases.map(\.rawValue)),
        transform: { text in
            guard let format = FileList.Format(rawValue: text) else {
                let names = FileList.Format.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("\"\(text)\" is none of \(names)")
            }
            return format
        })
    var filesFormat: FileList.Format?

    @Flag(
        name: [.customLong("null"), .customShort("0")],
        help: "The list has a zero byte after each name, as find -print0 writes it.")
    var isNullSeparated = false

    @Option(
        help: ArgumentHelp(
            """
            Outputs of a list keep the tree of their inputs below this folder, in which all inputs \
            must lie.
            """, valueName: "dir"),
        completion: .directory)
    var base: String?

    func validate() throws {
        if isNullSeparated, filesFormat != nil {
            throw ValidationError("--null and --files-format exclude each other")
        }
        if filesFrom == nil, isNullSeparated || filesFormat != nil {
            throw ValidationError("--null and --files-format are about --files-from")
        }
    }

    /// The list, if there is one.
    var list: FileList? {
        filesFrom.map {
            FileList(Endpoint($0), format: isNullSeparated ? .null : filesFormat ?? .auto)
        }
    }

    /// Gives a request what these options say.
    func apply(to request: inout ConversionRequest) {
        request.list = list
        request.base = base.map { Path(argument: $0) }
    }
}

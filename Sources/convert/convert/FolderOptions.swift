internal import ArgumentParser
internal import ConvertKit

/// Which files of folders are meant, and how outputs are named.
struct FolderOptions: ParsableArguments {
    @Flag(help: "Convert the folders in INDIR too.")
    var recursive = false

    @Option(
        help: ArgumentHelp(
            """
            Of a folder, convert only files whose name matches, such as '*.tif'; a pattern with a \
            slash is compared with the path below the folder. ** also matches slashes. May be \
            repeated.
            """, valueName: "pattern"),
        transform: FolderOptions.pattern)
    var include: [GlobPattern] = []

    @Option(
        help: ArgumentHelp(
            "Of a folder, leave out files and folders whose name matches. May be repeated.",
            valueName: "pattern"),
        transform: FolderOptions.pattern)
    var exclude: [GlobPattern] = []

    @Option(
        help: ArgumentHelp(
            """
            How outputs in a folder are named (default: '{stem}.{ext}'). Fields: {stem} and {name} \
            of the input without and with its extension, {input-ext}, {ext} and {format} of the \
            output, its {width} and {height}; {page}, with which every page becomes a file; {dir}, \
            the folders below INDIR or --base, with which the template says all of the path.
            """, valueName: "template"))
    var nameTemplate: String?

    /// Gives a request what these options say.
    ///
    /// - Throws: ``/ConvertKit/CommandError/usage(_:)`` if the template makes no sense.
    func apply(to request: inout ConversionRequest) throws(CommandError) {
        request.isRecursive = recursive
        request.filter = FileFilter(included: include, excluded: exclude)
        request.template = try nameTemplate.map { (text) throws(CommandError) in
            try NameTemplate(text)
        }
    }

    private static func pattern(_ text: String) throws -> GlobPattern {
        guard let pattern = GlobPattern(text) else {
            throw ValidationError("\"\(text)\" is no pattern of file names")
        }
        return pattern
    }
}

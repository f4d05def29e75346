internal import ArgumentParser
internal import BuiltInFormats
internal import ConvertKit
internal import FormatKit

/// `convert IN OUT`, `convert IN... --output-dir DIR --to FORMAT` and
/// `convert INDIR OUTDIR --to FORMAT`.
struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Convert images from one format to another.",
        usage: """
            convert IN OUT [options]
            convert IN... --output-dir DIR --to FORMAT [options]
            convert INDIR OUTDIR --to FORMAT [--recursive] [options]
            convert info FILE... [--json]
            convert compare A B [--json]
            convert formats [--json]
            """,
        discussion: """
            The content of IN decides its format; the extension of OUT, or --to, that of OUT. \
            `-` is standard input or standard output. A file that is named like a subcommand is \
            written ./info.

            An output appears complete or not at all: a failure, Ctrl-C included, leaves what \
            was there untouched. Whatever OUT's format cannot store is named in a warning; \
            --strict makes it an error.

            Exit codes: 0 success; 1 some input failed; 2 the command line makes no sense; \
            130 interrupted (Ctrl-C), 143 terminated.
            """,
        version: "0.1.0",
        subcommands: [InfoCommand.self, CompareCommand.self, FormatsCommand.self])

    @Argument(
        help: ArgumentHelp(
            "An input and its output, or inputs with --output-dir.", valueName: "file"),
        completion: .file())
    var files: [String] = []

    @OptionGroup(title: "Output")
    var output: OutputOptions

    @OptionGroup(title: "Selection")
    var selection: SelectionOptions

    @OptionGroup(title: "Picture")
    var picture: PictureOptions

    @OptionGroup(title: "Encoding")
    var encoding: EncodingOptions

    @OptionGroup(title: "Batch")
    var batch: BatchOptions

    @OptionGroup(title: "Limits")
    var limits: LimitOptions

    @OptionGroup(title: "Messages")
    var verbosity: VerbosityOptions

    @Flag(help: "Print one JSON object for each file on standard output.")
    var json = false

    func run() throws {
        let runner = BatchRunner(
            registry: try BuiltInFormats.makeRegistry(), options: options,
            console: verbosity.console)
        let request = ConversionRequest(
            files, outputDirectory: output.outputDir, formatName: output.to,
            isRecursive: batch.recursive)
        let status = try reportingErrors(asJSON: json) { try runner.run(request) }
        throw ExitCode(status.rawValue)
    }

    private var options: ConversionOptions {
        var options = ConversionOptions()
        options.selection = selection.selection
        options.preferences = picture.preferences
        options.previewCount = selection.progressive
        options.quality = encoding.quality
        options.isLossless = encoding.lossless
        options.effort = encoding.effort
        options.assignments = encoding.option
        options.threadCount = batch.threads
        options.jobCount = batch.jobs
        options.isReplacing = output.overwrite
        options.isSkippingExisting = output.skipExisting
        options.isStrict = encoding.strict
        options.limits = limits.limits
        options.kernels = batch.kernels
        options.isJSON = json
        return options
    }
}

/// Where outputs go.
struct OutputOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The output format: a name or extension that `convert formats` lists.",
            valueName: "format"),
        completion: .list(Self.formatNames))
    var to: String?

    @Option(
        help: ArgumentHelp("Put outputs into this folder, which must exist.", valueName: "dir"),
        completion: .directory)
    var outputDir: String?

    @Flag(help: "Replace existing outputs; without it they are errors.")
    var overwrite = false

    @Flag(help: "Leave inputs alone whose output exists.")
    var skipExisting = false

    func validate() throws {
        if overwrite, skipExisting {
            throw ValidationError("--overwrite and --skip-existing exclude each other")
        }
    }

    private static var formatNames: [String] {
        let formats = (try? BuiltInFormats.makeRegistry().descriptors) ?? []
        return formats.filter { $0.write != nil }.map(\.id.rawValue)
    }
}

/// How outputs are encoded.
struct EncodingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("0 (smallest) to 100 (best).", valueName: "number"))
    var quality: Double?

    @Flag(help: "Keep every sample.")
    var lossless = false

    @Option(help: ArgumentHelp("1 (fastest) to 9 (smallest or best).", valueName: "number"))
    var effort: Int?

    @Option(
        help: ArgumentHelp(
            "An option of the output format, such as those `convert formats` lists.",
            valueName: "format.key=value"))
    var option: [String] = []

    @Flag(help: "Make every loss an error.")
    var strict = false
}

/// How the machine is used.
struct BatchOptions: ParsableArguments {
    @Flag(help: "Convert the folders in INDIR too.")
    var recursive = false

    @Option(
        help: ArgumentHelp(
            "The number of files to convert at a time (default: a share of the cores).",
            valueName: "count"))
    var jobs: Int?

    @Option(
        help: ArgumentHelp(
            "The number of threads for each file (default: a share of the cores).",
            valueName: "count"))
    var threads: Int?

    @Option(
        help: ArgumentHelp(
            "The instruction set of hand-written code: \(kernelNames); results do not depend on it.",
            valueName: "name"),
        completion: .list(KernelChoice.allCases.map(\.rawValue)),
        transform: {
            guard let choice = KernelChoice(rawValue: $0) else {
                throw ValidationError("\"\($0)\" is none of \(kernelNames)")
            }
            return choice
        })
    var kernels = KernelChoice.auto

    private static let kernelNames = KernelChoice.allCases.map(\.rawValue).joined(separator: ", ")

    func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("--jobs is at least 1") }
        if let threads, threads < 1 { throw ValidationError("--threads is at least 1") }
    }
}

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
            convert IN... DIR --to FORMAT [options]
            convert IN... OUT --join [options]
            convert IN... --output-dir DIR --to FORMAT [options]
            convert --files-from LIST DIR --to FORMAT [--base DIR] [options]
            convert INDIR OUTDIR --to FORMAT [--recursive] [options]
            convert plan IN... --to FORMAT -o MANIFEST [options]
            convert report LOG... [--failures LIST] [--json]
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

            A folder, or a list, is converted by processes of its own: a file that crashes or \
            hangs a codec costs that file and no other. With --resume, a run that was stopped, \
            however hard, goes on where it was: repeat the command.

            Exit codes: 0 success; 1 some input failed; 2 the command line makes no sense; \
            3 nothing to convert was found; 75 some input failed for a reason that may pass (an \
            I/O error, want of space or memory, the deadline, another run into the folder), so try again; 130 interrupted \
            (Ctrl-C), 143 terminated.
            """,
        version: Version.text,
        subcommands: [
            PlanCommand.self, ReportCommand.self, InfoCommand.self, CompareCommand.self,
            FormatsCommand.self,
        ])

    @Argument(
        help: ArgumentHelp(
            "An input and its output, or inputs with --output-dir.", valueName: "file"),
        completion: .file())
    var files: [String] = []

    @OptionGroup(title: "Output")
    var output: OutputOptions

    @OptionGroup(title: "Selection")
    var selection: SelectionOptions

    @OptionGroup(title: "Size")
    var size: SizeOptions

    @OptionGroup(title: "Picture")
    var picture: PictureOptions

    @OptionGroup(title: "Encoding")
    var encoding: EncodingOptions

    @OptionGroup(title: "Encoding")
    var target: TargetOptions

    @OptionGroup(title: "Batch")
    var list: ListOptions

    @OptionGroup(title: "Batch")
    var shard: ShardOptions

    @OptionGroup(title: "Batch")
    var folder: FolderOptions

    @OptionGroup(title: "Batch")
    var batch: BatchOptions

    @OptionGroup(title: "Batch")
    var machine: MachineOptions

    @OptionGroup(title: "Limits")
    var limits: LimitOptions

    @OptionGroup(title: "Limits")
    var time: TimeOptions

    @OptionGroup(title: "Messages")
    var verbosity: VerbosityOptions

    @Flag(help: "Print one JSON object for each file on standard output.")
    var json = false

    func validate() throws {
        let isSelecting = selection.page != nil || ![.first, .all].contains(selection.pages)
        if output.join, isSelecting {
            throw ValidationError(
                "--join takes all pages of all inputs, not those of --page or --pages")
        }
    }

    func run() throws {
        Interruption.setFinishingTime(.seconds(batch.grace ?? 0))
        let launcher = WorkerLauncher.thisProgram(
            arguments: ProcessArguments.all, showsErrors: verbosity.verbose)
        let runner = BatchRunner(
            registry: try Formats.makeRegistry(), options: options, run: runOptions,
            console: verbosity.console, launcher: launcher)
        let status = try reportingErrors(asJSON: json) { try runner.run(try request) }
        throw ExitCode(status.rawValue)
    }

    /// Converts what the process that started this one asks for.
    static func serve(_ server: WorkerServer) throws {
        let command = try parse(server.arguments)
        // Engines send signals to all processes of a job.
        Interruption.setFinishingTime(.seconds(command.batch.grace ?? 0))
        try server.run(
            registry: try Formats.makeRegistry(isTelling: false), request: try command.request,
            options: command.options, run: command.runOptions)
    }

    private var request: ConversionRequest {
        get throws {
            var request = ConversionRequest(
                files, outputDirectory: output.outputDir, formatName: output.to)
            request.isJoining = output.join
            list.apply(to: &request)
            try shard.apply(to: &request)
            try folder.apply(to: &request)
            return request
        }
    }

    private var options: ConversionOptions {
        var options = ConversionOptions()
        options.selection = selection.selection(size)
        if output.join { options.selection.pages = .all }
        options.preferences = picture.preferences
        options.colorEngine = BuiltInFormats.colorEngine
        options.previewCount = selection.progressive
        options.quality = encoding.quality
        options.target = target.target
        options.isLossless = encoding.lossless
        options.effort = encoding.effort
        options.assignments = encoding.option
        options.isStrict = encoding.strict
        options.isSalvaging = encoding.salvage
        return options
    }

    private var runOptions: RunOptions {
        var run = RunOptions()
        batch.apply(to: &run)
        limits.apply(to: &run)
        machine.apply(to: &run)
        run.timeLimit = time.timeout.map { .seconds($0) }
        run.isReplacing = output.overwrite
        run.isSkippingExisting = output.skipExisting
        run.isVerifying = output.verify
        run.isPreservingTimes = output.preserveTimes
        run.isJSON = json
        return run
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
        help: ArgumentHelp(
            "Put outputs into this folder, which must exist, unless --files-from is given.",
            valueName: "dir"),
        completion: .directory)
    var outputDir: String?

    @Flag(
        help: """
            Make all pages of all inputs the pages, or frames, of one output, in this order; \
            --output-dir and folders are not possible then.
            """)
    var join = false

    @Flag(help: "Replace existing outputs; without it they are errors.")
    var overwrite = false

    @Flag(help: "Leave inputs alone whose output exists.")
    var skipExisting = false

    @Flag(
        help: """
            Decode each output before it gets its name and compare it with what was to be \
            written: pixels, coarsely if the format is lossy, metadata, timing of frames. With \
            --resume, also compare what was done before with its digest.
            """)
    var verify = false

    @Flag(help: "Give each output the times of its input: of its last change and last access.")
    var preserveTimes = false

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
    @Option(
        help: ArgumentHelp(
            "0 (smallest) to 100 (best)\(Self.defaultQualities).", valueName: "number"))
    var quality: Double?

    /// For example ` (default: webp 75, avif 60)`.
    private static let defaultQualities: String = {
        let formats = (try? BuiltInFormats.makeRegistry().descriptors) ?? []
        let texts = formats.compactMap { format in
            format.write?.defaultQuality.map { "\(format.id) \(Int($0))" }
        }
        return texts.isEmpty ? "" : " (default: \(texts.joined(separator: ", ")))"
    }()

    @Flag(help: "Keep every sample.")
    var lossless = false

    @Option(help: ArgumentHelp("1 (fastest) to 9 (smallest or best).", valueName: "number"))
    var effort: Int?

    @Option(
        help: ArgumentHelp(
            "An option of the output format, such as those `convert formats` lists.",
            valueName: "format.key=value"))
    var option: [String] = []

    @Flag(
        help: """
            Write what can be had of a damaged input, the rest filled with zeros; the exit code is 1 \
            all the same.
            """)
    var salvage = false

    @Flag(help: "Make every loss an error.")
    var strict = false

    func validate() throws {
        if lossless, quality != nil {
            throw ValidationError(
                "--lossless and --quality exclude each other: a lossless file keeps every sample")
        }
    }
}

internal import ArgumentParser
internal import BuiltInFormats
internal import ConvertKit
internal import FormatFiles
internal import FormatKit

/// `convert plan IN... --to FORMAT -o MANIFEST`.
struct PlanCommand: ParsableCommand {
    static let name = "plan"
    static let configuration = CommandConfiguration(
        commandName: name,
        abstract: "Write a list of what would be converted, for runs of its parts.",
        usage: """
            convert plan IN... --to FORMAT -o MANIFEST [options]
            convert plan --files-from LIST --to FORMAT -o MANIFEST [options]
            """,
        discussion: """
            The manifest is a list for --files-from: JSON, one object a line, sorted by input, with \
            the output, the pixels and the cost of each. Inputs are opened, not decoded. If two of \
            them would become one output, there is no manifest.

            Exit codes: 0 success; 1 some input cannot be converted, and its line says why; 2 the \
            command line makes no sense; 3 nothing to convert was found.
            """)

    @Argument(
        help: ArgumentHelp("Inputs: files, and folders of images.", valueName: "file"),
        completion: .file())
    var files: [String] = []

    @Option(
        help: ArgumentHelp("The output format of the run.", valueName: "format"))
    var to: String

    @Option(
        name: [.customShort("o"), .customLong("manifest")],
        help: ArgumentHelp("The manifest.", valueName: "file"), completion: .file())
    var manifest: String

    @Flag(help: "Replace an existing manifest; without it that is an error.")
    var overwrite = false

    @Flag(help: "Open nothing: the manifest has names, but no pixels and no costs.")
    var namesOnly = false

    @OptionGroup(title: "Inputs")
    var list: ListOptions

    @OptionGroup(title: "Inputs")
    var folder: FolderOptions

    @OptionGroup(title: "Selection")
    var selection: SelectionOptions

    @OptionGroup(title: "Size")
    var size: SizeOptions

    @OptionGroup(title: "Picture")
    var picture: PictureOptions

    @OptionGroup(title: "Machine")
    var machine: MachineOptions

    @OptionGroup(title: "Limits")
    var limits: LimitOptions

    @OptionGroup(title: "Limits")
    var time: TimeOptions

    @OptionGroup(title: "Messages")
    var verbosity: VerbosityOptions

    func run() throws {
        try CommandError.checkFile(manifest, of: "-o")
        let planner = ManifestPlanner(
            registry: try Formats.makeRegistry(), options: options, run: runOptions,
            console: verbosity.console,
            launcher: .thisProgram(
                arguments: ProcessArguments.all, showsErrors: verbosity.verbose),
            isByNameOnly: namesOnly)
        let status = try planner.run(try request, to: Path(argument: manifest))
        throw ExitCode(status.rawValue)
    }

    /// Opens what the process that started this one asks for.
    static func serve(_ server: WorkerServer) throws {
        let command = try parse(Array(server.arguments.dropFirst()))
        try server.run(
            registry: try Formats.makeRegistry(isTelling: false), request: try command.request,
            options: command.options, run: command.runOptions)
    }

    private var request: ConversionRequest {
        get throws {
            var request = ConversionRequest(files, formatName: to)
            list.apply(to: &request)
            try folder.apply(to: &request)
            return request
        }
    }

    private var options: ConversionOptions {
        var options = ConversionOptions()
        options.selection = selection.selection(size)
        options.preferences = picture.preferences
        options.previewCount = selection.progressive
        options.colorEngine = BuiltInFormats.colorEngine
        return options
    }

    private var runOptions: RunOptions {
        var run = RunOptions()
        limits.apply(to: &run)
        machine.apply(to: &run)
        run.timeLimit = time.timeout.map { .seconds($0) }
        run.isReplacing = overwrite
        return run
    }
}

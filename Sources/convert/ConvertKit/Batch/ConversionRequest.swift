package import FormatFiles
package import FormatKit

/// The files that a command line names.
package struct ConversionRequest: Sendable {
    /// The positional arguments.
    package var arguments: [String]
    /// `--output-dir`.
    package var outputDirectory: String?
    /// `--to`.
    package var formatName: String?
    /// `--join`.
    package var isJoining = false
    /// `--recursive`.
    package var isRecursive: Bool
    /// `--include` and `--exclude`.
    package var filter: FileFilter
    /// `--name-template`.
    package var template: NameTemplate?
    /// `--files-from`.
    package var list: FileList?
    /// `--base`.
    package var base: Path?
    /// `--shard`.
    package var shard: Shard?
    /// The number of pictures that are written for each input.
    var previewCount = 1
    /// Whether outputs may take the place of files, which then must be none of the inputs.
    var isReplacing = false

    /// Creates a request.
    package init(
        _ arguments: [String], outputDirectory: String? = nil, formatName: String? = nil,
        isRecursive: Bool = false, filter: FileFilter = FileFilter(), template: NameTemplate? = nil
    ) {
        self.arguments = arguments
        self.outputDirectory = outputDirectory
        self.formatName = formatName
        self.isRecursive = isRecursive
        self.filter = filter
        self.template = template
    }

    /// The format that a worker writes, told only what all inputs have in common.
    ///
    /// - Throws: ``CommandError/usage(_:)``.
    func format(registry: FormatRegistry) throws(CommandError) -> OutputFormat {
        try OutputFormat(
            of: arguments.last.map(Endpoint.init) ?? .standard, named: formatName,
            registry: registry)
    }

    /// Decides what becomes what, all of it or, with ``shard``, one part.
    ///
    /// Collisions of outputs are found here if their names are known, else by
    /// ``BatchPlan/complete(previewCount:isReplacing:)``.
    ///
    /// - Throws: ``CommandError`` if the request makes no sense or two outputs collide.
    package func plan(registry: FormatRegistry) throws(CommandError) -> BatchPlan {
        if let shard {
            guard let division = try division(registry: registry) else {
                throw .usage("--shard needs a folder, or a list with --output-dir")
            }
            return try division.plan(of: shard)
        }
        var plan = try wholePlan(registry: registry)
        try plan.complete(previewCount: previewCount, isReplacing: isReplacing)
        return plan
    }

    private func wholePlan(registry: FormatRegistry) throws(CommandError) -> BatchPlan {
        if let jobs = try listJobs(registry: registry) {
            var plan = jobs.plan
            try jobs.forEach { plan.add($0, from: $1) }
            return plan
        }
        if isJoining { return try joinedPlan(registry: registry) }
        guard let batch = try fileBatch(registry: registry) else {
            return try singlePlan(
                Endpoint(arguments[0]), Endpoint(arguments[1]), registry: registry)
        }
        var plan = batch.empty
        for argument in batch.inputs {
            var files: [ManifestEntry] = []
            try findFiles(argument, excluding: batch.target, registry: registry, &plan) {
                files.append($0)
            }
            for file in files.sorted(by: { $0.input < $1.input }) {
                plan.add(file.input, in: file.tree)
            }
        }
        return plan
    }

    /// The same jobs, but for one that is no batch, without that all of them are held.
    private func division(registry: FormatRegistry) throws(CommandError) -> Division? {
        if let jobs = try listJobs(registry: registry) {
            return Division(request: self, jobs: jobs, empty: jobs.plan)
        }
        guard !isJoining, let batch = try fileBatch(registry: registry) else { return nil }
        var (plan, sorter) = (batch.empty, EntrySorter())
        for argument in batch.inputs {
            try findFiles(argument, excluding: batch.target, registry: registry, &plan) {
                (file) throws(ImageError) in try sorter.add(file.record)
            }
        }
        let entries = try CommandError.about(batch.target) { () throws(ImageError) in
            try sorter.sorted()
        }
        return Division(
            request: self, jobs: FoundJobs(entries: entries, plan: plan), empty: plan)
    }

    /// Inputs, files or folders, whose outputs go into one folder.
    private struct FileBatch {
        let inputs: [String]
        let target: Path
        /// The plan, without jobs.
        let empty: BatchPlan
    }

    /// What the arguments say; `nil` if it is one input and one output.
    private func fileBatch(registry: FormatRegistry) throws(CommandError) -> FileBatch? {
        if let outputDirectory {
            return try fileBatch(
                arguments, into: Path(argument: outputDirectory), registry: registry)
        }
        if let folder = try targetFolder() {
            return try fileBatch(Array(arguments.dropLast()), into: folder, registry: registry)
        }
        guard arguments.count == 2 else {
            throw .usage(
                arguments.count < 2
                    ? "expected IN and OUT"
                    : "\(arguments.count) arguments; of more than one input the outputs go into a "
                        + "folder, the last argument or --output-dir")
        }
        guard case .file(let source) = Endpoint(arguments[0]), try isFolder(source) else {
            return nil
        }
        guard case .file(let target) = Endpoint(arguments[1]) else {
            throw .usage("a folder cannot be converted to standard output")
        }
        guard let formatName else { throw .usage("a folder needs --to") }
        if base != nil { throw .usage("a folder is its own --base") }
        return FileBatch(
            inputs: [arguments[0]], target: target,
            empty: try batchPlan(formatName, root: target, makesRoot: true, registry: registry))
    }

    /// `IN… --output-dir DIR --to FORMAT`; a folder among the inputs stands for its files.
    private func fileBatch(
        _ inputs: [String], into directory: Path, registry: FormatRegistry
    ) throws(CommandError) -> FileBatch {
        if inputs.isEmpty { throw .usage("expected at least one input") }
        return FileBatch(
            inputs: inputs, target: directory,
            empty: try emptyPlan(into: directory, registry: registry))
    }

    /// The last argument as the folder that outputs go into, as `cp` has it; a folder as the only
    /// input becomes a folder instead.
    private func targetFolder() throws(CommandError) -> Path? {
        guard arguments.count > 1, formatName != nil, let last = arguments.last,
            case .file(let folder) = Endpoint(last), try isFolder(folder)
        else { return nil }
        if arguments.count == 2, case .file(let input) = Endpoint(arguments[0]),
            try isFolder(input)
        {
            return nil
        }
        return folder
    }

    /// `IN… OUT --join`: the pages of all inputs become those of one output.
    private func joinedPlan(registry: FormatRegistry) throws(CommandError) -> BatchPlan {
        guard arguments.count > 1, outputDirectory == nil, let last = arguments.last else {
            throw .usage("--join expects inputs and one output")
        }
        let inputs = arguments.dropLast().map { Endpoint($0) }
        guard inputs.filter({ $0 == .standard }).count < 2 else {
            throw .usage("only one input can be standard input")
        }
        for case .file(let path) in inputs where try isFolder(path) {
            throw .usage("--join expects files, but \(path) is a folder")
        }
        var plan = try singlePlan(inputs[0], Endpoint(last), registry: registry)
        plan.join(Array(inputs.dropFirst()))
        return plan
    }

    private func singlePlan(
        _ input: Endpoint, _ output: Endpoint, registry: FormatRegistry
    ) throws(CommandError) -> BatchPlan {
        if isRecursive { throw .usage("--recursive needs a folder, but \(input) is none") }
        if filter != FileFilter() { throw .usage("--include and --exclude need a folder") }
        if template != nil { throw .usage("--name-template needs a folder, or --output-dir") }
        if base != nil { throw .usage("--base needs a list of inputs and --output-dir") }
        if case .file(let path) = output, try isFolder(path) {
            throw .usage("\(path) is a folder; --to says the format of an output in it")
        }
        return BatchPlan(
            single: Job(input: input, output: output),
            format: try OutputFormat(of: output, named: formatName, registry: registry))
    }

    /// The plan, without jobs yet, of a batch whose outputs go into a folder that is there, or that
    /// may be made.
    func emptyPlan(
        into directory: Path, mayMakeIt: Bool = false, registry: FormatRegistry
    ) throws(CommandError) -> BatchPlan {
        guard let formatName else { throw .usage("--output-dir needs --to") }
        let isThere = try isFolder(directory)
        guard isThere || mayMakeIt else {
            throw .failed(
                directory.description,
                .io("write into it", code: 0, reason: "there is no such folder"))
        }
        return try batchPlan(
            formatName, root: directory, makesRoot: !isThere, registry: registry)
    }

    /// The path of a file's folder below the base, which there need not be.
    func tree(of file: Path, below base: BaseFolder?) throws(CommandError) -> Path {
        guard let base else { return "" }
        guard let tree = base.tree(of: file) else { throw .usage(Self.outside(file, self.base)) }
        return tree
    }

    /// What to say of an input that is not below the base.
    static func outside(_ input: Path, _ base: Path?) -> String {
        "\(input) is not below --base \(base ?? "."), or not for certain (..)"
    }

    private func batchPlan(
        _ formatName: String, root: Path, makesRoot: Bool = false, registry: FormatRegistry
    ) throws(CommandError) -> BatchPlan {
        let format = try OutputFormat(named: formatName, registry: registry)
        let template = template ?? .standard
        if let ending = template.fileExtension,
            let named = format.rival(forExtension: ending, registry: registry)
        {
            throw .usage(
                "--name-template names files of \(named), but --to says "
                    + "\(format.plugin.descriptor.id); {ext} is the extension of that")
        }
        return BatchPlan(format: format, template: template, root: root, makesRoot: makesRoot)
    }

    /// Tells of the files that an argument stands for: itself or, of a folder, the images in it, as they
    /// are found.
    ///
    /// - Parameters:
    ///   - argument: The argument.
    ///   - target: The folder that outputs go into; what is in it is no input.
    ///   - registry: The formats.
    ///   - plan: Told what was passed by.
    ///   - found: Told of each file.
    /// - Throws: ``CommandError``.
    func findFiles(
        _ argument: String, excluding target: Path? = nil, registry: FormatRegistry,
        _ plan: inout BatchPlan, found: (ManifestEntry) throws(ImageError) -> Void
    ) throws(CommandError) {
        guard case .file(let input) = Endpoint(argument) else {
            throw .usage("standard input has no name, as inputs must that become files of a folder")
        }
        let base = base.map { BaseFolder($0) }
        guard try isFolder(input) else {
            let entry = ManifestEntry(input: input, tree: try tree(of: input, below: base))
            return try CommandError.about(input) { () throws(ImageError) in try found(entry) }
        }
        // What is in it keeps its place below the base, too.
        let tree = try tree(of: input.appending(".contents"), below: base)
        var scan = FolderScan(registry: registry, isRecursive: isRecursive, filter: filter)
        try CommandError.about(input) { () throws(ImageError) in
            try scan.run(input, excluding: target) { (file) throws(ImageError) in
                try found(
                    ManifestEntry(
                        input: file.path, tree: file.folders.reduce(tree) { $0.appending($1) }))
            }
        }
        plan.note(scan, of: input)
    }

    func isFolder(_ path: Path) throws(CommandError) -> Bool {
        do throws(ImageError) {
            return try FileStatus.ofFile(at: path)?.kind == .directory
        } catch {
            throw .failed(path.description, error)
        }
    }
}

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

    /// Decides what becomes what.
    ///
    /// Collisions of outputs are found here if their names are known, else by
    /// ``BatchPlan/checkCollisions()``.
    ///
    /// - Throws: ``CommandError`` if the request makes no sense or two outputs collide.
    package func plan(registry: FormatRegistry) throws(CommandError) -> BatchPlan {
        let plan = try uncheckedPlan(registry: registry)
        if plan.isNamed { try plan.checkCollisions() }
        return plan
    }

    private func uncheckedPlan(registry: FormatRegistry) throws(CommandError) -> BatchPlan {
        if let list { return try plan(of: list, registry: registry) }
        if isJoining { return try joinedPlan(registry: registry) }
        if let outputDirectory {
            return try listPlan(
                arguments, into: Path(argument: outputDirectory), registry: registry)
        }
        if let folder = try targetFolder() {
            return try listPlan(arguments.dropLast(), into: folder, registry: registry)
        }
        guard arguments.count == 2 else {
            throw .usage(
                arguments.count < 2
                    ? "expected IN and OUT"
                    : "\(arguments.count) arguments; of more than one input the outputs go into a "
                        + "folder, the last argument or --output-dir")
        }
        let (input, output) = (Endpoint(arguments[0]), Endpoint(arguments[1]))
        if case .file(let source) = input, try isFolder(source) {
            guard case .file(let target) = output else {
                throw .usage("a folder cannot be converted to standard output")
            }
            return try folderPlan(from: source, to: target, registry: registry)
        }
        return try singlePlan(input, output, registry: registry)
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

    /// `IN… --output-dir DIR --to FORMAT`; a folder among the inputs stands for its files.
    private func listPlan(
        _ inputs: some Collection<String>, into directory: Path, registry: FormatRegistry
    ) throws(CommandError) -> BatchPlan {
        if inputs.isEmpty { throw .usage("expected at least one input") }
        var plan = try emptyPlan(into: directory, registry: registry)
        let base = base.map { BaseFolder($0) }
        for argument in inputs {
            guard case .file(let input) = Endpoint(argument) else {
                throw .usage("standard input has no name to put into \(directory)")
            }
            if try isFolder(input) {
                // What is in it keeps its place below the base, too.
                let tree = try tree(of: input.appending(".contents"), below: base)
                try addFolder(input, in: tree, excluding: directory, registry: registry, &plan)
            } else {
                plan.add(input, in: try tree(of: input, below: base))
            }
        }
        return plan
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

    /// `INDIR OUTDIR --to FORMAT`.
    private func folderPlan(
        from source: Path, to target: Path, registry: FormatRegistry
    ) throws(CommandError) -> BatchPlan {
        guard let formatName else { throw .usage("a folder needs --to") }
        if base != nil { throw .usage("a folder is its own --base") }
        var plan = try batchPlan(formatName, root: target, makesRoot: true, registry: registry)
        try addFolder(source, in: "", excluding: target, registry: registry, &plan)
        return plan
    }

    private func batchPlan(
        _ formatName: String, root: Path, makesRoot: Bool = false, registry: FormatRegistry
    ) throws(CommandError) -> BatchPlan {
        BatchPlan(
            format: try OutputFormat(named: formatName, registry: registry),
            template: template ?? .standard, root: root, makesRoot: makesRoot)
    }

    private func addFolder(
        _ source: Path, in tree: Path, excluding target: Path, registry: FormatRegistry,
        _ plan: inout BatchPlan
    ) throws(CommandError) {
        var scan = FolderScan(registry: registry, isRecursive: isRecursive, filter: filter)
        var files: [FolderScan.File] = []
        try CommandError.about(source) { () throws(ImageError) in
            try scan.run(source, excluding: target) { files.append($0) }
        }
        for file in files.sorted() {
            plan.add(file.path, in: file.folders.reduce(tree) { $0.appending($1) })
        }
        plan.ignoredFileCount += scan.ignoredFileCount
        plan.ignoredNames += scan.ignoredNames.prefix(
            BatchPlan.toldIgnoredCount - plan.ignoredNames.count)
        plan.excludedFileCount += scan.excludedFileCount
        plan.failures += scan.failures
    }

    func isFolder(_ path: Path) throws(CommandError) -> Bool {
        do throws(ImageError) {
            return try FileStatus.ofFile(at: path)?.kind == .directory
        } catch {
            throw .failed(path.description, error)
        }
    }
}

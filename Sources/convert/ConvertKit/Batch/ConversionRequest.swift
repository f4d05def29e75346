internal import FormatFiles
package import FormatKit

/// The files that a command line names.
package struct ConversionRequest: Sendable {
    /// The positional arguments.
    package var arguments: [String]
    /// `--output-dir`.
    package var outputDirectory: String?
    /// `--to`.
    package var formatName: String?
    /// `--recursive`.
    package var isRecursive: Bool
    /// `--include` and `--exclude`.
    package var filter: FileFilter
    /// `--name-template`.
    package var template: NameTemplate?

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
        if let outputDirectory {
            return try listPlan(into: Path(argument: outputDirectory), registry: registry)
        }
        guard arguments.count == 2 else {
            throw .usage(
                arguments.count < 2
                    ? "expected IN and OUT"
                    : "\(arguments.count) arguments; more than one input needs --output-dir")
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

    private func singlePlan(
        _ input: Endpoint, _ output: Endpoint, registry: FormatRegistry
    ) throws(CommandError) -> BatchPlan {
        if isRecursive { throw .usage("--recursive needs a folder, but \(input) is none") }
        if filter != FileFilter() { throw .usage("--include and --exclude need a folder") }
        if template != nil { throw .usage("--name-template needs a folder, or --output-dir") }
        if case .file(let path) = output, try isFolder(path) {
            throw .usage("\(path) is a folder; --output-dir \(path) puts outputs into it")
        }
        return BatchPlan(
            single: Job(input: input, output: output),
            format: try OutputFormat(of: output, named: formatName, registry: registry))
    }

    /// `IN… --output-dir DIR --to FORMAT`; a folder among the inputs stands for its files.
    private func listPlan(
        into directory: Path, registry: FormatRegistry
    ) throws(CommandError) -> BatchPlan {
        if arguments.isEmpty { throw .usage("expected at least one input") }
        guard let formatName else { throw .usage("--output-dir needs --to") }
        guard try isFolder(directory) else {
            throw .failed(
                directory.description,
                .io("write into it", code: 0, reason: "there is no such folder"))
        }
        var plan = try batchPlan(formatName, root: directory, registry: registry)
        for argument in arguments {
            guard case .file(let input) = Endpoint(argument) else {
                throw .usage("standard input has no name to put into \(directory)")
            }
            if try isFolder(input) {
                try addFolder(input, to: directory, registry: registry, &plan)
            } else {
                plan.add(input, into: directory)
            }
        }
        return plan
    }

    /// `INDIR OUTDIR --to FORMAT`.
    private func folderPlan(
        from source: Path, to target: Path, registry: FormatRegistry
    ) throws(CommandError) -> BatchPlan {
        guard let formatName else { throw .usage("a folder needs --to") }
        var plan = try batchPlan(formatName, root: target, registry: registry)
        plan.folders = [target]
        try addFolder(source, to: target, registry: registry, &plan)
        return plan
    }

    private func batchPlan(
        _ formatName: String, root: Path, registry: FormatRegistry
    ) throws(CommandError) -> BatchPlan {
        BatchPlan(
            format: try OutputFormat(named: formatName, registry: registry),
            template: template ?? .standard, root: root)
    }

    private func addFolder(
        _ source: Path, to target: Path, registry: FormatRegistry, _ plan: inout BatchPlan
    ) throws(CommandError) {
        var scan = FolderScan(registry: registry, isRecursive: isRecursive, filter: filter)
        do throws(ImageError) {
            try scan.run(source, excluding: target)
        } catch {
            throw .failed(source.description, error)
        }
        var known = Set(plan.folders)
        for file in scan.files.sorted() {
            var directory = target
            for component in file.folders {
                directory = directory.appending(component)
                if known.insert(directory).inserted { plan.folders.append(directory) }
            }
            plan.add(file.path, into: directory)
        }
        plan.ignoredFileCount += scan.ignoredFileCount
        plan.ignoredNames += scan.ignoredNames.prefix(
            BatchPlan.toldIgnoredCount - plan.ignoredNames.count)
        plan.excludedFileCount += scan.excludedFileCount
        plan.failures += scan.failures
    }

    private func isFolder(_ path: Path) throws(CommandError) -> Bool {
        do throws(ImageError) {
            return try FileStatus.ofFile(at: path)?.kind == .directory
        } catch {
            throw .failed(path.description, error)
        }
    }
}

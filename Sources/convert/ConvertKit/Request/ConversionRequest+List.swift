internal import FormatFiles
internal import FormatKit

extension ConversionRequest {
    /// `--files-from LIST DIR --to FORMAT`, also with `--output-dir DIR`; `nil` if there is no list.
    func listJobs(registry: FormatRegistry) throws(CommandError) -> ListJobs? {
        guard let list else { return nil }
        try checkOptions(of: list)
        // Nothing but a folder can be meant.
        let empty = try emptyPlan(into: try listTarget(), mayMakeIt: true, registry: registry)
        return ListJobs(
            request: self, list: try list.open(), registry: registry, plan: empty)
    }

    /// Checks what makes no sense with a list.
    func checkOptions(of list: FileList) throws(CommandError) {
        if isJoining { throw .usage("--join takes its inputs from the command line") }
        if isRecursive || filter != FileFilter() {
            throw .usage("--recursive, --include and --exclude need a folder; a list has files")
        }
    }

    /// Where an input of a list lies below the base, and the output that the list says.
    func place(
        of entry: ListEntry, _ place: FileList.Place, below base: BaseFolder?,
        registry: FormatRegistry, _ plan: BatchPlan
    ) throws(CommandError) -> (tree: Path, output: Path?) {
        if let output = entry.output {
            return ("", try outputPath(output, place, registry: registry, plan))
        }
        if entry.page != nil, template?.needsPages == true {
            throw place.error("\"page\" says which page, but {page} means all of them")
        }
        guard let base else { return ("", nil) }
        guard let tree = base.tree(of: entry.input) else {
            throw place.error(Self.outside(entry.input, self.base))
        }
        return (tree, nil)
    }

    /// The folder that the outputs of a list go into.
    private func listTarget() throws(CommandError) -> Path {
        switch (outputDirectory, arguments.count) {
        case (let directory?, 0): return Path(argument: directory)
        case (nil, 1): return Path(argument: arguments[0])
        case (nil, 0): throw .usage("--files-from needs a folder for the outputs: --output-dir")
        default: throw .usage("--files-from has the inputs; besides, there is one folder")
        }
    }

    /// Where an output that a list names lies, below the folder of all outputs.
    private func outputPath(
        _ output: Path, _ place: FileList.Place, registry: FormatRegistry, _ plan: BatchPlan
    ) throws(CommandError) -> Path {
        if let template, template.needsPictures {
            throw place.error("\"out\" names the output, but so does --name-template")
        }
        if let ending = output.fileExtension,
            let named = plan.format.rival(forExtension: ending, registry: registry)
        {
            throw place.error(
                "\(output) is \(named) by its name, not \(plan.format.plugin.descriptor.id)")
        }
        var components = output.plainComponents
        if output.isAbsolute {
            guard let root = plan.root, root.isAbsolute,
                components.starts(with: root.plainComponents)
            else { throw place.error("\(output) is not below \(plan.root ?? ".")") }
            components.removeFirst(root.plainComponents.count)
        }
        guard let last = components.last, output.bytes.last != UInt8(ascii: "/"),
            !components.contains(where: { $0.elementsEqual("..".utf8) }),
            !components[0].starts(with: RecordFiles.namePrefix)
        else {
            throw place.error("\(output) is no file below \(plan.root ?? ".")")
        }
        return components.dropLast().reduce(Path("")) { $0.appending(Path(bytes: $1)) }
            .appending(Path(bytes: last))
    }
}

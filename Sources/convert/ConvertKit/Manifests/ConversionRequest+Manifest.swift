internal import FormatFiles
internal import FormatKit

extension ConversionRequest {
    /// What the request is about, in no order yet, and the number of folders that could not be listed.
    ///
    /// - Throws: ``CommandError`` if the request makes no sense.
    func manifestEntries(
        registry: FormatRegistry, _ console: Console
    ) throws(CommandError) -> (EntrySorter, failureCount: Int) {
        guard formatName != nil else { throw .usage("plan needs --to") }
        var sorter = EntrySorter()
        if let list {
            guard arguments.isEmpty else {
                throw .usage("--files-from has the inputs; there are no others")
            }
            try add(list, to: &sorter, registry: registry)
            return (sorter, 0)
        }
        if arguments.isEmpty { throw .usage("plan expects inputs, or --files-from") }
        var failureCount = 0
        let base = base.map { BaseFolder($0) }
        for argument in arguments {
            guard case .file(let input) = Endpoint(argument) else {
                throw .usage("what standard input has cannot be planned")
            }
            if try isFolder(input) {
                let tree = try tree(of: input.appending(".contents"), below: base)
                failureCount += try add(
                    folder: input, in: tree, to: &sorter, registry: registry, console)
            } else {
                let entry = ManifestEntry(input: input, tree: try tree(of: input, below: base))
                try CommandError.about(input) { () throws(ImageError) in
                    try sorter.add(entry.record)
                }
            }
        }
        return (sorter, failureCount)
    }

    /// Adds the images in a folder; returns the number of folders that could not be listed.
    private func add(
        folder: Path, in tree: Path, to sorter: inout EntrySorter, registry: FormatRegistry,
        _ console: Console
    ) throws(CommandError) -> Int {
        var scan = FolderScan(registry: registry, isRecursive: isRecursive, filter: filter)
        try CommandError.about(folder) { () throws(ImageError) in
            try scan.run(folder) { (file) throws(ImageError) in
                let tree = file.folders.reduce(tree) { $0.appending($1) }
                try sorter.add(ManifestEntry(input: file.path, tree: tree).record)
            }
        }
        for failure in scan.failures {
            console.error(failure.path.description, failure.error.message)
        }
        return scan.failures.count
    }

    private func add(
        _ list: FileList, to sorter: inout EntrySorter, registry: FormatRegistry
    ) throws(CommandError) {
        try checkOptions(of: list)
        let plan = BatchPlan(
            format: try format(registry: registry), template: template ?? .standard)
        let base = base.map { BaseFolder($0) }
        try list.open().forEach { (entry, place) throws(CommandError) in
            let (tree, output) = try self.place(
                of: entry, place, below: base, registry: registry, plan)
            let record = ManifestEntry(
                input: entry.input, tree: tree, output: output, page: entry.page
            ).record
            try CommandError.about(entry.input) { () throws(ImageError) in
                try sorter.add(record)
            }
        }
    }
}

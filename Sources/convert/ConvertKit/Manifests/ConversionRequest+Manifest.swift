internal import FormatFiles
internal import FormatKit

extension ConversionRequest {
    /// What the request is about, in the order of the manifest, and the number of folders that could
    /// not be listed.
    ///
    /// - Throws: ``CommandError`` if the request makes no sense.
    func manifestEntries(
        registry: FormatRegistry, _ console: Console
    ) throws(CommandError) -> (SortedEntries, failureCount: Int) {
        guard formatName != nil else { throw .usage("plan needs --to") }
        var sorter = EntrySorter()
        var plan = BatchPlan(
            format: try format(registry: registry), template: template ?? .standard)
        if let list {
            guard arguments.isEmpty else {
                throw .usage("--files-from has the inputs; there are no others")
            }
            try add(list, to: &sorter, registry: registry, plan)
        } else {
            if arguments.isEmpty { throw .usage("plan expects inputs, or --files-from") }
            for argument in arguments {
                try findFiles(argument, registry: registry, &plan) {
                    (file) throws(ImageError) in try sorter.add(file.record)
                }
            }
        }
        for failure in plan.failures {
            console.error(failure.path.description, failure.error.message)
        }
        let entries = try CommandError.about("the inputs") { () throws(ImageError) in
            try sorter.sorted()
        }
        return (entries, plan.failures.count)
    }

    private func add(
        _ list: FileList, to sorter: inout EntrySorter, registry: FormatRegistry,
        _ plan: BatchPlan
    ) throws(CommandError) {
        try checkOptions(of: list)
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

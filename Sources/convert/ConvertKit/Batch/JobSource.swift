internal import FormatFiles
internal import FormatKit

/// The jobs of a batch, as often as somebody asks for them, without that all of them are held.
protocol JobSource {
    /// Tells of jobs, without previews, always in the same order.
    ///
    /// - Parameters:
    ///   - isWanted: Asked of each job by its number, counted from 0; others are passed over.
    ///   - body: Told of each job, and of what a list says of it, if it is a list's.
    /// - Throws: ``CommandError`` if they cannot be read, a line of a list makes no sense, or `body` does.
    func forEach(
        where isWanted: (Int) -> Bool,
        _ body: (Job, BatchPlan.Origin?) throws(CommandError) -> Void
    ) throws(CommandError)
}

extension JobSource {
    /// Tells of all jobs, without previews, always in the same order.
    func forEach(
        _ body: (Job, BatchPlan.Origin?) throws(CommandError) -> Void
    ) throws(CommandError) {
        try forEach(where: { _ in true }, body)
    }
}

/// The jobs of a list, which is read each time.
struct ListJobs: JobSource {
    let request: ConversionRequest
    let list: OpenFileList
    let registry: FormatRegistry
    /// A plan without jobs.
    let plan: BatchPlan

    func forEach(
        where isWanted: (Int) -> Bool,
        _ body: (Job, BatchPlan.Origin?) throws(CommandError) -> Void
    ) throws(CommandError) {
        let base = request.base.map { BaseFolder($0) }
        try list.forEach(where: isWanted) { (entry, place) throws(CommandError) in
            let origin = BatchPlan.Origin(
                line: place.number, page: entry.page, cost: entry.cost)
            let (tree, output) = try request.place(
                of: entry, place, below: base, registry: registry, plan)
            try body(
                output.map { plan.job(entry.input, as: $0, page: entry.page) }
                    ?? plan.job(entry.input, in: tree, page: entry.page), origin)
        }
    }
}

/// The jobs of files that have been found, sorted by input; folders are scanned once.
struct FoundJobs: JobSource {
    let entries: SortedEntries
    /// A plan without jobs.
    let plan: BatchPlan

    func forEach(
        where isWanted: (Int) -> Bool,
        _ body: (Job, BatchPlan.Origin?) throws(CommandError) -> Void
    ) throws(CommandError) {
        // Scratch files have no names; they are made for the sake of the outputs.
        let subject = plan.root ?? "."
        var number = 0
        var reader = try CommandError.about(subject) { () throws(ImageError) in
            try entries.reader()
        }
        while let record = try CommandError.about(
            subject, { () throws(ImageError) in try reader.next() })
        {
            defer { number += 1 }
            guard isWanted(number) else { continue }
            let entry = ManifestEntry(record: record[...])
            try body(plan.job(entry.input, in: entry.tree, page: nil), nil)
        }
    }
}

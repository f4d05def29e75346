internal import FormatFiles
internal import FormatKit

/// The jobs of a list.
struct ListJobs {
    let request: ConversionRequest
    let list: OpenFileList
    let registry: FormatRegistry
    /// A plan without jobs.
    let plan: BatchPlan
    private let base: BaseFolder?

    init(
        request: ConversionRequest, list: OpenFileList, registry: FormatRegistry, plan: BatchPlan
    ) {
        self.request = request
        self.list = list
        self.registry = registry
        self.plan = plan
        base = request.base.map { BaseFolder($0) }
    }

    /// Tells of all jobs, without previews, in their order.
    ///
    /// - Throws: ``CommandError`` if a line makes no sense.
    private func forEach(
        _ body: (Job, BatchPlan.Origin) -> Void
    ) throws(CommandError) {
        try list.forEach { (entry, place) throws(CommandError) in
            let origin = BatchPlan.Origin(
                line: place.number, page: entry.page, cost: entry.cost)
            let (tree, output) = try request.place(
                of: entry, place, below: base, registry: registry, plan)
            body(
                output.map { plan.job(entry.input, as: $0, page: entry.page) }
                    ?? plan.job(entry.input, in: tree, page: entry.page), origin)
        }
    }

    /// The plan of all jobs.
    ///
    /// - Throws: ``CommandError`` if a line makes no sense.
    func all() throws(CommandError) -> BatchPlan {
        var plan = plan
        plan.expectNames()
        try forEach { plan.add($0, from: $1) }
        return plan
    }

    /// The plan of one part, whose outputs have names.
    ///
    /// The list is read twice or, if costs are the sizes of files, three times; of the jobs of other
    /// parts no more than some thirty bytes are held.
    ///
    /// - Throws: ``CommandError`` if a line makes no sense, or two outputs of the list are one file.
    func part(_ shard: Shard) throws(CommandError) -> BatchPlan {
        var index = OutputIndex()
        try forEach { job, origin in
            var job = job
            job.addPreviews(count: request.previewCount)
            index.add(job, plan.name(ofOutput: job), cost: origin.cost)
        }
        try checkCollisions(among: index.takeSuspects())
        var costs = shard.basis == .cost ? index.costs : []
        if shard.basis == .cost, !index.hasAllCosts {
            costs = []
            try forEach { job, _ in costs.append(BatchPlan.cost(of: job)) }
        }
        let partition = Partition(
            hashes: index.names, costs: costs, into: shard.count, by: shard.basis)
        var (own, number) = (plan, 0)
        try forEach { job, origin in
            // A list that has grown meanwhile is another one.
            if number < partition.parts.count, partition.parts[number] == shard.number - 1 {
                own.add(job, from: origin)
            }
            number += 1
        }
        own.become(
            BatchPlan.Part(
                shard: shard, digest: partition.digest, wholeCount: partition.parts.count))
        return own
    }

    /// Looks at the jobs again of which an output may be that of another.
    private func checkCollisions(among suspects: Set<UInt64>) throws(CommandError) {
        if suspects.isEmpty { return }
        var plan = plan
        var resolver = LinkResolver()
        try forEach { job, origin in
            var all = job
            all.addPreviews(count: request.previewCount)
            let isSuspect = all.outputPaths.contains {
                suspects.contains(OutputIndex.number(of: $0, &resolver))
            }
            if isSuspect { plan.add(job, from: origin) }
        }
        plan.addPreviews(count: request.previewCount)
        try plan.checkCollisions()
    }
}

/// Outputs of any number of jobs as numbers.
private struct OutputIndex {
    /// Of each job, what its output is called.
    private(set) var names: [UInt64] = []
    /// Of each job, what it is said to cost.
    private(set) var costs: [Int] = []
    /// Whether it is said of all.
    private(set) var hasAllCosts = true
    /// Which files all outputs are.
    private var files: [UInt64] = []
    private var resolver = LinkResolver()

    mutating func add(_ job: Job, _ name: Path, cost: Int?) {
        names.append(name.stableHash)
        costs.append(cost ?? 0)
        if cost == nil { hasAllCosts = false }
        for path in job.outputPaths { files.append(Self.number(of: path, &resolver)) }
    }

    /// A number that is equal for names of one file.
    static func number(of path: Path, _ resolver: inout LinkResolver) -> UInt64 {
        Self.path(BatchPlan.collisionKey(resolver.file(at: path))).stableHash
    }

    // The key is a path, or a text.
    private static func path(_ path: Path) -> Path { path }

    private static func path(_ text: String) -> Path {
        Path(text)
    }

    /// The numbers that several outputs have; what they were found from is forgotten.
    mutating func takeSuspects() -> Set<UInt64> {
        files.sort()
        defer { files = [] }
        return Set(zip(files, files.dropFirst()).lazy.filter { $0 == $1 }.map(\.0))
    }
}

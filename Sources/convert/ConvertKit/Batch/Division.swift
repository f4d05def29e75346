internal import FormatFiles
internal import FormatKit

/// A batch that is divided among processes.
///
/// The jobs are gone through twice or, if costs are the sizes of files, three times; of those of other
/// parts no more than some thirty bytes are held at a time, beside what ``EntrySorter`` keeps.
struct Division {
    let request: ConversionRequest
    let jobs: any JobSource
    /// A plan without jobs.
    let empty: BatchPlan

    /// The plan of one part.
    ///
    /// Collisions are looked for among all outputs, whoever makes them.
    ///
    /// - Throws: ``CommandError`` if the outputs have no names yet, two are one file, or the jobs cannot
    ///   be read.
    func plan(of shard: Shard) throws(CommandError) -> BatchPlan {
        guard !empty.template.needsPictures else {
            throw .usage(
                "--shard cannot name outputs after pictures, of which it opens only a part; "
                    + "`convert plan` writes a list with names")
        }
        let partition = try partition(shard)
        var own = empty
        // A list that has grown meanwhile is another one.
        try jobs.forEach { number in
            number < partition.parts.count && partition.parts[number] == shard.number - 1
        } _: { job, _ in
            own.add(job, from: nil)
        }
        guard own.jobs.count == partition.parts.count(where: { $0 == shard.number - 1 }) else {
            throw Self.changed
        }
        own.addPreviews(count: request.previewCount)
        own.become(
            BatchPlan.Part(
                shard: shard, digest: partition.digest, wholeCount: partition.parts.count))
        return own
    }

    private static var changed: CommandError {
        .usage("nothing is converted: the list has changed while it was read")
    }

    private func partition(_ shard: Shard) throws(CommandError) -> Partition {
        var finder = CollisionFinder(mindsInputs: request.isReplacing)
        var (names, costs) = ([UInt64](), [Int]())
        var hasAllCosts = shard.basis == .cost
        try jobs.forEach { job, origin in
            finder.add(withPreviews(job))
            names.append(empty.name(ofOutput: job).stableHash)
            guard hasAllCosts else { return }
            if let cost = origin?.cost { costs.append(cost) } else { hasAllCosts = false }
        }
        try check(finder.takeSuspects())
        // What a list says of some inputs is no measure for the sizes of the others.
        if shard.basis == .cost, !hasAllCosts {
            costs = []
            try jobs.forEach { job, _ in costs.append(Self.byteCount(ofInputs: job)) }
            guard costs.count == names.count else { throw Self.changed }
        }
        return Partition(hashes: names, costs: costs, into: shard.count, by: shard.basis)
    }

    private func withPreviews(_ job: Job) -> Job {
        var job = job
        job.addPreviews(count: request.previewCount)
        return job
    }

    /// Looks at the jobs again of which an output may be that of another.
    private func check(_ suspects: Suspects) throws(CommandError) {
        if suspects.isEmpty { return }
        var suspects = suspects
        try jobs.forEach { job, origin in
            suspects.look(
                at: withPreviews(job), BatchPlan.name(ofInput: job, origin?.line))
        }
        try suspects.check(verb: "converted", hint: empty.collisionHint)
    }

    /// The size of a job's inputs, in bytes; one that is not there costs nothing.
    private static func byteCount(ofInputs job: Job) -> Int {
        job.inputs.reduce(0) { sum, input in
            guard case .file(let path) = input, let status = try? FileStatus.ofFile(at: path)
            else { return sum }
            return sum.addingClamped(status.byteCount)
        }
    }
}

extension BatchPlan {
    /// Which part of a run a plan is.
    package struct Part: Sendable, Equatable {
        /// The part.
        package let shard: Shard
        /// Stands for how the run was divided: parts of one run have equal digests.
        package let digest: String
        /// The number of jobs of the whole run.
        package let wholeCount: Int
    }

    /// The output of a job as the record and other processes know it.
    func name(ofOutput job: Job) -> Path {
        guard case .file(let path) = job.output else {
            preconditionFailure("outputs of a batch are files")
        }
        return root.flatMap(path.below) ?? path
    }
}

internal import FormatFiles
internal import FormatKit

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

    /// Keeps the jobs of one part, which other processes, told the same but for the part's number,
    /// leave to this one.
    ///
    /// - Throws: ``CommandError`` if outputs have no names yet, or only one.
    mutating func restrict(to shard: Shard) throws(CommandError) {
        // A list has been divided while it was read.
        if part != nil { return }
        if isSingle { throw .usage("--shard needs a folder, or a list with --output-dir") }
        guard isNamed else {
            throw .usage(
                "--shard cannot name outputs after pictures, of which it opens only a part; "
                    + "`convert plan` writes a list with names")
        }
        let costs = shard.basis == .cost ? expectedCosts() : []
        let partition = Partition(
            hashes: jobs.map { name(ofOutput: $0).stableHash }, costs: costs, into: shard.count,
            by: shard.basis)
        keep(
            jobs.indices.filter { partition.parts[$0] == shard.number - 1 },
            of: Part(shard: shard, digest: partition.digest, wholeCount: jobs.count))
    }

    /// The output of a job as the record and other processes know it.
    func name(ofOutput job: Job) -> Path {
        guard case .file(let path) = job.output else {
            preconditionFailure("outputs of a batch are files")
        }
        return root.flatMap(path.below) ?? path
    }

    /// What a list says of all jobs or, if it does not say it of all, the sizes of the inputs, in
    /// bytes: the one is no measure for the other.
    private func expectedCosts() -> [Int] {
        let listed = listedCosts.compactMap { $0 }
        if listed.count == jobs.count { return listed }
        return jobs.map(Self.cost)
    }

    /// The size of a job's inputs, in bytes; one that is not there costs nothing.
    static func cost(of job: Job) -> Int {
        job.inputs.reduce(0) { sum, input in
            guard case .file(let path) = input, let status = try? FileStatus.ofFile(at: path)
            else { return sum }
            return sum.addingClamped(status.byteCount)
        }
    }
}

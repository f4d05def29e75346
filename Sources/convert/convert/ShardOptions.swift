internal import ArgumentParser
internal import ConvertKit

/// Which part of a run is done.
struct ShardOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Do one of N parts of a folder or list, for processes or machines that do the others: \
            K/N, counted from 1; auto, the task that Slurm, AWS Batch, Kubernetes or GNU parallel \
            says; or auto/N.
            """, valueName: "k/n"))
    var shard: String?

    @Option(
        help: ArgumentHelp(
            """
            What the parts have in common: the count of inputs (default), or their cost, by the \
            list, else by the sizes of the files.
            """, valueName: "basis"),
        completion: .list(Shard.Basis.allCases.map(\.rawValue)),
        transform: { text in
            guard let basis = Shard.Basis(rawValue: text) else {
                throw ValidationError("\"\(text)\" is neither count nor cost")
            }
            return basis
        })
    var shardBy: Shard.Basis?

    func validate() throws {
        if shard == nil, shardBy != nil {
            throw ValidationError("--shard-by is about --shard")
        }
    }

    /// Gives a request what these options say.
    ///
    /// - Throws: ``/ConvertKit/CommandError/usage(_:)`` if there is no such part.
    func apply(to request: inout ConversionRequest) throws(CommandError) {
        request.shard = try shard.map { (text) throws(CommandError) in
            try ShardArgument.shard(text)
        }
        request.shard?.basis = shardBy ?? .count
    }
}

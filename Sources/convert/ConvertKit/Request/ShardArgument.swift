#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Parses what `--shard` says.
package enum ShardArgument {
    /// Looks up a variable of the environment.
    package typealias Environment = @Sendable (String) -> String?

    /// The variables of this process.
    package static let processEnvironment: Environment = { name in
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }

    /// The part that a text means: `3/8`, `auto`, or `auto/8`.
    ///
    /// `auto` is the task that an engine says in the environment. Where that says not how many there
    /// are, or not for certain, `auto/8` does; then tasks are counted from 1, in Slurm by their
    /// number, so that some of them can be submitted again.
    ///
    /// - Throws: ``CommandError/usage(_:)``.
    package static func shard(
        _ text: String, environment: Environment = processEnvironment
    ) throws(CommandError) -> Shard {
        let words = text.split(separator: "/", omittingEmptySubsequences: false)
        guard words.count <= 2, let first = words.first else { throw malformed(text) }
        let count = words.count == 2 ? number(String(words[1])) : nil
        if words.count == 2, count == nil { throw malformed(text) }
        if first == "auto" { return try automatic(count: count, environment) }
        guard let count, let number = number(String(first)),
            let shard = Shard(number: number, of: count)
        else { throw malformed(text) }
        return shard
    }

    private static func malformed(_ text: String) -> CommandError {
        .usage(
            "--shard \(text): expected K/N, with K from 1 to N and N at most "
                + "\(Shard.maximumCount), or auto, or auto/N")
    }

    /// A number without a sign.
    private static func number(_ text: String) -> Int? {
        text.allSatisfy { $0.isASCII && $0.isNumber } ? Int(text) : nil
    }

    /// An engine that runs a command many times, and says so in the environment.
    private struct Engine {
        let name: String
        /// The variable that says which task this is.
        let variable: String
        /// The number of the first task; `nil` where another variable tells.
        let first: Int?
        /// The variable that says how many tasks there are, if one does.
        var countVariable: String?
    }

    private static let engines = [
        Engine(
            name: "Slurm", variable: "SLURM_ARRAY_TASK_ID", first: nil,
            countVariable: "SLURM_ARRAY_TASK_COUNT"),
        Engine(
            name: "AWS Batch", variable: "AWS_BATCH_JOB_ARRAY_INDEX", first: 0,
            countVariable: "AWS_BATCH_JOB_ARRAY_SIZE"),
        Engine(name: "Kubernetes", variable: "JOB_COMPLETION_INDEX", first: 0),
        Engine(name: "GNU parallel", variable: "PARALLEL_SEQ", first: 1),
    ]
    /// Says how many tasks there are where the engine does not.
    private static let countVariable = "CONVERT_SHARD_COUNT"

    private static func automatic(
        count: Int?, _ environment: Environment
    ) throws(CommandError) -> Shard {
        let found = engines.filter { environment($0.variable) != nil }
        guard let engine = found.first else {
            throw .usage(
                "--shard auto: none of "
                    + engines.map(\.variable).joined(separator: ", ") + " is set")
        }
        guard found.count == 1 else {
            throw .usage(
                "--shard auto: both \(found[0].variable) and \(found[1].variable) are set; "
                    + "--shard K/N says which is meant")
        }
        let task = try value(engine.variable, environment)
        var given = count
        if given == nil { given = try optionalValue(countVariable, environment) }
        guard let first = engine.first else { return try slurm(task, given, environment) }
        let told = try engine.countVariable.map { (name) throws(CommandError) in
            try value(name, environment)
        }
        if let told, let given, told != given {
            throw .usage("--shard auto: \(engine.name) has \(told) tasks, not \(given)")
        }
        guard let count = given ?? told else {
            throw .usage(
                "--shard auto: \(engine.name) does not say how many tasks there are; write "
                    + "auto/N, or set \(countVariable)")
        }
        return try shard(task - first + 1, of: count)
    }

    /// Slurm's arrays begin and step as the user likes.
    private static func slurm(
        _ task: Int, _ count: Int?, _ environment: Environment
    ) throws(CommandError) -> Shard {
        if let count { return try shard(task, of: count) }
        let least = try value("SLURM_ARRAY_TASK_MIN", environment)
        let most = try value("SLURM_ARRAY_TASK_MAX", environment)
        let taskCount = try value("SLURM_ARRAY_TASK_COUNT", environment)
        let step = try optionalValue("SLURM_ARRAY_TASK_STEP", environment) ?? 1
        // Of a list such as 1,5,6 nobody knows which task comes when.
        guard step > 0, least <= task, task <= most, (task - least) % step == 0,
            (most - least) / step + 1 == taskCount
        else {
            throw .usage(
                "--shard auto: the array is no range, of which the tasks could be counted; with "
                    + "--array=1-N, write auto/N, and any of its tasks can be submitted again")
        }
        return try shard((task - least) / step + 1, of: taskCount)
    }

    private static func shard(_ number: Int, of count: Int) throws(CommandError) -> Shard {
        guard let shard = Shard(number: number, of: count) else {
            throw .usage("--shard auto: there is no task \(number) of \(count), counted from 1")
        }
        return shard
    }

    private static func optionalValue(
        _ name: String, _ environment: Environment
    ) throws(CommandError) -> Int? {
        environment(name) == nil ? nil : try value(name, environment)
    }

    private static func value(
        _ name: String, _ environment: Environment
    ) throws(CommandError) -> Int {
        guard let text = environment(name) else {
            throw .usage("--shard auto: \(name) is not set")
        }
        guard let number = number(text), number <= 1 << 32 else {
            throw .usage("--shard auto: \(name) is \"\(text)\", which is no number")
        }
        return number
    }
}

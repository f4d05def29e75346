internal import ArgumentParser
internal import ConvertKit
internal import FormatKit

/// What of the machine a run uses.
struct MachineOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The number of files to convert at a time (default: a share of the cores).",
            valueName: "count"))
    var jobs: Int?

    @Option(
        help: ArgumentHelp(
            "The number of threads for each file (default: a share of the cores).",
            valueName: "count"))
    var threads: Int?

    @Option(
        help: ArgumentHelp(
            "The instruction set of hand-written code: \(kernelNames); results do not depend on it.",
            valueName: "name"),
        completion: .list(kernelSpec.words),
        transform: {
            guard kernelSpec.words.contains($0) else {
                throw ValidationError("\"\($0)\" is none of \(kernelNames)")
            }
            return $0
        })
    var kernels = Self.kernelSpec.defaultText

    private static let kernelSpec = Formats.spec(of: .kernels)
    private static let kernelNames = kernelSpec.words.joined(separator: ", ")

    func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("--jobs is at least 1") }
        if let threads, threads < 1 { throw ValidationError("--threads is at least 1") }
    }

    /// Tells a run what these options say.
    func apply(to run: inout RunOptions) {
        run.threadCount = threads
        run.jobCount = jobs
        run.codecOptions.set(.kernels, to: .choice(kernels), of: Formats.builtIn)
    }
}

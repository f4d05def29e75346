internal import ArgumentParser
internal import ConvertKit
internal import FormatFiles
internal import FormatKit

/// How a run goes: which files, how many at a time, and what happens when one fails.
struct BatchOptions: ParsableArguments {
    @Flag(help: "Convert the folders in INDIR too.")
    var recursive = false

    @Option(
        help: ArgumentHelp(
            """
            Of a folder, convert only files whose name matches, such as '*.tif'; a pattern with a \
            slash is compared with the path below the folder. ** also matches slashes. May be \
            repeated.
            """, valueName: "pattern"),
        transform: BatchOptions.pattern)
    var include: [GlobPattern] = []

    @Option(
        help: ArgumentHelp(
            "Of a folder, leave out files and folders whose name matches. May be repeated.",
            valueName: "pattern"),
        transform: BatchOptions.pattern)
    var exclude: [GlobPattern] = []

    @Option(
        help: ArgumentHelp(
            """
            How outputs in a folder are named (default: '{stem}.{ext}'). Fields: {stem} and {name} \
            of the input without and with its extension, {input-ext}, {ext} and {format} of the \
            output, its {width} and {height}; {page}, with which every page becomes a file; {dir}, \
            the folders below INDIR or --base, with which the template says all of the path.
            """, valueName: "template"))
    var nameTemplate: String?

    @Flag(help: "Say what would be done, and what it would lose; write nothing.")
    var dryRun = false

    @Flag(
        help: """
            Keep a record in the output folder, and leave inputs alone that it says are done: the \
            same bytes, options and version. Trusts nothing else.
            """)
    var resume = false

    @Flag(help: "Convert everything again and replace outputs, whatever the record says.")
    var force = false

    @Flag(help: "Begin no more inputs after one has failed.")
    var failFast = false

    @Option(
        help: ArgumentHelp(
            "Begin no more inputs after that many have failed.", valueName: "count"))
    var maxFailures: Int?

    @Option(
        help: ArgumentHelp(
            """
            After SIGTERM, begin nothing more, but finish for so long what is under way (default: \
            0, stop at once).
            """, valueName: "seconds"))
    var grace: Double?

    @Option(
        help: ArgumentHelp(
            "Add what happens to this file, one JSON object a line.", valueName: "file"),
        completion: .file())
    var log: String?

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
        completion: .list(KernelChoice.allCases.map(\.rawValue)),
        transform: {
            guard let choice = KernelChoice(rawValue: $0) else {
                throw ValidationError("\"\($0)\" is none of \(kernelNames)")
            }
            return choice
        })
    var kernels = KernelChoice.auto

    private static let kernelNames = KernelChoice.allCases.map(\.rawValue).joined(separator: ", ")

    func validate() throws {
        if let grace, !(grace >= 0 && grace <= 86_400) {
            throw ValidationError("--grace is a number of seconds from 0 to 86400")
        }
        if let jobs, jobs < 1 { throw ValidationError("--jobs is at least 1") }
        if let threads, threads < 1 { throw ValidationError("--threads is at least 1") }
        if let maxFailures, maxFailures < 1 {
            throw ValidationError("--max-failures is at least 1")
        }
    }

    var filter: FileFilter { FileFilter(included: include, excluded: exclude) }

    /// What these options say about a run.
    var run: RunOptions {
        var run = RunOptions()
        run.threadCount = threads
        run.jobCount = jobs
        run.kernels = kernels
        run.isDryRun = dryRun
        run.isResuming = resume
        run.isForced = force
        run.maximumFailureCount = failFast ? 1 : maxFailures
        run.logPath = log.map { Path(argument: $0) }
        return run
    }

    private static func pattern(_ text: String) throws -> GlobPattern {
        guard let pattern = GlobPattern(text) else {
            throw ValidationError("\"\(text)\" is no pattern of file names")
        }
        return pattern
    }
}

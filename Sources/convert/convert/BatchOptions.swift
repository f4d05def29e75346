internal import ArgumentParser
internal import ConvertKit
internal import FormatFiles
internal import FormatKit

/// How a run goes: how many files at a time, and what happens when one fails.
struct BatchOptions: ParsableArguments {
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

    func validate() throws {
        if let grace, !(grace >= 0 && grace <= 86_400) {
            throw ValidationError("--grace is a number of seconds from 0 to 86400")
        }
        if let maxFailures, maxFailures < 1 {
            throw ValidationError("--max-failures is at least 1")
        }
        if log == "-" {
            throw ValidationError("--log is a file; one that is named - is written ./-")
        }
    }

    /// Tells a run what these options say.
    func apply(to run: inout RunOptions) {
        run.isDryRun = dryRun
        run.isResuming = resume
        run.isForced = force
        run.maximumFailureCount = failFast ? 1 : maxFailures
        run.logPath = log.map { Path(argument: $0) }
    }
}

internal import ArgumentParser
internal import ConvertKit
internal import FormatFiles

/// `convert report LOG... [--failures LIST] [--json]`.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Say what the runs have come to that wrote logs: totals, losses, failures.",
        usage: "convert report LOG... [--failures LIST] [--json]",
        discussion: """
            Logs are those of --log, in any order: what failed in one run and was converted in a \
            later one has not failed.

            Exit codes: 0 all is done; 1 something failed, was not begun, not finished or only \
            salvaged, a part of the run has no end, or what is there is no log; 3 there is \
            nothing in the logs.
            """)

    @Argument(help: "Logs; - is standard input.", completion: .file())
    var log: [String]

    @Option(
        help: ArgumentHelp(
            """
            Write what failed, was not finished or not begun into this file, a list for \
            --files-from; it is replaced.
            """,
            valueName: "file"),
        completion: .file())
    var failures: String?

    @Flag(help: "Print a JSON object.")
    var json = false

    func run() throws {
        let report = try reportingErrors(asJSON: json) {
            if let failures { try CommandError.checkFile(failures, of: "--failures") }
            let logs = log.map { Endpoint($0) }
            if let failures { try RunReport.check(Path(argument: failures), isNoneOf: logs) }
            let report = try RunReport(logs)
            if let failures { try report.writeFailures(to: Path(argument: failures)) }
            return report
        }
        StandardStreams.writeOutput(json ? "\(report.json)\n" : report.text)
        throw ExitCode(report.status.rawValue)
    }
}

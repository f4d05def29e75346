internal import ArgumentParser
internal import ConvertKit
internal import FormatKit

/// `convert info FILE... [--json]`.
struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Say what is in image files, without decoding them.",
        usage: "convert info FILE... [--json]")

    @Argument(help: "Image files; - is standard input.", completion: .file())
    var file: [String]

    @Flag(help: "Print one JSON object for each file.")
    var json = false

    @OptionGroup(title: "Limits")
    var limits: LimitOptions

    func run() throws {
        let inspection = Inspection(
            registry: try Formats.makeRegistry(), limits: limits.limits,
            codecOptions: limits.codecOptions)
        let status = inspection.printReports(
            on: file.map { Endpoint($0) }, isJSON: json,
            console: Console(
                verbosity: .normal, columnCount: nil, write: StandardStreams.writeError),
            writeOutput: StandardStreams.writeOutput)
        throw ExitCode(status.rawValue)
    }
}

internal import ArgumentParser
internal import ConvertKit
internal import FormatKit

/// `convert formats [--json]`.
struct FormatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "formats",
        abstract: "List the formats, what they can store, and their options.",
        usage: "convert formats [--json]")

    @Flag(help: "Print a JSON array.")
    var json = false

    func run() throws {
        let reports = try Formats.makeRegistry().plugins.map { FormatReport($0) }
        StandardStreams.writeOutput(
            json
                ? "\(JSONValue.array(reports.map(\.json)))\n"
                : reports.map(\.text).joined(separator: "\n"))
    }
}

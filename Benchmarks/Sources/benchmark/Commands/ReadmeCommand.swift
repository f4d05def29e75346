internal import ArgumentParser
internal import BenchmarkData
internal import Foundation

/// Makes the tables of a document from the results.
struct ReadmeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "readme",
        abstract: "Write the results into README.md, between its markers.",
        discussion: """
            What is between a line `<!-- benchmark:NAME -->` and the next line \
            `<!-- /benchmark -->` is replaced; names without results are left alone, aloud.
            """)

    @Option(help: "The document (default: README.md of the repository).")
    var file: String?

    @OptionGroup var results: ResultOptions

    private static let reports: [String: @Sendable (Table) -> String] = [
        RateDistortion.name: { RateDistortionReport($0).text }, "decode": DecodeReport.text,
        "large": LargeReport.text, "kernels": KernelsReport.text,
        "reference": ReferenceReport.text, "model-size": ModelSizeReport.text,
        "convert": ConverterReport.text, EffortsCommand.name: EffortsReport.text,
    ]

    func run() throws {
        let path = file ?? Repository.path("README.md")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let filled = try MarkedText(text).filled { name in
            guard let report = Self.reports[name] else {
                throw BenchmarkError("\(path) has a marker for \"\(name)\", which is no benchmark")
            }
            guard let (table, conditions) = try results.folder.read(name) else {
                print("SKIPPED: there are no results of \(name)")
                return nil
            }
            return report(table) + "\n\n" + conditions.summary
        }
        guard filled != text else { return print("\(path) is up to date") }
        try filled.write(toFile: path, atomically: true, encoding: .utf8)
        print("wrote \(path)")
    }
}

internal import ArgumentParser

/// Makes the figures from the results.
struct PlotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plot",
        abstract: "Draw the figures, as SVG and PNG, from results and published data.")

    @Option(help: "The folder that figures are written to (default: docs/images).")
    var output: String?

    @OptionGroup var results: ResultOptions

    func run() throws {
        let python = try PythonEnvironment(for: "plots")
        let arguments = [
            "--results", results.folder.path, "--data", Repository.path("Benchmarks/data"),
            "--output", output ?? Repository.path("docs/images"),
        ]
        print(try python.command("plot.py", arguments).output())
    }
}

internal import ArgumentParser

/// Measures the converter, `.coin` and their peers.
@main struct Benchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Measure the converter, .coin and their peers; write the results as data.",
        subcommands: [
            RateDistortionCommand.self, PhotographsCommand.self, ThumbnailsCommand.self,
            EffortsCommand.self, KernelsCommand.self, DecodeCommand.self, LargeCommand.self,
            DefaultsCommand.self, ConverterCommand.self, ScaleCommand.self, PlotCommand.self,
            ReadmeCommand.self, PaperCommand.self,
        ])
}

/// A benchmark has nothing to measure or cannot go on.
struct BenchmarkError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Where results go.
struct ResultOptions: ParsableArguments {
    @Option(help: "The folder that results are written to (default: Benchmarks/results).")
    var results: String?

    var folder: ResultFolder {
        ResultFolder(path: results ?? Repository.path("Benchmarks/results"))
    }
}

/// Where photographs come from.
struct PhotographOptions: ParsableArguments {
    @Option(help: "The folder of the Kodak images (default: shared/kodak beside the repository).")
    var kodak: String?

    private var folder: String { kodak ?? Repository.path("../shared/kodak") }

    /// The Kodak images; none, said aloud, where they are missing.
    var photographs: [Photograph] { Photograph.all(in: folder) }

    /// Those with the given names, or all; none, said aloud, where they are missing.
    func chosen(_ names: [String]) throws -> [Photograph] {
        try Photograph.chosen(names, in: folder)
    }
}

/// How long `.coin` may fit, for trials; results that are committed use the defaults.
struct FitOptions: ParsableArguments {
    @Option(help: "The rate in bits per pixel.")
    var bpp = 0.3

    @Option(help: "The effort of the encoder, 1 to 9 (default: the tool's).")
    var effort: Int?

    @Option(help: "Passes over the pixels (default: from the effort).")
    var epochs: Int?

    /// The options of `convert` that say so.
    var arguments: [String] {
        ["--option", "coin.architecture=siren", "--option", "coin.bpp=\(bpp)"]
            + (effort.map { ["--effort", "\($0)"] } ?? [])
            + (epochs.map { ["--option", "coin.epochs=\($0)"] } ?? [])
    }

    /// The same for a cell of a table.
    var setting: String {
        (["bpp \(bpp)"] + (effort.map { ["effort \($0)"] } ?? [])
            + (epochs.map { ["epochs \($0)"] } ?? [])).joined(separator: " ")
    }
}

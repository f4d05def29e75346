internal import ArgumentParser

/// What was measured of the COIN paper's architecture, which `coin.architecture=siren` still writes.
struct PaperCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "paper",
        abstract: "Measure the networks of the COIN paper (coin.architecture=siren).",
        subcommands: [
            PaperRateDistortionCommand.self, PaperEffortsCommand.self, PaperProgressCommand.self,
            PaperShapesCommand.self, PaperModelSizeCommand.self, PaperRobustnessCommand.self,
            PaperReferenceCommand.self, PaperDecodeCommand.self, PaperLargeCommand.self,
            PaperKernelsCommand.self,
        ])
}

internal import ArgumentParser
internal import BenchmarkData
internal import FormatKit

/// Rate, distortion and speed on photographs, with the peers at the same file sizes.
struct PaperRateDistortionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rate-distortion",
        abstract: "Encode and decode the Kodak images as .coin and as files of others.",
        discussion: """
            Rows that are there already stay if they were measured with the same tool, the same \
            settings and the same limit, so that a run that was cut off goes on where it was.
            """)

    @Option(help: "The effort of the encoder, 1 to 9 (default: the tool's).")
    var effort: Int?

    @Option(help: "Passes over the pixels, for trials (default: from the effort).")
    var epochs: Int?

    @Option(parsing: .upToNextOption, help: "LAYERSxWIDTH (default: the paper's five).")
    var points: [String] = []

    @Option(parsing: .upToNextOption, help: "Names of images, such as kodim15 (default: all).")
    var images: [String] = []

    @Flag(help: "Leave .coin out.")
    var peersOnly = false

    @Flag(help: "Leave the peers out.")
    var coinOnly = false

    @Flag(help: "Keep rows of .coin that another commit of the tool has made.")
    var keepOtherCommits = false

    @OptionGroup var photographs: PhotographOptions
    @OptionGroup var results: ResultOptions

    func validate() throws {
        if peersOnly && coinOnly {
            throw ValidationError("--peers-only and --coin-only exclude each other")
        }
        if let wrong = points.first(where: { Architecture($0) == nil }) {
            throw ValidationError("\(wrong) is not LAYERSxWIDTH, such as 10x28")
        }
    }

    func run() throws {
        let chosen = try photographs.chosen(images)
        guard !chosen.isEmpty else { return }
        let peers = coinOnly ? [] : try Peer.installed()
        let old = try results.folder.read(PaperRateDistortion.name)
        var conditions = try Conditions.current(peers: peers.map(\.library))
        if let old { conditions.addLibraries(of: old.conditions) }
        let coin = CoinRuns(
            version: Repository.toolCommit(), effort: effort, epochs: epochs,
            keepsOtherVersions: keepOtherCommits)
        let networks = points.isEmpty ? Architecture.paper : points.compactMap { Architecture($0) }
        var run = PaperRateDistortion(
            table: old?.table ?? Table(columns: PaperRateDistortion.columns), coin: coin)
        for photograph in chosen {
            let trial = try Trial(photograph)
            if !peersOnly { for network in networks { try run.measure(network, trial) } }
            for peer in peers { try run.measure(peer, networks, trial) }
            try results.folder.write(run.sorted, conditions, as: PaperRateDistortion.name)
        }
        for line in PaperRateDistortionReport(run.sorted).summary { print(line) }
    }
}

/// How `.coin` files are made.
struct CoinRuns {
    let version: String
    let effort: Int?
    let epochs: Int?
    let keepsOtherVersions: Bool

    /// For a cell of a table.
    var setting: String {
        let words =
            (effort.map { ["effort \($0)"] } ?? []) + (epochs.map { ["epochs \($0)"] } ?? [])
        return words.isEmpty ? "default" : words.joined(separator: " ")
    }

    /// Encodes with a network.
    func command(_ network: Architecture, _ input: String, _ output: String) -> Command {
        Command.convert(
            [
                input, output, "--quiet", "--overwrite", "--option",
                "coin.architecture=siren", "--option",
                "coin.layers=\(network.layers)", "--option", "coin.width=\(network.width)",
            ] + (effort.map { ["--effort", "\($0)"] } ?? [])
                + (epochs.map { ["--option", "coin.epochs=\($0)"] } ?? []))
    }
}

internal import ArgumentParser
internal import BenchmarkData
internal import Foundation

/// The paper's method in PyTorch, and the tool beside it.
struct PaperReferenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reference",
        abstract: "Time the paper's method in PyTorch, and the tool in the same run.",
        discussion: """
            10 layers of 28 on kodim15, 2 threads. The time of the 50 000 steps of the paper is \
            extrapolated from those that are run.
            """)

    @Option(help: "How many steps of PyTorch to time.")
    var steps = 30

    @Option(help: "The quality that counts as reached, in decibels: the paper's on kodim15.")
    var quality = 29.31

    @Option(help: "The effort of the encoder (default: the tool's).")
    var effort: Int?

    @OptionGroup var photographs: PhotographOptions
    @OptionGroup var results: ResultOptions

    private static let paperStepCount = 50_000.0
    private static let threadCount = 2

    private struct Timing: Decodable {
        let step_s: Double
        let decode_s: Double
        let torch: String
    }

    func run() throws {
        guard let photograph = try photographs.chosen(["kodim15"]).first else { return }
        let python = try PythonEnvironment(for: "reference")
        let trial = try Trial(photograph)
        let theirs = try python.command(
            "coin_torch.py",
            [
                photograph.path, trial.folder("torch.json"), "--steps", "\(steps)", "--threads",
                "\(Self.threadCount)",
            ]
        ).measure()
        let timing = try JSONDecoder().decode(
            Timing.self, from: Data(contentsOf: URL(filePath: trial.folder("torch.json"))))
        let network = Architecture(layers: 10, width: 28)
        let ours = try Fit(
            try photograph.image(), network, effort: effort, threadCount: Self.threadCount)
        let runs = CoinRuns(version: "", effort: effort, epochs: 2, keepsOtherVersions: false)
        let tool = try runs.command(network, trial.input("tiff"), trial.folder("o.coin")).measure()
        let reached = ours.passes.first { $0.report.decibels >= quality }?.seconds ?? .nan
        var table = Table(columns: ["what", "unit", "pytorch", "coin", "ratio"])
        func add(_ what: String, _ unit: String, _ first: Double, _ second: Double) {
            table.append([
                what, unit, first.digits(3), second.digits(3), (first / second).digits(1),
            ])
        }
        add("all pixels once", "s", timing.step_s, Self.secondsPerPass(ours.passes))
        add("to \(quality) dB", "s", timing.step_s * Self.paperStepCount, reached)
        add("decoding in process", "s", timing.decode_s, ours.decodingSeconds)
        add("peak memory", "MiB", theirs.peakMebibytes, tool.peakMebibytes)
        for row in table.rows { print(row.joined(separator: " ")) }
        print("decoded: \(ours.decodedDecibels.digits(2)) dB after \(ours.seconds.digits(1)) s")
        let conditions = try Conditions.current(peers: ["PyTorch \(timing.torch)"])
        try results.folder.write(table, conditions, as: "paper-reference")
    }

    /// The mean time of a pass, without the first, which has the preparations in it.
    private static func secondsPerPass(_ passes: [Fit.Pass]) -> Double {
        guard let first = passes.first, let last = passes.last, passes.count > 1 else {
            return .nan
        }
        return (last.seconds - first.seconds) / Double(passes.count - 1)
    }
}

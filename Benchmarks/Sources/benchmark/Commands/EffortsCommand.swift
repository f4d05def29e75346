internal import ArgumentParser
internal import BenchmarkData

/// What more work buys.
struct EffortsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "efforts",
        abstract: "Encode some images at every effort, beside WebP.",
        discussion: "Rows that are there already stay, as in rate-distortion.")

    static let name = "efforts"
    static let peer = "WebP"

    @Option(parsing: .upToNextOption, help: "Efforts of the encoder, 1 to 9.")
    var efforts = Array(1...9)

    @Option(parsing: .upToNextOption, help: "Qualities.")
    var qualities = [30, 50, 70]

    @Option(parsing: .upToNextOption, help: "Names of images.")
    var images = ["kodim02", "kodim05", "kodim08", "kodim13", "kodim20", "kodim23"]

    @OptionGroup var runs: CurveOptions
    @OptionGroup var photographs: PhotographOptions
    @OptionGroup var results: ResultOptions

    func run() throws {
        let chosen = try photographs.chosen(images)
        guard !chosen.isEmpty else { return }
        let peers = try runs.peers().filter { $0.name == Self.peer }
        var table = try runs.curveRuns(results.folder, Self.name, peers)
        let trials = try chosen.map { try Trial($0) }
        for trial in trials {
            try table.measure(trial, efforts: [], qualities: [], peers: peers)
        }
        // The quickest first, so that a run that is cut off has whole efforts.
        for effort in runs.efforts(efforts).sorted() {
            for trial in trials {
                try table.measure(trial, efforts: [effort], qualities: qualities, peers: [])
            }
        }
        print(EffortReport(table.sorted, peer: Self.peer).text)
    }
}

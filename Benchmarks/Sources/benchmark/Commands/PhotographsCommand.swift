internal import ArgumentParser
internal import BenchmarkData

/// `.coin` beside other codecs on photographs as large as cameras and galleries have them.
struct PhotographsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "photographs",
        abstract: "Encode larger photographs as .coin and as files of others.",
        discussion: "Rows that are there already stay, as in rate-distortion.")

    static let name = "photographs"
    static let peers = ["WebP", "AVIF"]

    @Option(parsing: .upToNextOption, help: "Efforts of the encoder, 1 to 9.")
    var efforts = [5]

    @Option(parsing: .upToNextOption, help: "Qualities.")
    var qualities = [25, 50, 75]

    @Option(
        help: """
            The folder of the photographs (default: shared/corpora/clic2025-validation beside the \
            repository).
            """)
    var folder: String?

    @Option(
        parsing: .upToNextOption,
        help: "Names of photographs (default: all; of the default folder v05, v10 and v20).")
    var images: [String] = []

    @OptionGroup var runs: CurveOptions
    @OptionGroup var results: ResultOptions

    func run() throws {
        let chosen = try Photograph.chosen(
            folder == nil && images.isEmpty ? ["v05", "v10", "v20"] : images,
            in: folder ?? Repository.path("../shared/corpora/clic2025-validation"))
        guard !chosen.isEmpty else { return }
        let peers = try runs.peers().filter { Self.peers.contains($0.name) }
        var table = try runs.curveRuns(results.folder, Self.name, peers)
        for photograph in chosen {
            try table.measure(
                Trial(photograph), efforts: runs.efforts(efforts), qualities: qualities,
                peers: peers)
        }
        print(Self.report(table.sorted).text)
    }

    static func report(_ table: Table) -> CurveReport { CurveReport(table, published: .none) }
}

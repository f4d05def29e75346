internal import ArgumentParser
internal import BenchmarkData

/// `.coin` beside other codecs on small pictures.
struct ThumbnailsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "thumbnails",
        abstract: "Encode thumbnails of the Kodak images as .coin and as files of others.",
        discussion: "Rows that are there already stay, as in rate-distortion.")

    static let name = "thumbnails"

    /// What files take of a thumbnail, in bits per pixel: headers count for more than in large pictures.
    static let rates = 0.3...4.0

    @Option(help: "The longer side of a thumbnail, in pixels.")
    var side = 128

    @Option(parsing: .upToNextOption, help: "Efforts of the encoder, 1 to 9.")
    var efforts = [5]

    @Option(parsing: .upToNextOption, help: "Qualities: about 0.4 to 4 bits per pixel.")
    var qualities = [30, 45, 60, 75, 90]

    @OptionGroup var choice: ImageChoice
    @OptionGroup var runs: CurveOptions
    @OptionGroup var photographs: PhotographOptions
    @OptionGroup var results: ResultOptions

    func run() throws {
        let chosen = try choice.photographs(photographs)
        guard !chosen.isEmpty else { return }
        let peers = try runs.peers()
        var table = try runs.curveRuns(results.folder, Self.name, peers)
        let folder = try TemporaryFolder()
        for photograph in chosen {
            let path = folder("\(photograph.name).png")
            try Command.convert([photograph.path, path, "--fit", "\(side)"]).output()
            try table.measure(
                Trial(Photograph(name: photograph.name, path: path)),
                efforts: runs.efforts(efforts), qualities: qualities, peers: peers)
        }
        print(Self.report(table.sorted).text)
    }

    static func report(_ table: Table) -> CurveReport {
        CurveReport(table, published: .none, rates: rates)
    }
}

internal import ArgumentParser
internal import BenchmarkData

/// `.coin` beside other codecs on the Kodak images.
struct RateDistortionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rate-distortion",
        abstract: "Encode and decode the Kodak images as .coin and as files of others.",
        discussion: """
            Rows that are there already stay if they were measured with the same sources of the \
            codec, or the same version of a peer, so that a run that was cut off goes on where it \
            was.
            """)

    static let name = "rate-distortion"

    @Option(parsing: .upToNextOption, help: "Efforts of the encoder, 1 to 9.")
    var efforts = [5, 1]

    @Option(parsing: .upToNextOption, help: "Qualities: about 0.08 to 1.3 bits per pixel.")
    var qualities = [24, 37, 49, 61, 73, 86]

    @OptionGroup var choice: ImageChoice
    @OptionGroup var runs: CurveOptions
    @OptionGroup var photographs: PhotographOptions
    @OptionGroup var results: ResultOptions

    func run() throws {
        let chosen = try choice.photographs(photographs)
        guard !chosen.isEmpty else { return }
        let peers = try runs.peers()
        var table = try runs.curveRuns(results.folder, Self.name, peers)
        for photograph in chosen {
            try table.measure(
                Trial(photograph), efforts: runs.efforts(efforts), qualities: qualities,
                peers: peers)
        }
        print(CurveReport(table.sorted, published: try Repository.publishedCurves()).text)
    }
}

/// Which photographs are measured.
struct ImageChoice: ParsableArguments {
    @Option(parsing: .upToNextOption, help: "Names of images, such as kodim15 (default: all).")
    var images: [String] = []

    @Option(help: "Only so many of them, the first.")
    var count: Int?

    func photographs(_ options: PhotographOptions) throws -> [Photograph] {
        let chosen = try options.chosen(images)
        return Array(chosen.prefix(count ?? chosen.count))
    }
}

/// What is measured, and which rows stay.
struct CurveOptions: ParsableArguments {
    @Flag(help: "Leave .coin out.")
    var peersOnly = false

    @Flag(help: "Leave the peers out.")
    var coinOnly = false

    @Flag(help: "Take no times, as on a machine that does other work, too.")
    var untimed = false

    @Flag(help: "Keep rows of .coin that other sources of the codec have made.")
    var keepOtherVersions = false

    /// The peers that are measured.
    func peers() throws -> [Peer] { coinOnly ? [] : try Peer.forCurves() }

    /// Those of some efforts that are measured: none without `.coin`.
    func efforts(_ all: [Int]) -> [Int] { peersOnly ? [] : all }

    func validate() throws {
        if peersOnly && coinOnly {
            throw ValidationError("--peers-only and --coin-only exclude each other")
        }
    }

    /// The runs that go on with a table, each saved as it is measured.
    func curveRuns(_ folder: ResultFolder, _ name: String, _ peers: [Peer]) throws -> CurveRuns {
        let old = try folder.read(name)
        var conditions = try Conditions.current(peers: peers.map(\.library))
        if let old { conditions.addLibraries(of: old.conditions) }
        return CurveRuns(
            table: old?.table, keepsOtherVersions: keepOtherVersions, takesTimes: !untimed,
            peak: conditions.peakGigaflops ?? .nan,
            save: { [conditions] in try folder.write($0, conditions, as: name, isQuiet: true) })
    }
}

internal import ArgumentParser
internal import BenchmarkData
internal import FormatKit

/// What more work buys: the paper's networks at several efforts.
struct PaperEffortsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "efforts",
        abstract: "Fit the paper's networks at the lowest, the default and the highest effort.",
        discussion: """
            Rows that are there already stay if they were measured with the same tool, so that a \
            run that was cut off goes on where it was.
            """)

    static let name = "paper-efforts"

    @Option(parsing: .upToNextOption, help: "Efforts of the encoder, 1 to 9.")
    var efforts = [1, 5, 9]

    @Option(parsing: .upToNextOption, help: "LAYERSxWIDTH (default: the paper's five).")
    var points: [String] = []

    @Option(parsing: .upToNextOption, help: "Names of images: every sixth, or which you like.")
    var images = ["kodim03", "kodim09", "kodim15", "kodim21"]

    @OptionGroup var photographs: PhotographOptions
    @OptionGroup var results: ResultOptions

    static let columns = [
        "image", "point", "effort", "version", "bpp_weights", "psnr_db", "ms_ssim", "encode_s",
        "encode_cpu_s", "encode_peak_mib",
    ]

    func validate() throws {
        if let wrong = points.first(where: { Architecture($0) == nil }) {
            throw ValidationError("\(wrong) is not LAYERSxWIDTH, such as 10x28")
        }
    }

    func run() throws {
        let chosen = try photographs.chosen(images)
        guard !chosen.isEmpty else { return }
        let conditions = try Conditions.current()
        let version = Repository.toolCommit()
        let networks = points.isEmpty ? Architecture.paper : points.compactMap { Architecture($0) }
        var table = try results.folder.read(Self.name)?.table ?? Table(columns: Self.columns)
        for photograph in chosen {
            let trial = try Trial(photograph)
            for network in networks {
                for effort in efforts {
                    let names = [photograph.name, "\(network)", "\(effort)", version]
                    if table.records.contains(where: { Array($0.values.prefix(4)) == names }) {
                        continue
                    }
                    let row = names + (try Self.measure(network, effort, trial))
                    table.merge(row, key: ["image", "point", "effort"])
                    print(row.joined(separator: " "))
                    try results.folder.write(sorted(table), conditions, as: Self.name)
                }
            }
        }
        print(PaperEffortsReport.text(sorted(table)))
    }

    /// The cells after the names of a row.
    private static func measure(
        _ network: Architecture, _ effort: Int, _ trial: Trial
    ) throws -> [String] {
        let runs = CoinRuns(version: "", effort: effort, epochs: nil, keepsOtherVersions: false)
        let (file, decoded) = (trial.folder("out.coin"), trial.folder("out.png"))
        let cost = try runs.command(network, trial.input("tiff"), file).measure()
        try Command.convert([file, decoded, "--overwrite"]).output()
        let difference = try Difference(trial.photograph.path, decoded)
        return [
            (Double(network.weightBits) / Double(trial.size.pixelCount)).digits(4),
            difference.psnr.digits(3), difference.similarity.digits(5), cost.seconds.digits(3),
            cost.cpuSeconds.digits(3), cost.peakMebibytes.digits(1),
        ]
    }

    private func sorted(_ table: Table) -> Table {
        table.sorted(
            by: "image",
            then: [
                ("point", Architecture.paper.map(\.description)),
                ("effort", (1...9).map(String.init)),
            ])
    }
}

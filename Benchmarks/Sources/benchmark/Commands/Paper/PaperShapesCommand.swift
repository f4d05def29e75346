internal import ArgumentParser
internal import BenchmarkData

/// Deep and narrow against shallow and wide, at the same number of parameters.
struct PaperShapesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shapes",
        abstract: "Compare networks of about equal size, 0.3 bits per pixel, of all depths.")

    @Option(help: "The effort of the encoder.")
    var effort = 3

    @Option(help: "Passes over the pixels, for trials (default: from the effort).")
    var epochs: Int?

    @Option(parsing: .upToNextOption, help: "The depths; 2 would need more than 64 neurons.")
    var layers = [3, 4, 5, 6, 8, 10, 12, 14, 16]

    @Option(parsing: .upToNextOption, help: "Names of images.")
    var images = ["kodim03", "kodim08", "kodim15", "kodim20"]

    @OptionGroup var photographs: PhotographOptions
    @OptionGroup var results: ResultOptions

    static let columns = [
        "image", "layers", "width", "parameters", "setting", "psnr_db", "ms_ssim", "encode_s",
    ]

    func run() throws {
        let chosen = try photographs.chosen(images)
        guard !chosen.isEmpty else { return }
        let conditions = try Conditions.current()
        let runs = CoinRuns(version: "", effort: effort, epochs: epochs, keepsOtherVersions: false)
        let size = Architecture(layers: 10, width: 28).parameterCount
        var table = Table(columns: Self.columns)
        for photograph in chosen {
            let trial = try Trial(photograph)
            for depth in layers {
                let network = Architecture.nearest(toParameters: size, layers: depth)
                let (file, decoded) = (trial.folder("out.coin"), trial.folder("out.png"))
                let cost = try runs.command(network, trial.input("tiff"), file).measure()
                try Command.convert([file, decoded, "--overwrite"]).output()
                let difference = try Difference(photograph.path, decoded)
                let row = [
                    photograph.name, "\(depth)", "\(network.width)", "\(network.parameterCount)",
                    runs.setting, difference.psnr.digits(3), difference.similarity.digits(5),
                    cost.seconds.digits(2),
                ]
                table.append(row)
                print(row.joined(separator: " "))
            }
        }
        try results.folder.write(table, conditions, as: "paper-shapes")
    }
}

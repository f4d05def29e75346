internal import ArgumentParser
internal import BenchmarkData
internal import FormatKit

/// Whether fits of networks of all shapes succeed on all photographs.
struct PaperRobustnessCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "robustness",
        abstract: "Fit networks of 2 to 13 layers of 8 to 64 neurons to all photographs at hand.")

    @Option(help: "Networks for each photograph; each photograph gets others.")
    var networks = 6

    @Option(help: "Passes over the pixels: few, because fits diverge early if at all.")
    var epochs = 8

    @Option(parsing: .upToNextOption, help: "Folders of photographs.")
    var folders = ["../shared/kodak", "../shared/corpora/photos-tuning"]

    @OptionGroup var results: ResultOptions

    static let columns = [
        "image", "network", "setting", "psnr_db", "flat_psnr_db", "restarts",
    ]

    func run() throws {
        let photographs = folders.flatMap { Photograph.all(in: Repository.path($0)) }
        guard !photographs.isEmpty else { return }
        let conditions = try Conditions.current()
        var table = Table(columns: Self.columns)
        var all = Architecture.spread(networks * photographs.count)[...]
        for photograph in photographs {
            let picture = try photograph.image()
            let flat = peakSignalToNoise(picture.bytes, picture.flattened)
            for network in all.prefix(networks) {
                let fit = try Fit(
                    picture, network, epochs: epochs, threadCount: conditions.coreCount)
                let row = [
                    photograph.name, "\(network)", "epochs \(epochs)",
                    fit.decodedDecibels.digits(2), flat.digits(2),
                    "\(fit.passes.last?.report.restartCount ?? 0)",
                ]
                table.append(row)
                print(row.joined(separator: " "))
            }
            all = all.dropFirst(networks)
        }
        try results.folder.write(table, conditions, as: "paper-robustness")
        print(Self.summary(table))
    }

    /// How many fits have diverged for a while, and how far the worst came.
    static func summary(_ table: Table) -> String {
        let records = table.records
        let restarted = records.count { $0["restarts"] != "0" }
        let gains = records.compactMap { record in
            Double(record["psnr_db"]).flatMap { psnr in
                Double(record["flat_psnr_db"]).map { psnr - $0 }
            }
        }
        let worst = gains.min() ?? .nan
        return "\(records.count) fits, \(restarted) with restarts; "
            + "the worst is \(worst.digits(2)) dB above a flat picture"
    }
}

extension Image {
    /// The samples of a picture of this picture's mean color.
    fileprivate var flattened: [UInt8] {
        let channelCount = header.layout.channelCount
        let means = (0..<channelCount).map { channel in
            let places = stride(from: channel, to: bytes.count, by: channelCount)
            let sum = places.reduce(0) { $0 + Int(bytes[$1]) }
            return UInt8((Double(sum * channelCount) / Double(bytes.count)).rounded())
        }
        return bytes.indices.map { means[$0 % channelCount] }
    }
}

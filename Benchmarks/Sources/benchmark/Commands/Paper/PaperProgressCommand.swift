internal import ArgumentParser
internal import BenchmarkData
internal import CoinFormat
internal import FormatKit
internal import Synchronization

/// The quality of one picture while a network is fitted to it.
struct PaperProgressCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "progress",
        abstract: "Fit 10 layers of 28 to kodim15 and write down the PSNR after every pass.")

    @Option(parsing: .upToNextOption, help: "The efforts of the encoder.")
    var efforts = [1, 5, 9]

    @Option(help: "The image.")
    var image = "kodim15"

    @OptionGroup var photographs: PhotographOptions
    @OptionGroup var results: ResultOptions

    static let columns = [
        "image", "effort", "epoch", "progress", "seconds", "psnr_db", "best_psnr_db",
    ]

    func run() throws {
        guard let photograph = try photographs.chosen([image]).first else { return }
        let conditions = try Conditions.current()
        let picture = try photograph.image()
        var table = Table(columns: Self.columns)
        for effort in efforts {
            let fit = try Fit(
                picture, Architecture(layers: 10, width: 28), effort: effort,
                threadCount: conditions.coreCount)
            for (pass, best) in zip(fit.passes, fit.passes.map(\.report.decibels).bestSoFar) {
                table.append([
                    photograph.name, "\(effort)", "\(pass.report.epoch)",
                    pass.fraction.digits(5), pass.seconds.digits(3),
                    pass.report.decibels.digits(2), best.digits(2),
                ])
            }
            // What a decoder makes of the file, which counts.
            table.append([
                photograph.name, "\(effort)", "decoded", "1", fit.seconds.digits(3),
                fit.decodedDecibels.digits(3), "",
            ])
            print(
                "effort \(effort): \(fit.seconds.digits(1)) s, \(fit.decodedDecibels.digits(2)) dB")
        }
        try results.folder.write(table, conditions, as: "paper-progress")
    }
}

/// A network being fitted in this process.
struct Fit {
    /// A pass over the pixels.
    struct Pass {
        let report: FitReport
        let fraction: Double
        /// Since the start.
        let seconds: Double
    }

    let passes: [Pass]
    let seconds: Double
    /// The PSNR of the decoded file.
    let decodedDecibels: Double
    /// The time of decoding, in this process.
    let decodingSeconds: Double

    init(
        _ picture: Image, _ network: Architecture, effort: Int? = nil, epochs: Int? = nil,
        threadCount: Int
    ) throws {
        let passes = Mutex<[Pass]>([])
        let clock = ContinuousClock()
        let start = clock.now
        let context = CodecContext(
            threadCount: threadCount,
            progress: { progress in
                guard let report = FitReport(progress.detail) else { return }
                let seconds = (clock.now - start) / .seconds(1)
                passes.withLock {
                    $0.append(Pass(report: report, fraction: progress.fraction, seconds: seconds))
                }
            })
        var options = [
            "architecture": "siren", "layers": "\(network.layers)",
            "width": "\(network.width)",
        ]
        if let epochs { options["epochs"] = "\(epochs)" }
        let stream = try picture.encoded(
            as: .coin, options: options, effort: effort, context: context)
        seconds = (clock.now - start) / .seconds(1)
        self.passes = passes.withLock { $0 }
        let begin = clock.now
        let decoded = try CoinDecoder(
            parsing: stream, context: CodecContext(threadCount: threadCount)
        ).decode(region: PixelRegion(picture.header.size))
        decodingSeconds = (clock.now - begin) / .seconds(1)
        decodedDecibels = peakSignalToNoise(picture.bytes, decoded.bytes)
    }
}

internal import ArgumentParser
internal import FormatKit

/// Rate, distortion and speed on photographs, with the peers at the same file size.
struct KodakCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kodak",
        abstract: "Encode and decode the Kodak images as .coin, JPEG and WebP of equal size.")

    @OptionGroup var fit: FitOptions
    @OptionGroup var photographs: PhotographOptions
    @OptionGroup var results: ResultOptions

    @Option(parsing: .upToNextOption, help: "Names of images, such as kodim15 (default: all).")
    var images: [String] = []

    static let columns = [
        "image", "codec", "setting", "fits", "bytes", "bpp", "psnr_db", "ms_ssim", "encode_s",
        "encode_cpu_s", "encode_peak_mib", "decode_s", "decode_cpu_s", "decode_peak_mib",
    ]

    func run() throws {
        let all = photographs.photographs
        if let missing = images.first(where: { name in !all.contains { $0.name == name } }) {
            throw ValidationError("there is no image \(missing)")
        }
        let chosen = images.isEmpty ? all : all.filter { images.contains($0.name) }
        guard !chosen.isEmpty else { return }
        let peers = try Peer.installed()
        let conditions = try Conditions.current(peers: peers.map(\.library))
        var table = Table(columns: Self.columns)
        for photograph in chosen {
            for row in try measure(photograph, peers) {
                table.append(row)
                print(row.joined(separator: " "))
            }
        }
        for mean in KodakReport.means(of: table) { print(mean.joined(separator: " ")) }
        try results.folder.write(table, conditions, as: "kodak")
    }

    private func measure(_ photograph: Photograph, _ peers: [Peer]) throws -> [[String]] {
        let folder = try TemporaryFolder()
        let trial = Trial(
            photograph: photograph, input: folder("in.tiff"), decoded: folder("out.png"),
            pixelCount: try photograph.image().header.size.pixelCount)
        try Command.convert([photograph.path, trial.input]).output()
        let coin = folder("out.coin")
        let encoding = try Command.convert([trial.input, coin, "--quiet"] + fit.arguments).measure()
        let decoding = try Command.convert([coin, trial.decoded]).measure()
        var rows = [
            try trial.row("coin", fit.setting, file: coin, encoding: encoding, decoding: decoding)
        ]
        for peer in peers {
            let file = folder("out.\(peer.fileExtension)")
            let (quality, encoding, fits) = try peer.encode(
                trial.input, to: file, notLargerThan: fileSize(coin))
            let decoding = try peer.decode(file, trial.decoded).measure()
            rows.append(
                try trial.row(
                    peer.name, "quality \(quality)", fits: fits, file: file, encoding: encoding,
                    decoding: decoding))
        }
        return rows
    }
}

/// One photograph on its way through several codecs.
private struct Trial {
    let photograph: Photograph
    let input: String
    let decoded: String
    let pixelCount: Int

    /// The row of a codec that has encoded ``input`` to `file` and this to ``decoded``.
    func row(
        _ codec: String, _ setting: String, fits: Bool = true, file: String,
        encoding: Command.Cost, decoding: Command.Cost
    ) throws -> [String] {
        let byteCount = try fileSize(file)
        let difference = try Difference(photograph.path, decoded)
        return [
            photograph.name, codec, setting, fits ? "yes" : "no", "\(byteCount)",
            (Double(byteCount * 8) / Double(pixelCount)).digits(4), difference.psnr.digits(3),
            difference.similarity.digits(5),
        ]
            + [encoding, decoding].flatMap {
                [$0.seconds.digits(3), $0.cpuSeconds.digits(3), $0.peakMebibytes.digits(1)]
            }
    }
}

internal import BenchmarkData
internal import FormatKit

/// The table of files of several codecs, and how its rows are measured.
struct PaperRateDistortion {
    static let name = "paper-rate-distortion"
    static let columns = [
        "image", "codec", "point", "setting", "version", "fits", "limit_bytes", "bytes",
        "weights_bits", "bpp", "bpp_weights", "psnr_db", "ms_ssim", "encode_s", "encode_cpu_s",
        "encode_peak_mib", "decode_s", "decode_peak_mib",
    ]
    private static let key = ["image", "codec", "point"]

    /// Rates between those of the paper's networks, for smooth curves of the peers.
    private static let rates = [0.11, 0.2, 0.25, 0.4, 0.85]

    private(set) var table: Table
    let coin: CoinRuns
    private var coinByteCounts: [String: Int] = [:]

    init(table: Table, coin: CoinRuns) {
        self.table = table
        self.coin = coin
    }

    /// The table in its lasting order.
    var sorted: Table {
        table.sorted(
            by: "image",
            then: [
                ("codec", ["coin"] + Peer.names),
                ("point", Architecture.paper.map(\.description)),
            ])
    }

    /// Measures `.coin` with a network.
    mutating func measure(_ network: Architecture, _ trial: Trial) throws {
        let isThere = has(
            [
                "image": trial.photograph.name, "codec": "coin", "point": "\(network)",
                "setting": coin.setting,
            ]
            .merging(coin.keepsOtherVersions ? [:] : ["version": coin.version]) { $1 })
        if isThere { return }
        let (file, decoded) = (trial.folder("out.coin"), trial.folder("coin.png"))
        let encoding = try coin.command(network, trial.input("tiff"), file).measure()
        let decoding = try Command.convert([file, decoded, "--overwrite"]).measure()
        let outcome = Encodings.Outcome(
            byteCount: try fileSize(file), encoding: encoding, decoding: decoding,
            difference: try Difference(trial.photograph.path, decoded))
        add(
            [
                trial.photograph.name, "coin", "\(network)", coin.setting, coin.version, "yes", "",
            ], outcome, weightBits: network.weightBits, trial.size)
    }

    /// Measures a peer at the sizes of `.coin` files, at rates between, and at constant quality.
    mutating func measure(_ peer: Peer, _ networks: [Architecture], _ trial: Trial) throws {
        let encodings = Encodings(peer, trial)
        let limits =
            try networks.map { ("\($0)", try coinByteCount($0, trial)) }
            + Self.rates.map { ("\($0) bpp", Int($0 * Double(trial.size.pixelCount) / 8)) }
        let name = trial.photograph.name
        for (point, limit) in limits {
            let isThere = has([
                "image": name, "codec": peer.name, "point": point, "version": peer.library,
                "limit_bytes": "\(limit)",
            ])
            if isThere { continue }
            let (quality, fits) = try encodings.quality(notLargerThan: limit)
            add(
                [
                    name, peer.name, point, "quality \(quality)", peer.library,
                    fits ? "yes" : "no", "\(limit)",
                ], try encodings.outcome(quality), trial.size)
        }
        for quality in peer.constantQualities {
            let point = "quality \(quality)"
            let isThere = has([
                "image": name, "codec": peer.name, "point": point, "version": peer.library,
            ])
            if isThere { continue }
            add(
                [name, peer.name, point, point, peer.library, "", ""],
                try encodings.outcome(quality), trial.size)
        }
    }

    private func has(_ cells: [String: String]) -> Bool {
        table.records.contains { row in cells.allSatisfy { row[$0.key] == $0.value } }
    }

    private mutating func add(
        _ names: [String], _ outcome: Encodings.Outcome, weightBits: Int? = nil, _ size: ImageSize
    ) {
        let pixels = Double(size.pixelCount)
        let row =
            names + [
                "\(outcome.byteCount)", weightBits.map { "\($0)" } ?? "",
                (Double(outcome.byteCount * 8) / pixels).digits(4),
                weightBits.map { (Double($0) / pixels).digits(4) } ?? "",
                outcome.difference.psnr.digits(3), outcome.difference.similarity.digits(5),
                outcome.encoding.seconds.digits(3), outcome.encoding.cpuSeconds.digits(3),
                outcome.encoding.peakMebibytes.digits(1), outcome.decoding.seconds.digits(3),
                outcome.decoding.peakMebibytes.digits(1),
            ]
        table.merge(row, key: Self.key)
        print(row.joined(separator: " "))
    }

    /// The size of a `.coin` file, which the network and the picture's size decide, but not how
    /// long it is fitted.
    private mutating func coinByteCount(_ network: Architecture, _ trial: Trial) throws -> Int {
        let key = "\(network) \(trial.size)"
        if let known = coinByteCounts[key] { return known }
        let quick = CoinRuns(version: "", effort: nil, epochs: 1, keepsOtherVersions: false)
        try quick.command(network, trial.input("tiff"), trial.folder("size.coin")).output()
        let byteCount = try fileSize(trial.folder("size.coin"))
        coinByteCounts[key] = byteCount
        return byteCount
    }
}

internal import BenchmarkData
internal import FormatKit

/// Measures `.coin` and its peers at several qualities, and keeps the table of what is measured.
///
/// Rows that are there stay as long as what made them is the same: for `.coin` the sources of the
/// codec, for peers their version. The table is saved after each row. A run that takes no times
/// leaves their columns empty; one that does measures such rows again.
struct CurveRuns {
    private(set) var table: Table
    private let version: String
    private let keepsOtherVersions: Bool
    private let peak: String
    private let takesTimes: Bool
    private let save: (Table) throws -> Void

    init(
        table: Table?, keepsOtherVersions: Bool, takesTimes: Bool, peak: Double,
        save: @escaping (Table) throws -> Void
    ) {
        self.table = table ?? Table(columns: CurveRecords.columns)
        version = Repository.codecVersion()
        self.keepsOtherVersions = keepsOtherVersions
        self.takesTimes = takesTimes
        self.peak = peak.digits(1)
        self.save = save
    }

    /// The table in its lasting order.
    var sorted: Table {
        table.sorted(
            by: "image",
            then: [
                ("codec", [CurveRecords.coin] + Peer.names),
                ("effort", (1...9).map(String.init)),
                ("quality", (0...4000).map(String.init)),
            ])
    }

    /// Measures `.coin` at some efforts and qualities, and peers at their qualities.
    mutating func measure(
        _ trial: Trial, efforts: [Int], qualities: [Int], peers: [Peer]
    ) throws {
        for effort in efforts {
            for quality in qualities { try measure(effort: effort, quality: quality, trial) }
        }
        for peer in peers { try measure(peer, trial) }
    }

    /// Measures `.coin` at an effort and a quality.
    private mutating func measure(effort: Int, quality: Int, _ trial: Trial) throws {
        let names = [trial.photograph.name, CurveRecords.coin, "\(effort)", "\(quality)"]
        if has(names, version: keepsOtherVersions ? nil : version) { return }
        let (file, decoded) = (trial.folder("out.coin"), trial.folder("out.ppm"))
        let encoding = try Command.convert([
            trial.input("tiff"), file, "--quiet", "--overwrite", "--effort", "\(effort)",
            "--quality", "\(quality)",
        ]).measure()
        let decoding = try Command.convert([file, decoded, "--quiet", "--overwrite"]).measure()
        let outcome = Encodings.Outcome(
            byteCount: try fileSize(file), encoding: encoding, decoding: decoding,
            difference: try Difference(trial.photograph.path, decoded))
        try add(names + [version], outcome, trial.size)
    }

    /// Measures a peer at its qualities.
    private mutating func measure(_ peer: Peer, _ trial: Trial) throws {
        let encodings = Encodings(peer, trial)
        for quality in peer.constantQualities {
            let names = [trial.photograph.name, peer.name, "", "\(quality)"]
            if has(names, version: peer.library) { continue }
            try add(names + [peer.library], try encodings.outcome(quality), trial.size)
        }
    }

    private func has(_ names: [String], version: String?) -> Bool {
        table.records.contains { row in
            zip(CurveRecords.key, names).allSatisfy { row[$0] == $1 }
                && (version.map { $0 == row["version"] } ?? true)
                && (!takesTimes || !row["encode_s"].isEmpty)
        }
    }

    private mutating func add(
        _ names: [String], _ outcome: Encodings.Outcome, _ size: ImageSize
    ) throws {
        let row =
            names + [
                "\(outcome.byteCount)",
                (Double(outcome.byteCount * 8) / Double(size.pixelCount)).digits(4),
                outcome.difference.psnr.digits(3), outcome.difference.similarity.digits(5),
            ]
            + [outcome.encoding, outcome.decoding].flatMap {
                (takesTimes ? [$0.seconds.digits(3), $0.cpuSeconds.digits(3)] : ["", ""])
                    + [$0.peakMebibytes.digits(1)]
            } + [takesTimes ? peak : ""]
        table.merge(row, key: CurveRecords.key)
        print(row.joined(separator: " "))
        try save(sorted)
    }
}

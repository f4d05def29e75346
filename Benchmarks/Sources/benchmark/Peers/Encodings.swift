internal import BenchmarkData

internal import FormatKit

/// One image on its way through one peer, each quality only once.
final class Encodings {
    /// What came of one quality.
    struct Outcome {
        let byteCount: Int
        let encoding: Command.Cost
        let decoding: Command.Cost
        let difference: Difference
    }

    private let peer: Peer
    private let trial: Trial
    private var byteCounts: [Int: Int] = [:]
    private var outcomes: [Int: Outcome] = [:]

    init(_ peer: Peer, _ trial: Trial) {
        self.peer = peer
        self.trial = trial
    }

    private var file: String { trial.folder("out.\(peer.fileExtension)") }
    private var input: String { trial.input(peer.input) }

    private func byteCount(_ quality: Int) throws -> Int {
        if let known = byteCounts[quality] { return known }
        try peer.encode(input, file, quality).output()
        let byteCount = try fileSize(file)
        byteCounts[quality] = byteCount
        return byteCount
    }

    /// The highest quality whose file is not larger than `limit`; where even the lowest is
    /// larger, that one, which does not fit.
    func quality(notLargerThan limit: Int) throws -> (quality: Int, fits: Bool) {
        let quality = try peer.qualities.last { try byteCount($0) <= limit }
        return (quality ?? peer.qualities.lowerBound, quality != nil)
    }

    func outcome(_ quality: Int) throws -> Outcome {
        if let known = outcomes[quality] { return known }
        let encoding = try peer.encode(input, file, quality).measure()
        let decoded = trial.folder("out.\(peer.output)")
        let decoding = try peer.decode(file, decoded).measure()
        let outcome = Outcome(
            byteCount: try fileSize(file), encoding: encoding, decoding: decoding,
            difference: try Difference(trial.photograph.path, decoded))
        outcomes[quality] = outcome
        return outcome
    }
}

/// One photograph in the formats that encoders read.
final class Trial {
    let photograph: Photograph
    let size: ImageSize
    let folder: TemporaryFolder

    init(_ photograph: Photograph) throws {
        self.photograph = photograph
        size = try photograph.image().header.size
        folder = try TemporaryFolder()
        try Command.convert([photograph.path, input("ppm")]).output()
        try Command.convert([photograph.path, input("tiff")]).output()
    }

    /// The photograph as a file of a format.
    func input(_ fileExtension: String) -> String {
        fileExtension == "png" ? photograph.path : folder("in.\(fileExtension)")
    }
}

import FormatKit

/// How a TIFF file is to be encoded.
struct TIFFOptions {
    let compression: TIFFCompression
    /// `nil` to decide by the compression and the samples.
    let usesPredictor: Bool?
    /// 0 for strips.
    let tileSize: Int
    /// `nil` to decide by size.
    let isBig: Bool?
    /// Of Deflate or Zstandard.
    let level: Int
    /// Of JPEG and WebP; 0 is without loss.
    let quality: Int
    /// The largest error that LERC may make.
    let maximumError: Double

    /// The options as help shows them.
    ///
    /// Deflate is the default: with the predictor and at effort 6, kodim15 takes 632 kB in 26 ms,
    /// with LZW 731 kB in 13 ms, uncompressed 1180 kB; at effort 1 Deflate takes 660 kB in 8 ms.
    static let specs = [
        OptionSpec(
            "compression", .choice(TIFFCompression.available.map(\.rawValue)), default: "deflate",
            summary: "how samples are compressed; jpeg, and webp with a quality, lose some"),
        OptionSpec(
            "predictor", .choice(["auto", "on", "off"]), default: "auto",
            summary: "whether differences along rows are compressed; auto: where it can be"),
        OptionSpec(
            "lerc-error", .real(0...1e9), default: "0",
            summary: "the largest error of a sample that lerc may make; 0 makes none"),
        OptionSpec(
            "tile", .integer(0...8192), default: "0",
            summary: "the size of square tiles, a multiple of 16; 0 writes strips"),
        OptionSpec(
            "bigtiff", .choice(["auto", "on", "off"]), default: "auto",
            summary: "whether offsets have 64 bits; auto: if the file could reach 4 GiB"),
    ]

    /// Reads the settings.
    init(_ settings: WriteSettings) throws(ImageError) {
        try settings.checkRanges()
        let options = settings.options
        compression = options.choice("compression").flatMap(TIFFCompression.init) ?? .deflate
        usesPredictor = Self.flag(options.choice("predictor"))
        if usesPredictor == true, !compression.takesPredictor {
            throw .invalidOption(
                name: "tiff.predictor",
                reason: "\(compression.rawValue) compression has no predictor")
        }
        tileSize = options.integer("tile") ?? 0
        guard tileSize % 16 == 0 else {
            throw .invalidOption(name: "tiff.tile", reason: "\(tileSize) is not a multiple of 16")
        }
        isBig = Self.flag(options.choice("bigtiff"))
        let effort = settings.effort ?? 6
        level = compression == .zstd ? [1, 3, 5, 7, 9, 9, 12, 15, 19][effort - 1] : effort
        quality = try Self.quality(compression, settings)
        maximumError = options.real("lerc-error") ?? 0
        if settings.isLossless, compression == .lerc, maximumError > 0 {
            throw .invalidOption(name: "tiff.lerc-error", reason: "a lossless file has no error")
        }
    }

    /// Whether decoding gives exactly the samples that were written.
    var isExact: Bool {
        switch compression {
        case .jpeg: false
        case .webp: quality == 0
        case .lerc: maximumError == 0
        case .none, .ccitt, .lzw, .deflate, .packbits, .zstd: true
        }
    }

    private static func flag(_ word: String?) -> Bool? {
        switch word {
        case "on": true
        case "off": false
        default: nil
        }
    }

    /// WebP loses nothing unless a quality is given, JPEG always does.
    private static func quality(
        _ compression: TIFFCompression, _ settings: WriteSettings
    ) throws(ImageError) -> Int {
        switch compression {
        case .jpeg:
            guard !settings.isLossless else {
                throw .invalidOption(name: "tiff.compression", reason: "jpeg is always lossy")
            }
            return max(1, Int((settings.quality ?? 90).rounded()))
        case .webp:
            guard let quality = settings.quality, !settings.isLossless else { return 0 }
            return max(1, Int(quality.rounded()))
        default: return 0
        }
    }

    /// Whether offsets have 64 bits for images whose samples and metadata have such sizes.
    func isBig(sampleByteCount: Int, metadataByteCount: Int) -> Bool {
        if let isBig { return isBig }
        let (product, overflow) = sampleByteCount.multipliedReportingOverflow(
            by: compression.worstPerMille)
        // The directory and its strip offsets, generously.
        let margin = 16 << 20
        return overflow || product / 1000 + metadataByteCount + margin >= 1 << 32
    }
}

import FormatKit

/// How a TIFF file is to be encoded.
struct TIFFOptions {
    /// The compressions that are written, with the numbers of TIFF 6.0 and of Adobe's Deflate.
    enum Compression: String, CaseIterable {
        case none, lzw, deflate, packbits

        var code: UInt16 {
            switch self {
            case .none: 1
            case .lzw: 5
            case .deflate: 8
            case .packbits: 32773
            }
        }

        /// Whether the horizontal predictor goes with it.
        var takesPredictor: Bool { self == .lzw || self == .deflate }

        /// An upper bound on the compressed size, per mille: LZW turns 8 bits into up to 12,
        /// PackBits adds a byte to 128, Deflate five to 16 384.
        var worstPerMille: Int {
            switch self {
            case .none: 1000
            case .lzw: 1500
            case .deflate: 1001
            case .packbits: 1008
            }
        }
    }

    let compression: Compression
    let usesPredictor: Bool
    /// 0 for strips.
    let tileSize: Int
    /// `nil` to decide by size.
    let isBig: Bool?
    /// 1…9.
    let deflateLevel: Int

    /// The options as help shows them.
    ///
    /// Deflate is the default: with the predictor and at effort 6, kodim15 takes 632 kB in 26 ms,
    /// with LZW 731 kB in 13 ms, uncompressed 1180 kB; at effort 1 Deflate takes 660 kB in 8 ms.
    static let specs = [
        OptionSpec(
            "compression", .choice(Compression.allCases.map(\.rawValue)), default: "deflate",
            summary: "how samples are compressed, always without loss"),
        OptionSpec(
            "predictor", .choice(["auto", "on", "off"]), default: "auto",
            summary: "whether differences along rows are compressed; auto: with lzw and deflate"),
        OptionSpec(
            "tile", .integer(0...8192), default: "0",
            summary: "the size of square tiles, a multiple of 16; 0 writes strips"),
        OptionSpec(
            "bigtiff", .choice(["auto", "on", "off"]), default: "auto",
            summary: "whether offsets have 64 bits; auto: if the file could reach 4 GiB"),
    ]

    /// Reads the settings.
    init(_ settings: WriteSettings) throws(ImageError) {
        let options = settings.options
        compression = options.choice("compression").flatMap(Compression.init) ?? .deflate
        switch options.choice("predictor") {
        case "on":
            guard compression.takesPredictor else {
                throw .invalidOption(
                    name: "tiff.predictor",
                    reason: "\(compression.rawValue) compression has no predictor")
            }
            usesPredictor = true
        case "off": usesPredictor = false
        default: usesPredictor = compression.takesPredictor
        }
        tileSize = options.integer("tile") ?? 0
        guard tileSize % 16 == 0 else {
            throw .invalidOption(name: "tiff.tile", reason: "\(tileSize) is not a multiple of 16")
        }
        switch options.choice("bigtiff") {
        case "on": isBig = true
        case "off": isBig = false
        default: isBig = nil
        }
        deflateLevel = min(9, max(1, settings.effort ?? 6))
    }

    /// Whether offsets have 64 bits for an image whose samples and metadata have such sizes.
    func isBig(sampleByteCount: Int, metadataByteCount: Int) -> Bool {
        if let isBig { return isBig }
        let (product, overflow) = sampleByteCount.multipliedReportingOverflow(
            by: compression.worstPerMille)
        // The directory and its strip offsets, generously.
        let margin = 16 << 20
        return overflow || product / 1000 + metadataByteCount + margin >= 1 << 32
    }
}

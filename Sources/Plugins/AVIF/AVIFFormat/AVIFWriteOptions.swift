internal import CAVIFShim
internal import FormatKit

/// How to write an AVIF file.
struct AVIFWriteOptions {
    /// The bits of a sample in the file.
    let depth: Int
    let chroma: cavif_chroma
    let quantizer: Int
    let alphaQuantizer: Int
    let speed: Int
    let isLossless: Bool

    /// What avifenc makes of its own defaults, nearly.
    static let defaultQuality = 60.0
    private static let defaultEffort = 4
    /// From this quality on, blurred chroma would be the worst of the losses.
    private static let fullChromaQuality = 90.0

    /// Faster, libaom leaves out small differences between pictures whatever it is asked for.
    private static let fastestLosslessSequence = 6

    static let specs = [
        OptionSpec(
            "subsampling", .choice(["auto", "444", "422", "420"]), default: "auto",
            summary: "samples of chroma: all, every second of a row, or of every second row too;"
                + " auto takes all from quality 90 on"),
        OptionSpec(
            "depth", .choice(["8", "10", "12"]), default: "8, for 16-bit samples 10 or 12",
            summary: "bits a sample in the file"),
        OptionSpec(
            "speed", .integer(0...10), default: "10 less the effort, or 6",
            summary: "libavif's speed, from 0 (slowest, smallest) to 10"),
        OptionSpec(
            "alpha-quality", .integer(0...100), default: "100",
            summary: "the quality of transparency, 100 keeps it exactly"),
    ]

    init(_ settings: WriteSettings, for header: ImageHeader) throws(ImageError) {
        try settings.checkRanges()
        let effort = settings.effort ?? Self.defaultEffort
        let quality = settings.quality ?? Self.defaultQuality
        let options = settings.options
        isLossless = settings.isLossless
        let speed = options.integer("speed") ?? 10 - effort
        let isLosslessSequence = isLossless && header.frameCount > 1
        self.speed = isLosslessSequence ? min(speed, Self.fastestLosslessSequence) : speed
        quantizer = isLossless ? 0 : Self.quantizer(quality)
        alphaQuantizer = Self.quantizer(Double(options.integer("alpha-quality") ?? 100))
        depth = try Self.depth(options, for: header, isLossless: isLossless)
        let subsampling = options.choice("subsampling") ?? "auto"
        if isLossless {
            guard ["auto", "444"].contains(subsampling) else {
                throw .invalidOption(
                    name: "avif.subsampling", reason: "\(subsampling) is not lossless")
            }
            guard alphaQuantizer == 0 else {
                throw .invalidOption(name: "avif.alpha-quality", reason: "only for lossy files")
            }
        }
        if header.layout.model == .gray {
            chroma = .none
        } else {
            let isFull = isLossless || quality >= Self.fullChromaQuality
            chroma =
                ["444": .full, "422": .half, "420": .quarter][subsampling]
                ?? (isFull ? .full : .quarter)
        }
    }

    /// What is lost of samples that have more bits than the file, and of damaged metadata.
    static func losses(_ header: ImageHeader, _ settings: WriteSettings) -> [Loss] {
        var losses: [Loss] = []
        if let depth = try? AVIFWriteOptions(settings, for: header).depth,
            header.significantBits > depth
        {
            losses.append(.bitDepth(from: header.significantBits, to: depth))
        }
        let metadata = header.metadata
        if metadata.exif != nil, AVIFWriter.exif(metadata) == nil {
            losses.append(.metadata(.exif))
        }
        return losses
    }

    /// libavif's scale: 63 is worst.
    private static func quantizer(_ quality: Double) -> Int {
        Int(((100 - quality) * 63 / 100).rounded())
    }

    private static func depth(
        _ options: OptionValues, for header: ImageHeader, isLossless: Bool
    ) throws(ImageError) -> Int {
        let isDeep = header.layout.sample == .uint16
        let natural = !isDeep ? 8 : header.significantBits <= 10 ? 10 : 12
        guard let text = options.choice("depth"), let depth = Int(text) else { return natural }
        if isLossless, depth != natural {
            throw .invalidOption(
                name: "avif.depth", reason: "\(depth) does not keep these samples exactly")
        }
        return depth
    }

    /// The code points, with the matrix that leaves RGB alone or that of most AVIF files.
    ///
    /// Where a profile describes colors alone, they are unspecified.
    func color(_ metadata: ImageMetadata) -> cavif_code_points {
        let unspecified = ColorCodePoints(primaries: 2, transfer: 2)
        let codes = metadata.codePoints ?? (metadata.icc == nil ? .sRGB : unspecified)
        return cavif_code_points(
            primaries: UInt16(codes.primaries), transfer: UInt16(codes.transfer),
            matrix: isLossless && chroma != .none ? 0 : 6, is_full_range: 1)
    }
}

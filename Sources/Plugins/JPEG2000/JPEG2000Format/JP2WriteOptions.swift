internal import FormatKit

/// How to write a codestream.
struct JP2WriteOptions {
    let isLossless: Bool
    /// The bits of a sample.
    let depth: Int
    /// Whether the depth is taken only if all samples survive it.
    let isDepthTentative: Bool
    let tileSize: ImageSize
    let levels: Int
    let progression: Int
    /// For each layer its signal-to-noise ratio in dB, or how many times smaller it is than samples.
    let layers: [Float]
    let hasRatiosOfNoise: Bool
    /// Whether what archives ask for is written: see `docs/decisions/0016-jpeg-2000.md`.
    let isArchival: Bool

    static let defaultQuality = 75.0

    static let specs = [
        OptionSpec(
            "profile", .choice(["none", "archive"]), default: "none",
            summary: "archive: lossless unless a quality is given, tiles of 1024, 6 levels, RPCL,"
                + " 12 layers, precincts, markers and indices for parts"),
        OptionSpec(
            "rate", .real(0.01...96), default: "from the quality",
            summary: "bits a pixel (lossy)"),
        OptionSpec(
            "tile", .integer(0...65_535), default: "0 up to 16 megapixels, beyond 2048",
            summary: "width and height of a tile, 0 for a single one"),
        OptionSpec(
            "levels", .integer(0...10), default: "5",
            summary: "how often the picture is halved, if it is large enough"),
        OptionSpec(
            "layers", .integer(1...50), default: "1",
            summary: "steps of quality, each a file that is cut there"),
        OptionSpec(
            "progression", .choice(CodingStyle.progressions.map { $0.lowercased() }),
            default: "lrcp", summary: "what comes first: layers, resolutions, positions, components"
        ),
        OptionSpec(
            "depth", .integer(1...16), default: "as many as the input has",
            summary: "bits a sample in the file"),
    ]

    /// What archives ask for.
    private enum Archive {
        static let tile = 1024
        static let levels = 6
        static let layers = 12
        static let progression = 2
    }

    /// Up to here a picture is one tile: more would take much memory.
    private static let largestSingleTile = 1 << 24
    private static let usualTile = 2048

    init(
        _ settings: WriteSettings, for header: ImageHeader, _ format: FormatID
    ) throws(ImageError) {
        try settings.checkRanges()
        let options = settings.options
        isArchival = options.choice("profile") == "archive"
        let rate = options.real("rate")
        if settings.isLossless, rate != nil {
            throw .invalidOption(name: "\(format).rate", reason: "only for lossy files")
        }
        if settings.quality != nil, rate != nil {
            throw .invalidOption(
                name: "\(format).rate", reason: "a quality is given, too; one of them decides")
        }
        isLossless = settings.isLossless || (isArchival && settings.quality == nil && rate == nil)
        tileSize = try Self.tileSize(
            options.integer("tile") ?? (isArchival ? Archive.tile : nil), header, format)
        let asked = options.integer("levels") ?? (isArchival ? Archive.levels : 5)
        let side = min(
            tileSize.width, tileSize.height, header.size.width, header.size.height)
        levels = min(asked, Int.bitWidth - 1 - side.leadingZeroBitCount)
        progression =
            options.choice("progression").flatMap {
                CodingStyle.progressions.firstIndex(of: $0.uppercased())
            } ?? (isArchival ? Archive.progression : 0)
        let layerCount = options.integer("layers") ?? (isArchival ? Archive.layers : 1)
        let isOneTile =
            tileSize.width >= header.size.width && tileSize.height >= header.size.height
        (depth, isDepthTentative) = try Self.depth(
            options.integer("depth"), header, isLossless: isLossless, isOneTile: isOneTile, format)
        hasRatiosOfNoise = !isLossless && rate == nil
        let bits = Double(depth * header.layout.channelCount)
        layers =
            hasRatiosOfNoise
            ? Self.ratiosOfNoise(settings.quality ?? Self.defaultQuality, layerCount)
            : Self.ratiosOfSize(last: rate.map { bits / $0 } ?? 1, layerCount)
    }

    /// - Throws: ``ImageError`` if there are more tiles than a file can have, or too much is in one.
    private static func tileSize(
        _ side: Int?, _ header: ImageHeader, _ format: FormatID
    ) throws(ImageError) -> ImageSize {
        let size = header.size
        let usual = size.pixelCount <= largestSingleTile ? 0 : usualTile
        let side = side ?? usual
        let tile = side == 0 ? size : ImageSize(width: side, height: side)
        let columns = size.width.dividedRoundingUp(by: tile.width)
        let rows = size.height.dividedRoundingUp(by: tile.height)
        guard columns.multipliedClamped(by: rows) <= 65_535 else {
            throw .unstorable(format, "\(columns)x\(rows) tiles, at most 65535 have a number")
        }
        let pixelCount = min(tile.width, size.width) * min(tile.height, size.height)
        guard pixelCount.multipliedClamped(by: header.layout.bytesPerPixel) <= Int(UInt32.max)
        else {
            throw .unstorable(format, "a tile of \(tile): OpenJPEG takes at most 4 GiB in one")
        }
        return tile
    }

    /// The bits of a sample: those that carry information, unless samples may have others all the
    /// same and all are to be kept.
    private static func depth(
        _ asked: Int?, _ header: ImageHeader, isLossless: Bool, isOneTile: Bool,
        _ format: FormatID
    ) throws(ImageError) -> (bits: Int, isTentative: Bool) {
        let sampleBits = header.layout.sample.bitCount
        let natural = min(header.codedBitCount, sampleBits)
        if let asked {
            guard asked <= sampleBits, !isLossless || asked >= natural else {
                throw .invalidOption(
                    name: "\(format).depth",
                    reason: asked > sampleBits
                        ? "\(asked) for samples of \(sampleBits) bits"
                        : "\(asked) does not keep these samples exactly")
            }
            return (asked, false)
        }
        guard isLossless, natural < sampleBits else { return (natural, false) }
        if case .packedGray(let bits) = header.storage, bits == natural { return (natural, false) }
        return isOneTile ? (natural, true) : (sampleBits, false)
    }

    /// From 24 dB at quality 0 up to 40 at 80 and 50 at 100; layers below lie 4 dB apart.
    private static func ratiosOfNoise(_ quality: Double, _ count: Int) -> [Float] {
        let last = quality < 80 ? 24 + quality / 5 : 40 + (quality - 80) / 2
        return (0..<count).map {
            Float(max(1 + Double($0) / 100, last - 4 * Double(count - 1 - $0)))
        }
    }

    /// Layers below are smaller by the square root of 2 each; 1 keeps everything.
    private static func ratiosOfSize(last: Double, _ count: Int) -> [Float] {
        var ratios: [Double] = [max(1, last)]
        // The first step below everything leaves out what hardly anybody sees.
        var next = last <= 1 ? 4 : last * 2.squareRoot()
        while ratios.count < count {
            ratios.append(next)
            next *= 2.squareRoot()
        }
        return ratios.reversed().map { Float($0) }
    }

    /// The memory that writing takes, in bytes: a row of tiles, and what the library makes of one.
    func heldByteCount(_ header: ImageHeader) -> Int {
        let (size, layout) = (header.size, header.layout)
        let rows = min(tileSize.height, size.height)
        let row = ImageSize(width: size.width, height: rows)
        let tile = ImageSize(width: min(tileSize.width, size.width), height: rows)
        let tileCount =
            size.width.dividedRoundingUp(by: tileSize.width)
            * size.height.dividedRoundingUp(by: tileSize.height)
        return row.byteCount(perPixel: layout.bytesPerPixel)
            .addingClamped(
                tile.byteCount(
                    perPixel: Self.memoryPerSample(layout) * layout.channelCount)
            )
            .addingClamped(
                CodestreamCost.structure(
                    tileCount: tileCount, componentCount: layout.channelCount))
    }

    /// What OpenJPEG was seen to take (`docs/notes/memory.md`).
    private static func memoryPerSample(_ layout: PixelLayout) -> Int {
        8 + 2 * layout.sample.byteCount
    }
}

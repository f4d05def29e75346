internal import FormatKit

/// What a user may choose about networks of sines, resolved for one image.
struct SirenPlan: Sendable, Equatable {
    let grid: TileGrid
    /// The network of every tile, unless their sizes are adapted to the tiles.
    let descriptor: SirenDescriptor
    /// How the parameters of all tiles are divided among them.
    let allocation: TileAllocation
    let fit: FitSettings
    /// The number of sine layers that the user wants.
    private let layers: Int?

    static let specs: [OptionSpec] = [
        OptionSpec(
            "bpp", .real(0.001...8), default: "0.3, or from --quality, of which 50 is 0.3",
            summary: "bits per pixel; picks layers, width and tiles"),
        OptionSpec(
            "layers", .integer(SirenDescriptor.layerCountRange), default: "from bpp",
            summary: "sine layers of each network"),
        OptionSpec(
            "width", .integer(SirenDescriptor.widthRange), default: "from bpp",
            summary: "neurons of each sine layer"),
        OptionSpec(
            "omega", .real(1...1000), default: "30",
            summary: "frequency of the sine layers, the papers' omega_0"),
        OptionSpec(
            "epochs", .integer(1...100_000), default: "from --effort",
            summary: "passes over the pixels"),
        OptionSpec(
            "optimizer", .choice(OptimizerKind.allCases.map(\.rawValue)), default: "muon",
            summary: "how weights follow their gradients"),
        OptionSpec(
            "learning-rate", .real(1e-6...1), default: "from the network and the steps",
            summary: "highest learning rate, in radians of a sine's argument"),
        OptionSpec(
            "batch", .integer(16...1_048_576), default: "a 48th of a tile, 256 to 8192",
            summary: "pixels of one optimization step"),
        OptionSpec(
            "seed", .integer(0...Int.max), default: "0",
            summary: "start of the random numbers; same seed, same file"),
        OptionSpec(
            "tile", .integer(64...8192), default: "627",
            summary: "side of the square whose pixels one network may cover"),
        OptionSpec(
            "overlap", .integer(0...1024), default: "\(TileGrid.defaultOverlap)",
            summary: "pixels to either side of a border within which two networks are blended"),
        OptionSpec(
            "allocation", .choice(TileAllocation.allCases.map(\.rawValue)),
            default: "adaptive, or equal where width is given",
            summary: "whether tiles with more detail get larger networks"),
    ]

    /// The rate for a `--quality` of 0…100, where no `bpp` is given: 0.3 bpp at 50, doubling
    /// every 15 points.
    static func bitsPerPixel(quality: Double) -> Double {
        let steps = (quality - 50) / 15
        let whole = steps.rounded(.down)
        // Linear between powers of two, so that no library's exponential decides a file's bytes.
        let power = Double(sign: .plus, exponent: Int(whole), significand: 1)
        return 0.3 * power * (1 + (steps - whole))
    }

    init(header: ImageHeader, settings: WriteSettings) {
        let options = settings.options
        let channelCount = header.layout.channelCount
        let bitsPerPixel =
            options.real("bpp") ?? settings.quality.map(Self.bitsPerPixel(quality:)) ?? 0.3
        let largest = ArchitectureChoice.maximumParameterCount(channelCount: channelCount)
        let side = options.integer("tile")
        let tilePixelCount = min(
            side.map { $0 * $0 } ?? ArchitectureChoice.tilePixelCount,
            max(4096, Int(Double(16 * largest) / bitsPerPixel)))
        grid = TileGrid(
            dividing: header.size, maximumPixelCount: tilePixelCount,
            overlap: options.integer("overlap") ?? TileGrid.defaultOverlap)
        let budget = Int(
            bitsPerPixel * Double(header.size.pixelCount) / Double(16 * grid.tileCount))
        let layers = options.integer("layers")
        let width = options.integer("width")
        self.layers = layers
        allocation =
            options.choice("allocation").flatMap(TileAllocation.init)
            ?? (width == nil ? .adaptive : .equal)
        let widths =
            width.map { width in
                let count = layers ?? ArchitectureChoice.layerCount(parameterBudget: budget)
                return [Int](repeating: width, count: count)
            }
            ?? ArchitectureChoice.architecture(
                parameterBudget: budget, channelCount: channelCount, layers: layers)
        let scale =
            options.real("omega").map { Float($0 / (2 * .pi)) } ?? SirenDescriptor.defaultScale
        descriptor = SirenDescriptor(widths: widths, firstScale: scale, hiddenScale: scale)
        var fit = FitSettings(
            epochCount: options.integer("epochs")
                ?? FitSettings.epochCount(effort: settings.effort ?? 5))
        if let kind = options.choice("optimizer").flatMap(OptimizerKind.init) {
            fit.optimizer = kind
        }
        if let rate = options.real("learning-rate") { fit.learningRate = Float(rate) }
        if let batch = options.integer("batch") { fit.batchSize = batch }
        if let seed = options.integer("seed") { fit.seed = UInt64(seed) }
        self.fit = fit
    }

    /// The networks of all tiles.
    func networks(_ raster: Raster) -> TileNetworks {
        let tileCount = grid.tileCount
        guard allocation == .adaptive, tileCount > 1 else {
            return TileNetworks(descriptor, tileCount: tileCount)
        }
        let channelCount = raster.layout.channelCount
        let details = (0..<tileCount).map { tile in
            let columns = grid.horizontal.core(tile % grid.columns)
            let rows = grid.vertical.core(tile / grid.columns)
            return DetailHistogram(
                values: raster.values(columns: columns, rows: rows), width: columns.count,
                height: rows.count, channelCount: channelCount, hasAlpha: raster.layout.hasAlpha)
        }
        let counts = TileAllocation.parameterCounts(
            total: Double(descriptor.parameterCount(channelCount: channelCount) * tileCount),
            maximum: Double(ArchitectureChoice.maximumParameterCount(channelCount: channelCount)),
            details: details)
        return TileNetworks(
            parameterCounts: counts, channelCount: channelCount, layers: layers,
            scale: descriptor.firstScale)
    }
}

internal import CCoinKernels

/// The sizes of what is fitted: the grids of a picture, and its networks.
package struct FitConfiguration: Equatable, Sendable {
    /// The groups of grids, in the order of the stream.
    package enum Group: Int, CaseIterable, Sendable {
        case luma, blueDifference, redDifference, alpha
    }

    /// The width of the picture, in pixels.
    package var width: Int
    /// The height of the picture, in pixels.
    package var height: Int
    /// The number of levels, 1…10; a level has half the columns and rows of the one below.
    package var levels: Int
    /// The finest level of each group; `nil` for groups without grids.
    package var first: [Int?]
    /// The contexts of a latent in its own grid: even, 2…16.
    package var spatialContexts: Int
    /// The neurons of each hidden layer of the entropy network: even, 2…32.
    package var entropyWidth: Int
    /// The hidden neurons of the synthesis: even, 2…64.
    package var synthesisWidth: Int
    /// The channels that the synthesis gives, 1…4.
    package var channelCount: Int
    /// The scales of structural similarity that errors of luma are judged by, at most
    /// ``mostSimilarityScales(width:height:)``; 0 where squared errors are all that counts.
    package var similarityScales = 0

    package init(
        width: Int, height: Int, levels: Int, first: [Int?], spatialContexts: Int,
        entropyWidth: Int, synthesisWidth: Int, channelCount: Int
    ) {
        self.width = width
        self.height = height
        self.levels = levels
        self.first = first
        self.spatialContexts = spatialContexts
        self.entropyWidth = entropyWidth
        self.synthesisWidth = synthesisWidth
        self.channelCount = channelCount
    }

    /// The most scales of structural similarity of a picture: 0 for those smaller than a window, and up
    /// to 5.
    package static func mostSimilarityScales(width: Int, height: Int) -> Int {
        let shortest = min(width, height)
        return (0..<Int(COIN_FIT_SCALES)).count { shortest >> $0 >= Int(COIN_FIT_WINDOW) }
    }

    /// The same, as the kernels want it.
    var code: coin_fit_config {
        func level(_ group: Group) -> UInt32 {
            UInt32(first[group.rawValue] ?? Int(COIN_FIT_NO_LEVEL))
        }
        var config = coin_fit_config()
        config.width = UInt32(width)
        config.height = UInt32(height)
        config.levels = UInt32(levels)
        config.first = (
            level(.luma), level(.blueDifference), level(.redDifference), level(.alpha)
        )
        config.spatial = UInt32(spatialContexts)
        config.hidden = UInt32(entropyWidth)
        config.synthesis = UInt32(synthesisWidth)
        config.channels = UInt32(channelCount)
        config.scales = UInt32(similarityScales)
        return config
    }

    /// The latents of all grids.
    package var latentCount: Int {
        (0..<levels).reduce(0) { $0 + gridCount(level: $1) * latentCount(ofGridAt: $1) }
    }

    /// The grids that a level has.
    package func gridCount(level: Int) -> Int {
        first.count { $0.map { $0 <= level } ?? false }
    }

    /// The latents of a grid of a level.
    package func latentCount(ofGridAt level: Int) -> Int {
        let unit = 1 << level
        return ((width + unit - 1) / unit) * ((height + unit - 1) / unit)
    }

    /// The most latents of a level that are tried on both sides: a quarter of them; 1 in 37 is usual.
    func candidateLimit(level: Int) -> Int {
        max(4096, gridCount(level: level) * latentCount(ofGridAt: level) / 4)
    }

    /// The bytes of memory that a model of these sizes takes, with those of trials.
    package var byteCount: Int {
        var config = code
        let trials = (0..<levels).map { level in
            candidateLimit(level: level) * MemoryLayout<coin_fit_candidate>.stride
                + latentCount(ofGridAt: level)
        }
        return unsafe coin_fit_model_size(&config) + (trials.max() ?? 0)
    }

    /// The part of the latents of all grids of which the gradient of the entropy network is taken.
    package func sampledShareOfLatents(period: Int) -> Double {
        let sampled = (0..<levels).reduce(0.0) { sum, level in
            let count = latentCount(ofGridAt: level)
            return sum
                + Double(gridCount(level: level) * count)
                * Self.sampledShare(pixelCount: count, period: period)
        }
        return sampled / Double(max(1, latentCount))
    }

    /// The part of a plane's rows of which the gradient of layers is taken.
    package static func sampledShare(pixelCount: Int, period: Int) -> Double {
        pixelCount < Int(COIN_FIT_SAMPLED_PIXELS) ? 1 : 1 / Double(period)
    }
}

/// Where the tensors of the networks are in the parameters, in the order of the stream (spec:
/// shared networks).
package struct FitShape: Equatable, Sendable {
    /// A tensor: rows of weights, or one row of biases.
    package struct Tensor: Equatable, Sendable {
        package enum Role: Sendable { case entropy, taps, synthesis }
        package let range: Range<Int>
        package let columns: Int
        package let role: Role
        package let isBias: Bool
        package var rows: Int { range.count / columns }
    }

    /// All tensors; where there are no upsampling stages, none of taps.
    package let tensors: [Tensor]
    /// The number of parameters.
    package let count: Int
    /// The parameters of all taps.
    package let taps: Range<Int>
    /// The matrices that an optimizer steps as a whole: indices of the weights and of their biases.
    package let layers: [(weights: Int, biases: Int)]

    package init(_ configuration: FitConfiguration) {
        var shape = coin_fit_shape()
        let c = configuration
        let chroma = c.first[1] != nil
        let alpha = c.first[3] != nil
        shape.contexts = UInt32(c.spatialContexts + 6)
        shape.hidden = UInt32(c.entropyWidth)
        shape.planes = UInt32(
            c.levels - (c.first[0] ?? 0) + (chroma ? 2 : 0) + (alpha ? 1 : 0))
        shape.synthesis = UInt32(c.synthesisWidth)
        shape.channels = UInt32(c.channelCount)
        shape.stages = UInt32(c.levels - 1)
        shape.groups = 1 + (chroma ? 1 : 0) + (alpha ? 1 : 0)
        unsafe coin_fit_layout(&shape)
        let (d, h, i, k, n) = (
            Int(shape.contexts), Int(shape.hidden), Int(shape.planes), Int(shape.synthesis),
            Int(shape.channels)
        )
        var tensors: [Tensor] = []
        func add(_ start: UInt32, _ rows: Int, _ columns: Int, _ role: Tensor.Role, bias: Bool) {
            tensors.append(
                Tensor(
                    range: Int(start)..<Int(start) + rows * columns, columns: columns, role: role,
                    isBias: bias))
        }
        add(shape.w1, h, d, .entropy, bias: false)
        add(shape.b1, 1, h, .entropy, bias: true)
        add(shape.w2, h, h, .entropy, bias: false)
        add(shape.b2, 1, h, .entropy, bias: true)
        add(shape.w3, 2, h + d, .entropy, bias: false)
        add(shape.b3, 1, 2, .entropy, bias: true)
        let stages = Int(shape.stages)
        if stages > 0 {
            for group in 0..<Int(shape.groups) {
                add(
                    shape.taps + UInt32(group * stages * 4), stages, 4, .taps, bias: false)
            }
        }
        let synthesis = tensors.count
        add(shape.a1, k, i, .synthesis, bias: false)
        add(shape.c1, 1, k, .synthesis, bias: true)
        add(shape.a2, n, k + i, .synthesis, bias: false)
        add(shape.c2, 1, n, .synthesis, bias: true)
        add(shape.k, n, n * 9, .synthesis, bias: false)
        add(shape.c3, 1, n, .synthesis, bias: true)
        self.tensors = tensors
        count = Int(shape.count)
        taps = Int(shape.taps)..<Int(shape.a1)
        layers = [0, 2, 4, synthesis, synthesis + 2, synthesis + 4].map { ($0, $0 + 1) }
    }

    package static func == (a: FitShape, b: FitShape) -> Bool { a.tensors == b.tensors }
}

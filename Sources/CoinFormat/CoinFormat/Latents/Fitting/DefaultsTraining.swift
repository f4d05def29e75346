internal import CoinKernels
public import FormatKit

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Learns what fits of photographs start from: a set of default networks, and the filters of the
/// analysis that goes with it.
///
/// Many crops are fitted at once, each with latents of its own and all with the same networks,
/// which follow the mean of the gradients: they become those that serve all photographs. Beside
/// the crops that are being fitted, fresh ones go through the analysis alone: its filters, and the
/// networks too, follow the gradient of what that gives. A fit that is finished makes room for a
/// fresh crop.
@_spi(DefaultsTraining)
public struct DefaultsTraining {
    /// The sizes of the networks.
    public enum Form: String, CaseIterable, Sendable {
        /// For little time, or few bits.
        case compact
        /// For more of both.
        case wide

        /// n, H and K of the specification.
        public var widths: (contexts: Int, entropy: Int, synthesis: Int) {
            (sizes.contexts, sizes.hidden, sizes.width)
        }

        var sizes: LatentForm.Sizes {
            switch self {
            case .compact: .compact
            case .wide: .wide
            }
        }
    }

    /// A photograph to learn from.
    public struct Example: Sendable {
        /// 8-bit RGB, at least 64 pixels a side.
        let image: Image
        /// The mean squared error, of samples in 0…1, that a bit per pixel is worth.
        let lambda: Double
        /// Of the noise.
        let seed: UInt32

        /// Creates an example.
        ///
        /// - Precondition: the picture is 8-bit RGB.
        public init(image: Image, lambda: Double, seed: UInt32) {
            precondition(image.header.layout == PixelLayout(.rgb, .uint8))
            (self.image, self.lambda, self.seed) = (image, lambda, seed)
        }
    }

    /// How many crops are fitted at once, how many of them take a step in an iteration, and how
    /// many steps a fit has.
    private static let pool = (count: 40, share: 3, stepCount: 120)
    /// The iterations after which crops are fitted: before, the analysis alone is learned.
    private static let analysisCount = 300
    /// What the gradient of an analysis counts for the networks, against that of a step of a fit.
    private static let analysisWeight: Float = 0.3
    /// The learning rates of networks and filters.
    private static let rates = (networks: Float(0.01), filters: Float(0.02))

    let form: Form
    private let kernels = KernelVariant.best
    private let threadCount: Int
    /// What every picture of the training has: color, no alpha, every grid.
    let descriptor: LatentDescriptor
    private let iterationCount: Int
    private var iteration = 0
    private var generator: SeededGenerator
    /// The networks as they are now.
    private(set) var parameters: [Float]
    private var optimizer: NetworkOptimizer
    private(set) var filters = AnalysisFilters.pyramid
    private var filterOptimizer: FilterOptimizer
    private var fits: [SharedFit] = []
    /// The mean logarithm to base 2 of the cost of an analysis, in bits per pixel.
    public private(set) var analysisCost = RunningMean()
    /// The same of a finished fit.
    public private(set) var fitCost = RunningMean()

    /// Starts a training of `iterationCount` iterations from a structure that shows a picture at once,
    /// and small random numbers.
    public init(form: Form, iterationCount: Int, threadCount: Int, seed: UInt64) {
        self.form = form
        self.iterationCount = iterationCount
        self.threadCount = threadCount
        descriptor = form.sizes.descriptor(
            defaults: 0, levelCount: 7, firstLumaLevel: 0, firstChromaLevel: 2,
            firstAlphaLevel: nil, stateBits: 0)
        parameters = StartingNetworks.parameters(descriptor, seed: seed)
        generator = SeededGenerator(seed: seed &+ 1)
        let form = LatentForm(
            size: ImageSize(width: 64, height: 64), layout: PixelLayout(.rgb, .uint8),
            descriptor: descriptor, lambda: 0.001)
        optimizer = NetworkOptimizer(
            shape: FitShape(form.configuration), kernels: kernels, varianceDecay: 0.99)
        filterOptimizer = FilterOptimizer(count: filters.values.count)
    }

    /// Goes through one iteration.
    ///
    /// - Parameter next: Gives the next example; asked for one at least.
    public mutating func iterate(_ next: () throws -> Example) rethrows {
        iteration += 1
        let analyzed = SharedFit(trainer: trainer(try next()), stepCount: 0)
        var taking = [analyzed]
        if iteration > Self.analysisCount { taking += try nextFits(next) }
        forEachItem(taking.count, threadCount: threadCount) { _, item in
            taking[item].advance(parameters)
        }
        // Cosines, after a short rise.
        let fade = FitSchedule.quarterCosine(Float(iteration) / Float(iterationCount))
        let rate = min(1, Float(iteration) / 50) * max(fade, 0.02)
        learn(from: taking, rate: rate)
        learnAnalysis(from: analyzed, rate: rate)
        for fit in taking where fit.isFinished {
            guard let index = fits.firstIndex(where: { $0 === fit }) else { continue }
            if fit.isWhole { fitCost.add(log2(fit.finalCost())) }
            fits[index] = SharedFit(trainer: trainer(try next()), stepCount: Self.pool.stepCount)
        }
    }

    private func trainer(_ example: Example) -> LatentTrainer {
        let image = example.image
        var raster = Raster(size: image.header.size, layout: image.header.layout)
        raster.append(bytes: image.bytes)
        let form = LatentForm(
            size: image.header.size, layout: image.header.layout, descriptor: descriptor,
            lambda: example.lambda,
            unit: LatentForm.proportionalUnit(lambda: example.lambda))
        return LatentTrainer(
            picture: FitPicture(raster), form: form, lambda: example.lambda, kernels: kernels,
            threadCount: 1, seed: example.seed, parameters: parameters, filters: filters)
    }

    /// Fits of the pool that take a step now; the first time it is filled.
    private mutating func nextFits(_ next: () throws -> Example) rethrows -> [SharedFit] {
        while fits.count < Self.pool.count {
            // The first fits end at different times, so that all stages are always there.
            let stepCount = Self.pool.stepCount
            let end = 1 + stepCount * fits.count / Self.pool.count
            fits.append(SharedFit(trainer: trainer(try next()), stepCount: stepCount, end: end))
        }
        var indices = Array(fits.indices)
        return (0..<Self.pool.share).map { k in
            let other = k + Int(generator.next() >> 33) % (indices.count - k)
            indices.swapAt(k, other)
            return fits[indices[k]]
        }
    }

    /// Moves the networks against the mean gradient of the logarithms of the costs.
    private mutating func learn(from taken: [SharedFit], rate: Float) {
        var sum = [Float](repeating: 0, count: parameters.count)
        var weights: Float = 0
        for fit in taken {
            let weight = fit.stepCount == 0 ? Self.analysisWeight : 1
            let factor = weight / Float(fit.cost)
            for (k, value) in fit.trainer.model.gradient.enumerated() { sum[k] += factor * value }
            weights += weight
        }
        guard sum.allSatisfy(\.isFinite) else { return }
        for k in sum.indices { sum[k] /= weights }
        optimizer.step(&parameters, gradient: sum, rate: rate * Self.rates.networks)
    }

    private mutating func learnAnalysis(from fit: SharedFit, rate: Float) {
        var gradient = [Double](repeating: 0, count: filters.values.count)
        fit.trainer.model.addAnalysisGradient(to: &gradient, taps: StartingNetworks.taps)
        guard fit.cost.isFinite, gradient.allSatisfy(\.isFinite) else { return }
        analysisCost.add(log2(fit.cost / fit.pixelCount))
        filterOptimizer.step(
            &filters.values, gradient: gradient.map { $0 / fit.cost },
            rate: rate * Self.rates.filters)
    }
}

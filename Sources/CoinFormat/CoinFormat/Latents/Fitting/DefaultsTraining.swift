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

    private let form: Form
    private let kernels = KernelVariant.best
    private let threadCount: Int
    /// What every picture of the training has: color, no alpha, every grid.
    private let descriptor: LatentDescriptor
    private let iterationCount: Int
    private var iteration = 0
    private var generator: SeededGenerator
    /// The networks as they are now.
    private var parameters: [Float]
    private var optimizer: NetworkOptimizer
    private var filters = AnalysisFilters.pyramid
    private var filterOptimizer: FilterOptimizer
    private var fits: [Fit] = []
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
        let analyzed = Fit(trainer: trainer(try next()), stepCount: 0)
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
            fits[index] = Fit(trainer: trainer(try next()), stepCount: Self.pool.stepCount)
        }
    }

    private func trainer(_ example: Example) -> LatentTrainer {
        let image = example.image
        var raster = Raster(size: image.header.size, layout: image.header.layout)
        raster.append(bytes: image.bytes)
        let form = LatentForm(
            size: image.header.size, layout: image.header.layout, descriptor: descriptor,
            lambda: example.lambda)
        return LatentTrainer(
            picture: FitPicture(raster), form: form, lambda: example.lambda, kernels: kernels,
            threadCount: 1, seed: example.seed, parameters: parameters, filters: filters)
    }

    /// Fits of the pool that take a step now; the first time it is filled.
    private mutating func nextFits(_ next: () throws -> Example) rethrows -> [Fit] {
        while fits.count < Self.pool.count {
            // The first fits end at different times, so that all stages are always there.
            let stepCount = Self.pool.stepCount
            let end = 1 + stepCount * fits.count / Self.pool.count
            fits.append(Fit(trainer: trainer(try next()), stepCount: stepCount, end: end))
        }
        var indices = Array(fits.indices)
        return (0..<Self.pool.share).map { k in
            let other = k + Int(generator.next() >> 33) % (indices.count - k)
            indices.swapAt(k, other)
            return fits[indices[k]]
        }
    }

    /// Moves the networks against the mean gradient of the logarithms of the costs.
    private mutating func learn(from taken: [Fit], rate: Float) {
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

    private mutating func learnAnalysis(from fit: Fit, rate: Float) {
        var gradient = [Double](repeating: 0, count: filters.values.count)
        fit.trainer.model.addAnalysisGradient(to: &gradient, taps: StartingNetworks.taps)
        guard fit.cost.isFinite, gradient.allSatisfy(\.isFinite) else { return }
        analysisCost.add(log2(fit.cost / fit.pixelCount))
        filterOptimizer.step(
            &filters.values, gradient: gradient.map { $0 / fit.cost },
            rate: rate * Self.rates.filters)
    }
}

extension DefaultsTraining {
    /// The mean of the last numbers.
    public struct RunningMean: Sendable {
        private var numbers: [Double] = []

        /// The mean of up to 400 numbers; 0 of none.
        public var value: Double {
            numbers.reduce(0, +) / Double(max(1, numbers.count))
        }

        mutating func add(_ number: Double) {
            numbers.append(number)
            if numbers.count > 400 { numbers.removeFirst() }
        }
    }

    /// The networks as a set of defaults.
    ///
    /// A list for each tensor in the order of the stream, under its name in the specification, with
    /// 12 fractional bits. Alpha, of which nothing was learned, is there as a fit starts it.
    public var tensors: [(name: String, values: [Int])] {
        let learned = LatentDefaults(descriptor: descriptor, tensors: integers)
        let complete = form.sizes.complete
        return LatentTensor.allCases.map { tensor in
            var values = learned.values(tensor, for: complete)
            if tensor == .alphaTaps {
                values = values.indices.map { Self.integer(StartingNetworks.taps[$0 % 4]) }
            } else if tensor == .a2 {
                values[values.count - 1] = Self.integer(1)
            }
            return (tensor.specifiedName, values)
        }
    }

    /// The filters of the analysis, with 9 fractional bits.
    public var analysis: [Int] { filters.integers }

    private var integers: [[Int16]] {
        var rest = parameters[...]
        return LatentTensor.allCases.map { tensor in
            let count = descriptor.count(of: tensor)
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count).map { Int16(Self.integer($0)) }
        }
    }

    private static func integer(_ value: Float) -> Int {
        Int((min(max(value, -7.9), 7.9) * 4096).rounded(.toNearestOrEven))
    }
}

/// A crop that is being fitted with networks that it shares; or, of no steps, only analyzed.
private final class Fit: @unchecked Sendable {
    let trainer: LatentTrainer
    let stepCount: Int
    /// The step after which the fit makes room for another.
    private let end: Int
    private let schedule: FitSchedule
    private var number = 0
    /// The cost of the last pass, in bits.
    private(set) var cost = Double.nan

    /// How softly an analysis is rounded: between the first and the last steps of a fit.
    private static let analysis = FitSchedule.Step(
        temperature: 0.3, noise: 0.15, latentRate: 0, networkRate: 0)

    init(trainer: LatentTrainer, stepCount: Int, end: Int? = nil) {
        self.trainer = trainer
        self.stepCount = stepCount
        self.end = end ?? stepCount
        var schedule = FitSchedule(softStepCount: max(1, stepCount), hardStepCount: 0)
        schedule.warmUpCount = 1
        self.schedule = schedule
    }

    var isFinished: Bool { stepCount > 0 && number >= end }
    /// Whether the fit has had all steps.
    var isWhole: Bool { number == stepCount }
    var pixelCount: Double {
        Double(trainer.model.configuration.width * trainer.model.configuration.height)
    }

    func advance(_ parameters: [Float]) {
        trainer.model.parameters = parameters
        let measure: LatentTrainer.Measure
        if stepCount == 0 {
            measure = trainer.differentiate(1, Self.analysis)
        } else {
            number += 1
            measure = trainer.stepLatents(number, schedule.step(number))
        }
        cost = trainer.cost(measure)
    }

    /// The cost of the rounded latents, in bits per pixel.
    func finalCost() -> Double { trainer.cost(trainer.measure()) / pixelCount }
}

/// Adam for the filters of an analysis.
private struct FilterOptimizer {
    private var mean: [Double]
    private var variance: [Double]
    private var decays = (mean: 1.0, variance: 1.0)

    init(count: Int) {
        mean = [Double](repeating: 0, count: count)
        variance = mean
    }

    mutating func step(_ values: inout [Float], gradient: [Double], rate: Float) {
        decays = (decays.mean * 0.9, decays.variance * 0.99)
        for k in values.indices {
            mean[k] += 0.1 * (gradient[k] - mean[k])
            variance[k] += 0.01 * (gradient[k] * gradient[k] - variance[k])
            let size = (variance[k] / (1 - decays.variance)).squareRoot() + 1e-9
            values[k] -= rate * Float(mean[k] / (1 - decays.mean) / size)
        }
    }
}

extension LatentTensor {
    /// What the specification calls the tensor.
    fileprivate var specifiedName: String {
        switch self {
        case .w1: "W1"
        case .w2: "W2"
        case .w3: "W3"
        case .b1: "b1"
        case .b2: "b2"
        case .b3: "b3"
        case .lumaTaps: "taps Y"
        case .chromaTaps: "taps C"
        case .alphaTaps: "taps A"
        case .a1: "A1"
        case .a1Biases: "a1"
        case .a2: "A2"
        case .a2Biases: "a2"
        case .b: "B"
        case .bBiases: "c"
        }
    }
}

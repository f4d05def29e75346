internal import CoinKernels
internal import FormatKit

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Takes the steps of a fit: a model, the optimizer of its networks, and what an error counts.
final class LatentTrainer {
    /// The rate and the error of a pass over the picture.
    struct Measure: Sendable {
        /// Bits of all latents.
        var bits: Double
        /// The sum of squared errors, in units of the model.
        var squaredError: Double
        /// What counts as error, in the same units: the squared error, unless the fit is for the eye.
        var distortion: Double
    }

    /// How much of the mean of the squares of a latent's gradients a step keeps; the damping, in bits,
    /// keeps latents still that hardly matter.
    private static let latentAdam = (variance: Float(0.95), damping: Float(3))

    /// Of large planes, the gradient of the layers is taken of every fourth row, each step of others: what
    /// a row says of them its neighbors do, too.
    static let samplePeriod = 4

    let model: FitModel
    private let threadCount: Int
    private var optimizer: NetworkOptimizer
    private let prior: NetworkPrior
    /// What half a squared error counts, in bits.
    var errorScale: Float
    private let seed: UInt32
    /// Told of each part of a step when it is done.
    var didRun: ((Part) -> Void)?

    /// A part of a step.
    enum Part: Equatable {
        case phase(FitModel.Phase)
        /// The step of the networks.
        case networks
    }

    /// Prepares a fit: the picture is the target, the latents start from it.
    ///
    /// - Parameters:
    ///   - picture: All of the picture.
    ///   - origin: Where in the picture the model's first pixel is; its size is the form's.
    ///   - form: The sizes of grids and networks.
    ///   - lambda: The mean squared error, of samples in 0…1, that a bit per pixel is worth.
    ///   - kernels: The kernels to use; the result does not depend on them.
    ///   - threadCount: The number of threads; nor does it on them.
    ///   - seed: Of the noise.
    ///   - networkWeight: What a bit of the networks counts against one of the latents.
    ///   - parameters: The networks to start from; by default those of ``StartingNetworks``.
    ///   - filters: Those of the analysis that the latents of color start from; by default those of
    ///     the set of defaults. Without any they start as a pyramid, as those of alpha do.
    init(
        picture: FitPicture, origin: (column: Int, row: Int) = (0, 0), form: LatentForm,
        lambda: Double, kernels: KernelVariant,
        threadCount: Int, seed: UInt32, networkWeight: Float = 1, parameters: [Float]? = nil,
        filters: AnalysisFilters? = nil
    ) {
        model = FitModel(form.configuration, variant: kernels, threadCount: threadCount)
        self.threadCount = threadCount
        self.seed = seed &* 0x85EB_CA6B
        errorScale = form.errorScale(lambda: lambda)
        optimizer = NetworkOptimizer(shape: model.shape, kernels: kernels)
        prior = NetworkPrior(
            descriptor: form.descriptor, shape: model.shape, weight: networkWeight)
        let raster = picture.raster
        let scale: Float = form.layout.sample == .uint8 ? 256 : 1
        let bases = form.bases(means: picture.means).map { Float($0) / scale }
        unsafe raster.withSamples(atColumn: origin.column, row: origin.row) { samples in
            unsafe model.setTarget(
                samples, rowStride: raster.size.width * raster.layout.channelCount,
                depth: raster.layout.sample.bitCount, channelCount: raster.layout.channelCount,
                hasAlpha: picture.hasAlpha, base: bases, unit: form.unit)
        }
        if form.configuration.similarityScales > 0 {
            model.setSimilarity(
                range: form.range, weight: form.similarityWeight, squares: form.lumaSquaresWeight)
        }
        model.parameters =
            parameters ?? StartingNetworks.parameters(form.descriptor, seed: UInt64(seed))
        start(filters ?? AnalysisFilters.of(set: form.descriptor.defaults))
    }

    private func start(_ filters: AnalysisFilters?) {
        let taps = StartingNetworks.taps
        if let filters { model.analyze(filters: filters.values, taps: taps) }
        for group in FitConfiguration.Group.allCases where filters == nil || group == .alpha {
            model.startLatents(group, deadZone: 0.3, taps: taps)
        }
    }

    /// Runs phases one after the other, of those that go by bands only the items of every `period`th.
    private func run(_ phases: [FitModel.Phase], ofBands period: Int = 1) {
        for phase in phases {
            let period = phase.isByBands ? period : 1
            let first = period / 2
            let count = (model.itemCount(phase) - first + period - 1) / period
            forEachItem(count, threadCount: threadCount) { thread, index in
                model.run(phase, item: first + period * index, thread: thread)
            }
            didRun?(.phase(phase))
        }
    }

    /// Takes step `number`, which counts from 1.
    ///
    /// - Returns: The rate and the error before the step, as softly rounded.
    func step(_ number: Int, _ settings: FitSchedule.Step) -> Measure {
        let measure = stepLatents(number, settings)
        guard settings.networkRate > 0 else { return measure }
        var parameters = model.parameters
        var gradient = model.gradient
        prior.addGradient(of: parameters, to: &gradient)
        optimizer.step(&parameters, gradient: gradient, rate: settings.networkRate)
        model.parameters = parameters
        didRun?(.networks)
        return measure
    }

    /// Computes the gradients of latents and networks.
    ///
    /// Noise comes in pairs: a step with an odd number has the opposite of that of the one before. What
    /// noise does to a gradient in proportion to it cancels (antithetic variates; docs/notes).
    func differentiate(_ number: Int, _ settings: FitSchedule.Step) -> Measure {
        let (pair, isOpposite) = (number / 2, number % 2 == 1)
        model.setRounding(
            temperature: settings.temperature,
            noise: isOpposite ? -settings.noise : settings.noise,
            seed: seed &+ UInt32(truncatingIfNeeded: pair) &* 0x9E37_79B9)
        model.setGradient(
            true, errorScale: errorScale,
            sample: (Self.samplePeriod, number % Self.samplePeriod))
        run(FitModel.Phase.forward + FitModel.Phase.backward)
        return measureOfPass
    }

    /// Takes the latents' part of a step; the model has the networks' gradient afterwards.
    func stepLatents(_ number: Int, _ settings: FitSchedule.Step) -> Measure {
        let measure = differentiate(number, settings)
        let adam = AdamStep(
            number: number, meanDecay: settings.latentMemory,
            varianceDecay: Self.latentAdam.variance, epsilon: Self.latentAdam.damping)
        // Where rounding is hard the slope is 0, and the step only clears the gradients.
        model.setStep(adam, rate: settings.latentRate)
        run([.step])
        return measure
    }

    /// Rounds latents that are about halfway between two integers to the one that costs less in all,
    /// which soft rounding leaves to chance.
    ///
    /// Most of what there is to gain is in few latents: of those further than 0.4 from an integer a
    /// tenth is better off on the other side, of others one in a thousand (docs/notes).
    ///
    /// A trial is judged by the pixels that a latent reaches. Similarity is of windows, which reach further
    /// than trials are apart: there the nearest integers stay.
    func refineRounding(_ context: CodecContext) throws(ImageError) {
        guard model.configuration.similarityScales == 0 else { return }
        prepareToMeasure()
        let levels = model.configuration.levels
        run([.soften])
        // Each pass tells of three levels.
        for level in stride(from: 2, to: levels + 2, by: 3) {
            model.setTriedLevel(level)
            run([.rateEven, .rateOdd])
        }
        run(FitModel.Phase.error)
        model.beginTrials()
        let pixelCount = model.configuration.width * model.configuration.height
        for level in (0..<levels).reversed() {
            _ = try model.tryOtherRounding(
                ofLevel: level, leastDistance: Self.undecided,
                leastCount: max(1, pixelCount / Self.pixelsPerTrial)
            ) { () throws(ImageError) in
                try context.checkCancellation()
                run(FitModel.Phase.forward)
            }
        }
        model.endTrials()
    }

    /// How far from the nearest integer a latent is that may as well be the next one.
    private static let undecided: Float = 0.4
    /// A pass is worth its time if it tries a latent in so many pixels.
    private static let pixelsPerTrial = 16384

    /// Measures with hard rounding, without a step.
    func measure() -> Measure {
        prepareToMeasure()
        run(FitModel.Phase.forward)
        return measureOfPass
    }

    /// Measures only the rate, or only the error, with the latents rounded by ``measure()``.
    ///
    /// - Parameter period: Only every so many bands are measured anew, and count with the others as they
    ///   were last measured.
    /// - Returns: The bits of all latents.
    func measureBits(ofBands period: Int = 1) -> Double {
        run([.rateEven, .rateOdd], ofBands: period)
        return model.bits
    }

    func measureDistortion(ofBands period: Int = 1) -> Double {
        run(FitModel.Phase.error, ofBands: period)
        return model.distortion
    }

    /// The gradient of the cost by the networks' parameters, with hard rounding and of all rows; the prior
    /// is not in it.
    func networkGradient() -> [Float] {
        prepareToMeasure()
        model.setGradient(true, errorScale: errorScale)
        run(FitModel.Phase.forward + FitModel.Phase.backward)
        model.setGradient(false, errorScale: errorScale)
        return model.gradient
    }

    private var measureOfPass: Measure {
        Measure(
            bits: model.bits, squaredError: model.squaredError, distortion: model.distortion)
    }

    private func prepareToMeasure() {
        model.setRounding(temperature: 0, noise: 0, seed: 0)
        model.setGradient(false, errorScale: errorScale)
    }

    /// What a fit minimizes, in bits; the networks' own are not in it.
    func cost(_ measure: Measure) -> Double {
        measure.bits + Double(errorScale) / 2 * measure.distortion
    }
}

extension LatentForm {
    /// The peak signal-to-noise ratio of an error, in decibels; 0…120.
    func decibels(_ measure: LatentTrainer.Measure) -> Double {
        let full = layout.sample == .uint8 ? 255.0 : 65_535.0
        let unit = Double(unit) / full
        let count = Double(size.pixelCount * descriptor.outputCount)
        let error = measure.squaredError * unit * unit / count
        return error < 1 ? -10 * log10(max(error, 1e-12)) : 0
    }
}

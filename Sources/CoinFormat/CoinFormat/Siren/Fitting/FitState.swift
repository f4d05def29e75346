internal import CoinKernels

/// The weights of a running fit, and the best of them so far.
struct FitState {
    /// Weights with their mean squared error.
    struct Snapshot {
        var parameters: [Float]
        var error: Double
    }

    /// What counts as the error of the initial weights.
    ///
    /// It is the worst that a picture of its mean color can have. Healthy fits may overshoot in
    /// their first steps, to ten times what they began with.
    private static let initialError = 0.25
    /// The number of pixels that tell whether a fit diverges; fewer are too noisy.
    private static let judgedPixelCount = 4096
    /// The number of steps that a network has to become better than a flat picture.
    private static let patience = 40

    private let flatError: Double
    private(set) var parameters: [Float]
    private(set) var best: Snapshot
    /// The weights to return to after a divergence, with the error of the pass before.
    private var safe: Snapshot
    /// The weights after the last pass, until the next batch has shown that they are good.
    private var candidate: Snapshot?
    /// The mean error of the last batches.
    private var recentError: Double
    private var optimizer: Optimizer
    /// The number of steps since the optimizer started.
    private var stepCount = 0
    private var gradient: [Float]
    private var rateFactor: Float = 1
    /// How often the fit has diverged and gone back.
    private(set) var restartCount = 0
    private let makeOptimizer: () -> Optimizer

    /// Starts from `parameters`; the picture of one color `flat` is the one to beat.
    init(
        parameters: [Float], flat: Snapshot, shape: NetworkShape, settings: FitSettings,
        kernels: KernelVariant
    ) {
        self.parameters = parameters
        flatError = flat.error
        best = flat
        safe = Snapshot(parameters: parameters, error: Self.initialError)
        recentError = safe.error
        makeOptimizer = { Optimizer(settings.optimizer, shape: shape, kernels: kernels) }
        optimizer = makeOptimizer()
        gradient = parameters
    }

    /// Takes one step and returns the batch's mean squared error.
    mutating func step(
        _ batches: BatchGradient, rate: Float, descriptor: SirenDescriptor, threadCount: Int
    ) -> Double {
        let error = batches.next(parameters: parameters, gradient: &gradient)
        let judged = min(Self.judgedPixelCount, batches.sampleCount)
        recentError += (error - recentError) * min(1, Double(batches.batchSize) / Double(judged))
        let limit = 4 * max(safe.error, 1e-4)
        guard recentError < limit else {
            recover()
            return limit
        }
        if let candidate, candidate.error < safe.error { safe = candidate }
        candidate = nil
        stepCount += 1
        let rates = descriptor.learningRates(rate * rateFactor)
        optimizer.step(
            &parameters, gradient: gradient, learningRates: rates, threadCount: threadCount)
        return error
    }

    /// Remembers the weights after a pass with a mean squared error of `error`.
    ///
    /// A network that is no better than a flat picture after many steps is dead: its neurons turn
    /// so fast that their sum is noise. Where there is little contrast, it may take longer.
    mutating func finishEpoch(error: Double) {
        if stepCount >= Self.patience, recentError >= max(flatError, 1e-3) {
            recover()
        } else {
            candidate = Snapshot(parameters: parameters, error: error)
        }
    }

    /// Keeps the weights, whose error has been measured over the whole picture, if none had less.
    mutating func keepIfBest(error: Double) {
        if error < best.error { best = Snapshot(parameters: parameters, error: error) }
    }

    /// Returns to the last good weights with a lower learning rate and a fresh optimizer.
    private mutating func recover() {
        parameters = safe.parameters
        recentError = safe.error
        candidate = nil
        rateFactor *= 0.6
        restartCount += 1
        optimizer = makeOptimizer()
        stepCount = 0
    }
}

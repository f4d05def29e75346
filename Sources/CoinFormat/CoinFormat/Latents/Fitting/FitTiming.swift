internal import CoinKernels
public import FormatKit

/// Steps of the fit of a picture of 8-bit RGB, with the time that each stage takes.
@_spi(Benchmarks)
public final class FitTiming {
    /// A part of a step.
    public enum Stage: String, CaseIterable, Sendable {
        case softRounding = "soft rounding"
        case upsampling
        case synthesis
        case comparison
        case rate
        case synthesisGradient = "synthesis backward"
        case upsamplingGradient = "upsampling backward"
        case reduction
        case latents = "step of the latents"
        case networks = "step of the networks"
    }

    private let trainer: LatentTrainer
    private let form: LatentForm
    private let schedule = FitSchedule(stepCount: 1000)
    private var number = 0

    /// Prepares a fit with default networks of a form.
    ///
    /// - Parameters:
    ///   - image: 8-bit RGB.
    ///   - wide: Whether the networks are the wide ones.
    ///   - lambda: The mean squared error, of samples in 0…1, that a bit per pixel is worth.
    ///   - kernels: The kernels to use.
    ///   - threadCount: The number of threads.
    /// - Throws: ``ImageError/invalidOption(name:reason:)`` if this machine lacks the kernels.
    public init(
        _ image: Image, wide: Bool, lambda: Double, kernels: KernelChoice, threadCount: Int
    ) throws(ImageError) {
        precondition(image.header.layout == PixelLayout(.rgb, .uint8))
        var raster = Raster(size: image.header.size, layout: image.header.layout)
        raster.append(bytes: image.bytes)
        form = LatentForm(
            size: image.header.size, layout: image.header.layout, hasAlpha: false,
            lambda: lambda, sizes: wide ? .wide : .compact)
        trainer = LatentTrainer(
            picture: FitPicture(raster), form: form, lambda: lambda,
            kernels: try KernelVariant(kernels), threadCount: threadCount, seed: 0)
    }

    /// The weights and biases of all networks.
    public var parameterCount: Int { trainer.model.shape.count }

    /// The latents of all grids.
    public var latentCount: Int { form.configuration.latentCount }

    /// Takes a step.
    ///
    /// - Returns: The time of each stage.
    public func step() -> [Stage: Duration] {
        number += 1
        var times: [Stage: Duration] = [:]
        let clock = ContinuousClock()
        var start = clock.now
        trainer.didRun = { part in
            let end = clock.now
            times[Stage(part), default: .zero] += end - start
            start = end
        }
        // Of the beginning of a fit, over and over: the time does not depend on it.
        _ = trainer.step(number, schedule.step(1 + number % 100))
        trainer.didRun = nil
        return times
    }

    /// The multiply-adds of a stage that networks and filters ask for, whatever is computed twice.
    public func multiplyAdds(_ stage: Stage) -> Double {
        let shape = NetworkWork(form)
        switch stage {
        case .softRounding, .reduction, .latents: return 0
        case .upsampling: return shape.upsampling
        case .synthesis: return shape.synthesis
        // The convolution, and the gradient of its weights.
        case .comparison: return (1 + pixelShare) * shape.convolution
        // Forward, and the gradients of inputs and weights.
        case .rate:
            let share = form.configuration.sampledShareOfLatents(period: LatentTrainer.samplePeriod)
            return (2 + share) * shape.rate
        case .synthesisGradient:
            return (1 + pixelShare) * shape.synthesis + shape.convolution
        case .upsamplingGradient: return 2 * shape.upsampling
        case .networks: return shape.optimizer
        }
    }

    /// The part of the rows of which the gradient of the synthesis' weights is taken.
    private var pixelShare: Double {
        FitConfiguration.sampledShare(
            pixelCount: form.size.pixelCount, period: LatentTrainer.samplePeriod)
    }

    /// Other operations of a stage, each of which takes the time of a multiply-add or more: those of
    /// exponentials, logarithms, noise and the latents' steps, as counted in the kernels.
    public func otherOperations(_ stage: Stage) -> Double {
        switch stage {
        case .softRounding: Double(80 * latentCount)
        case .rate: Double(104 * latentCount)
        case .latents: Double(19 * latentCount)
        default: 0
        }
    }
}

extension FitTiming.Stage {
    fileprivate init(_ part: LatentTrainer.Part) {
        self =
            switch part {
            case .phase(.soften): .softRounding
            case .phase(.upsample): .upsampling
            case .phase(.synthesize), .phase(.border): .synthesis
            case .phase(.compare), .phase(.halve), .phase(.similarity), .phase(.expand),
                .phase(.join):
                .comparison
            case .phase(.rateEven), .phase(.rateOdd): .rate
            case .phase(.synthesisGradientEven), .phase(.synthesisGradientOdd): .synthesisGradient
            case .phase(.upsampleGradient): .upsamplingGradient
            case .phase(.reduce): .reduction
            case .phase(.step): .latents
            case .networks: .networks
            }
    }
}

/// The multiply-adds of a forward pass over a picture, by network.
private struct NetworkWork {
    /// Of the entropy network.
    let rate: Double
    /// Of the stages up to half the picture's size.
    let upsampling: Double
    /// Of the synthesis before its convolution, with the last stage of upsampling.
    let synthesis: Double
    let convolution: Double
    /// Of the optimizer of the networks, without the refinement of its bases.
    let optimizer: Double

    /// Two passes of four taps each, the first at half the width.
    private static let tapsPerSample = 6.0

    init(_ form: LatentForm) {
        let configuration = form.configuration
        let shape = FitShape(configuration)
        let pixels = Double(form.size.pixelCount)
        func size(_ tensor: FitShape.Tensor) -> Double { Double(tensor.range.count) }
        let weights = shape.tensors.filter { !$0.isBias }
        rate =
            Double(configuration.latentCount)
            * weights.filter { $0.role == .entropy }.map(size).reduce(0, +)
        let last = weights.last.map(size) ?? 0
        convolution = pixels * last
        // Every level of luma but the finest is a chain of its own; each chroma is one.
        let levels = configuration.levels
        let first = configuration.first[0] ?? 0
        let chains = max(first, 1)..<levels
        let sums = configuration.first.dropFirst().compactMap { $0 }.count
        let tops = chains.map { $0 } + Array(repeating: levels - 1, count: sums)
        let outputs = tops.map { top in
            (1..<max(top, 1)).reduce(0.0) { sum, level in
                let unit = 1 << level
                let width = (configuration.width + unit - 1) / unit
                return sum + Double(width * ((configuration.height + unit - 1) / unit))
            }
        }
        upsampling = Self.tapsPerSample * outputs.reduce(0, +)
        let layers = weights.filter { $0.role == .synthesis }.dropLast().map(size).reduce(0, +)
        synthesis = pixels * (layers + Self.tapsPerSample * Double(tops.count))
        // SOAP multiplies a matrix by each of its sides three times: for the means of its squares,
        // into the basis, and back.
        optimizer = shape.layers.reduce(0) { sum, layer in
            let rows = Double(shape.tensors[layer.biases].range.count)
            let columns = size(shape.tensors[layer.weights]) / rows + 1
            return sum + 3 * (rows * rows * columns + rows * columns * columns)
        }
    }
}

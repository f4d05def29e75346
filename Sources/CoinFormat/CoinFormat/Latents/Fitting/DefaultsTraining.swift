internal import CoinKernels
public import FormatKit

/// Learns networks from which fits of photographs start: the sets of defaults.
///
/// Reptile (Nichol et al. 2018, "On First-Order Meta-Learning Algorithms"): fit a picture from the
/// present networks for some steps, and move these a share of the way to the fitted ones.
@_spi(DefaultsTraining)
public struct DefaultsTraining: Sendable {
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

    private let form: Form
    private let kernels = KernelVariant.best
    private let threadCount: Int
    /// What every picture of the training has: color, no alpha, every grid.
    private let descriptor: LatentDescriptor
    /// The networks as they are now.
    private var parameters: [Float]

    /// Starts from a structure that shows a picture at once, and small random numbers.
    public init(form: Form, threadCount: Int, seed: UInt64) {
        self.form = form
        self.threadCount = threadCount
        descriptor = form.sizes.descriptor(
            defaults: 0, levelCount: 7, firstLumaLevel: 0, firstChromaLevel: 2,
            firstAlphaLevel: nil, stateBits: 0)
        parameters = StartingNetworks.parameters(descriptor, seed: seed)
    }

    /// Fits a picture of 8-bit RGB, at least 64 pixels a side, and learns from it.
    ///
    /// - Parameters:
    ///   - image: The picture.
    ///   - lambda: The mean squared error that a bit per pixel is worth.
    ///   - stepCount: The steps of the fit, without any of hard rounding.
    ///   - share: How far the networks move to the fitted ones, 0…1.
    ///   - seed: Of the noise.
    /// - Returns: The bits per pixel and the mean squared error that the fit reached, rounded, without
    ///   the networks' own bits; `nil` if it diverged, and nothing was learned.
    public mutating func visit(
        _ image: Image, lambda: Double, stepCount: Int, share: Float, seed: UInt32
    ) -> (bitsPerPixel: Double, meanSquaredError: Double)? {
        precondition(image.header.layout == PixelLayout(.rgb, .uint8))
        var raster = Raster(size: image.header.size, layout: image.header.layout)
        raster.append(bytes: image.bytes)
        let form = LatentForm(
            size: image.header.size, layout: image.header.layout, descriptor: descriptor,
            lambda: lambda)
        let trainer = LatentTrainer(
            picture: FitPicture(raster), form: form, lambda: lambda, kernels: kernels,
            threadCount: threadCount, seed: seed, parameters: parameters)
        let schedule = FitSchedule(softStepCount: stepCount, hardStepCount: 0)
        for number in 1...stepCount { _ = trainer.step(number, schedule.step(number)) }
        let measure = trainer.measure()
        let fitted = trainer.model.parameters
        guard measure.bits.isFinite, measure.squaredError.isFinite,
            fitted.allSatisfy(\.isFinite)
        else { return nil }
        for k in parameters.indices { parameters[k] += share * (fitted[k] - parameters[k]) }
        let pixels = Double(image.header.size.pixelCount)
        let unit = Double(form.unit) / 255
        return (measure.bits / pixels, measure.squaredError * unit * unit / (3 * pixels))
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

internal import CoinKernels

/// What networks cost in the stream, while they are fitted: the bits of their differences from the
/// defaults.
///
/// A tensor's differences are coded by a Laplace distribution of a scale of their own (§7.2), so n
/// of them take n·log₂ m bits, with m their mean magnitude, and what does not depend on them. A
/// fit that knows leaves alone what it has little use for.
struct NetworkPrior: Sendable {
    /// A difference that hardly counts: much smaller ones are rounded away.
    ///
    /// The magnitude of a difference d is √(d² + s²) − s, which is smooth, with s this number; it is
    /// also added to the mean, so that a tensor that has no differences may get some.
    static let negligible: Float = 0.004
    private static let bitsPerNat: Float = 1.442_695

    /// The defaults, in the order of the model's parameters.
    private let defaults: [Float]
    private let tensors: [Range<Int>]
    /// What a bit of the networks counts against one of the latents.
    private let weight: Float

    /// Creates the prior of the networks of a descriptor.
    ///
    /// - Parameters:
    ///   - descriptor: The sizes of the networks, and their defaults.
    ///   - shape: Where their parameters are.
    ///   - weight: What a bit of the networks counts against one of the latents: less than 1 where
    ///     only a part of the picture is there.
    init(descriptor: LatentDescriptor, shape: FitShape, weight: Float = 1) {
        defaults = LatentDefaults.parameters(for: descriptor)
        tensors = shape.tensors.map(\.range)
        self.weight = weight
    }

    /// Adds the gradient of the bits to that of a step's cost, which is in bits, too.
    func addGradient(of parameters: [Float], to gradient: inout [Float]) {
        let s = Self.negligible
        for tensor in tensors {
            var sum: Float = 0
            for k in tensor {
                let difference = parameters[k] - defaults[k]
                sum += (difference * difference + s * s).squareRoot() - s
            }
            let factor = weight * Self.bitsPerNat / (sum / Float(tensor.count) + s)
            for k in tensor {
                let difference = parameters[k] - defaults[k]
                gradient[k] +=
                    factor * difference / (difference * difference + s * s).squareRoot()
            }
        }
    }
}

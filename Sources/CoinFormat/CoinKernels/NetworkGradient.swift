internal import CCoinKernels

/// Computes the squared error of a network and its gradient, the same bits on every CPU.
///
/// It holds scratch memory; each thread needs its own.
package struct NetworkGradient: Sendable {
    /// What the number of pixels of a call must be a multiple of.
    package static let pixelMultiple = COIN_LANES

    /// The shape of the network.
    package let shape: NetworkShape
    /// The variant that computes.
    package let variant: KernelVariant
    private var network: coin_network
    private var workspace: [Float]

    /// Creates the scratch memory for networks of a shape.
    ///
    /// - Precondition: this CPU can run `variant`.
    package init(shape: NetworkShape, variant: KernelVariant = .best) {
        precondition(variant.isSupported, "this CPU lacks \(variant)")
        self.shape = shape
        self.variant = variant
        network = shape.network
        workspace = unsafe [Float](
            repeating: 0, count: coin_network_gradient_workspace(&network))
    }

    /// Computes Σ weight · (output − target)² and the gradient of half of it.
    ///
    /// - Parameters:
    ///   - parameters: The network's parameters.
    ///   - transposed: The same, by `NetworkShape.transpose(parameters:into:)`.
    ///   - x: The points' abscissas, shape `[pixels]`; a multiple of `pixelMultiple` of them.
    ///   - y: The points' ordinates, shape `[pixels]`.
    ///   - target: Shape `[outputs, stride]`.
    ///   - weight: Shape `[outputs, stride]`, not negative; empty for all ones.
    ///   - stride: From one output's row to the next, at least `pixels`.
    ///   - gradient: Laid out as the parameters; overwritten.
    /// - Returns: The weighted squared error.
    package mutating func compute(
        parameters: Span<Float>, transposed: Span<Float>, x: Span<Float>, y: Span<Float>,
        target: Span<Float>, weight: Span<Float> = Span(), stride: Int,
        gradient: inout MutableSpan<Float>
    ) -> Double {
        let (count, pixels) = (shape.parameterCount, x.count)
        let samples = (shape.outputCount - 1) * stride + pixels
        precondition(parameters.count == count && transposed.count == count)
        precondition(gradient.count == count)
        precondition(y.count == pixels && pixels % Self.pixelMultiple == 0 && stride >= pixels)
        precondition(target.count >= samples && (weight.isEmpty || weight.count >= samples))
        return unsafe parameters.withUnsafeBufferPointer { parameters in
            unsafe transposed.withUnsafeBufferPointer { transposed in
                unsafe x.withUnsafeBufferPointer { x in
                    unsafe y.withUnsafeBufferPointer { y in
                        unsafe target.withUnsafeBufferPointer { target in
                            unsafe weight.withUnsafeBufferPointer { weight in
                                unsafe gradient.withUnsafeMutableBufferPointer { gradient in
                                    unsafe coin_network_gradient(
                                        variant.code, &network, parameters.baseAddress,
                                        transposed.baseAddress, x.baseAddress, y.baseAddress,
                                        target.baseAddress, stride,
                                        weight.isEmpty ? nil : weight.baseAddress, pixels,
                                        gradient.baseAddress, &workspace)
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

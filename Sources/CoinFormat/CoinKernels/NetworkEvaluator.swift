internal import CCoinKernels

/// Evaluates a network at points: the decoder's arithmetic, the same bits on every CPU.
///
/// It holds the parameters alone, so that many networks share one thread's scratch memory, and
/// threads share one evaluator.
package struct NetworkEvaluator: Sendable {
    /// The shape of the network.
    package let shape: NetworkShape
    /// The variant that evaluates it.
    package let variant: KernelVariant
    private let network: coin_network
    private let transposed: [Float]

    /// Creates an evaluator of the network with these parameters.
    ///
    /// - Precondition: there are `shape.parameterCount` parameters, and this CPU can run
    ///   `variant`.
    package init(
        shape: NetworkShape, parameters: Span<Float>, variant: KernelVariant = .best
    ) {
        precondition(variant.isSupported, "this CPU lacks \(variant)")
        self.shape = shape
        self.variant = variant
        network = shape.network
        var transposed = [Float](repeating: 0, count: shape.parameterCount)
        var span = transposed.mutableSpan
        shape.transpose(parameters: parameters, into: &span)
        self.transposed = transposed
    }

    /// Evaluates the network at points.
    ///
    /// - Parameters:
    ///   - x: The points' abscissas, shape `[pixels]`; any number of them.
    ///   - y: The points' ordinates, shape `[pixels]`.
    ///   - output: Shape `[outputs, stride]`; the first `pixels` columns are overwritten.
    ///   - stride: From one output's row to the next, at least `pixels`.
    ///   - workspace: Scratch memory of any content; grows to the size that is needed.
    package func evaluate(
        x: Span<Float>, y: Span<Float>, output: inout MutableSpan<Float>, stride: Int,
        workspace: inout [Float]
    ) {
        let pixels = x.count
        precondition(y.count == pixels && stride >= pixels)
        precondition(output.count >= (shape.outputCount - 1) * stride + pixels)
        var network = network
        let workspaceSize = unsafe coin_network_evaluate_workspace(&network)
        if workspace.count < workspaceSize {
            workspace = [Float](repeating: 0, count: workspaceSize)
        }
        unsafe x.withUnsafeBufferPointer { x in
            unsafe y.withUnsafeBufferPointer { y in
                unsafe output.withUnsafeMutableBufferPointer { output in
                    unsafe coin_network_evaluate(
                        variant.code, &network, transposed, x.baseAddress, y.baseAddress,
                        output.baseAddress, stride, pixels, &workspace)
                }
            }
        }
    }
}

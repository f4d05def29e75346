internal import CoinKernels

/// Adam: a mean of gradients over the root of a mean of their squares, element by element.
///
/// Kingma and Ba 2015, "Adam: A Method for Stochastic Optimization" (arXiv 1412.6980),
/// algorithm 1.
struct Adam: LayerOptimizer {
    /// How much of the mean of gradients a step keeps.
    private static let meanDecay: Float = 0.95
    /// How much of the mean of their squares a step keeps.
    private static let varianceDecay: Float = 0.95

    private var mean: PaddedMatrix
    private var variance: PaddedMatrix
    private var work: PaddedMatrix

    init(outputs: Int, columns: Int) {
        mean = PaddedMatrix(rows: outputs, columns: columns)
        variance = mean
        work = mean
    }

    mutating func direct(
        _ gradient: inout PaddedMatrix, step number: Int, kernels: KernelVariant
    ) {
        let step = AdamStep(
            number: number, meanDecay: Self.meanDecay, varianceDecay: Self.varianceDecay)
        kernels.adamStep(
            step, direction: &work, mean: &mean, variance: &variance, gradient: gradient)
        swap(&gradient, &work)
    }
}

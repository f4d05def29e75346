internal import CoinKernels

/// SOAP: Adam in the eigenbasis of Shampoo's preconditioner.
///
/// Vyas et al. 2024, "SOAP: Improving and Stabilizing Shampoo using Adam" (arXiv 2409.11321),
/// algorithm 3.
struct SOAP: LayerOptimizer {
    /// How much of the mean of gradients a step keeps.
    private static let meanDecay: Float = 0.95
    /// How much of the mean of their squares, and of the preconditioner, a step of a fit keeps.
    static let varianceDecay: Float = 0.95
    /// The number of steps between two refinements of the bases.
    private static let refreshInterval = 10
    /// The first steps, at each of which the bases are refined.
    private static let warmUpCount = 20

    /// Means of gradients and of their squares, in the rotated basis.
    private var mean: PaddedMatrix
    private var variance: PaddedMatrix
    private var left: Side
    private var right: Side
    private var work: PaddedMatrix
    private var rotated: PaddedMatrix
    private var transposed: PaddedMatrix

    /// What is added to the root of each mean of squares, against the size of the whole gradient.
    private let damping: Float
    private let varianceDecay: Float

    init(outputs: Int, columns: Int) {
        self.init(outputs: outputs, columns: columns, damping: 0)
    }

    /// Creates the state of a layer with ``damping``.
    ///
    /// In sums over whole pictures some directions cancel out exactly; what rounding leaves of them
    /// must not be scaled up.
    init(
        outputs: Int, columns: Int, damping: Float, varianceDecay: Float = SOAP.varianceDecay
    ) {
        self.damping = damping
        self.varianceDecay = varianceDecay
        mean = PaddedMatrix(rows: outputs, columns: columns)
        variance = mean
        work = mean
        rotated = mean
        transposed = PaddedMatrix(rows: columns, columns: outputs)
        left = Side(count: outputs)
        right = Side(count: columns)
    }

    mutating func direct(
        _ gradient: inout PaddedMatrix, step number: Int, kernels: KernelVariant
    ) {
        updateBases(gradient, step: number, kernels)
        kernels.multiply(left.rows, gradient, into: &work)
        kernels.multiply(work, right.columns, into: &rotated)
        let adam = AdamStep(
            number: number, meanDecay: Self.meanDecay, varianceDecay: varianceDecay,
            epsilon: damping == 0 ? 1e-8 : 1e-12 + damping * rotated.rootMeanSquare)
        kernels.adamStep(
            adam, direction: &work, mean: &mean, variance: &variance, gradient: rotated)
        kernels.multiply(left.rows, work, transposingFirst: true, into: &rotated)
        kernels.multiply(rotated, right.rows, into: &gradient)
    }

    private mutating func updateBases(
        _ gradient: PaddedMatrix, step number: Int, _ kernels: KernelVariant
    ) {
        let decay = number == 1 ? 0 : varianceDecay
        kernels.multiply(gradient, gradient, transposingFirst: true, into: &right.work)
        right.average(kernels, decay: decay)
        kernels.transpose(gradient, into: &transposed)
        kernels.multiply(gradient, transposed, into: &left.work)
        left.average(kernels, decay: decay)
        guard number <= Self.warmUpCount || number % Self.refreshInterval == 0 else { return }
        // The mean goes back to the parameters' basis and into the new one.
        kernels.multiply(left.rows, mean, transposingFirst: true, into: &work)
        kernels.multiply(work, right.rows, into: &mean)
        left.refresh(kernels)
        right.refresh(kernels)
        kernels.multiply(left.rows, mean, into: &work)
        kernels.multiply(work, right.columns, into: &mean)
    }
}

/// One side of the preconditioner and its eigenbasis.
private struct Side {
    /// The mean of GGᵀ or of GᵀG.
    var gram: PaddedMatrix
    /// Eigenvectors as rows.
    var rows: PaddedMatrix
    /// The same as columns.
    var columns: PaddedMatrix
    var work: PaddedMatrix

    init(count: Int) {
        gram = PaddedMatrix(rows: count, columns: count)
        rows = .identity(count)
        columns = rows
        work = gram
    }

    mutating func average(_ kernels: KernelVariant, decay: Float) {
        kernels.average(&gram, work, decay: decay)
    }

    /// One step of orthogonal iteration towards the eigenvectors.
    mutating func refresh(_ kernels: KernelVariant) {
        // Without gradients there is nothing to turn to; squares of the rows would underflow.
        guard gram.trace > 1e-9 else { return }
        kernels.multiply(rows, gram, into: &work)
        // A little of the old basis keeps directions apart that no gradient has touched.
        kernels.add(1e-8 * gram.trace, times: rows, to: &work)
        swap(&rows, &work)
        kernels.orthonormalize(&rows)
        kernels.transpose(rows, into: &columns)
    }
}

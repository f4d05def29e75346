internal import CoinKernels

/// The optimizer of a network: Adam in the eigenbasis of Shampoo's preconditioner.
///
/// Vyas et al. 2024, "SOAP: Improving and Stabilizing Shampoo using Adam" (arXiv 2409.11321),
/// algorithm 3. The weights and biases of a layer form one matrix `[outputs, inputs + 1]`. All
/// arithmetic is the same on every machine, so a fit depends on its settings and seed alone.
struct SOAP {
    /// The optimizer's constants.
    struct Settings: Sendable, Equatable {
        /// How much of the mean of gradients a step keeps.
        var meanDecay: Float = 0.95
        /// How much of the mean of their squares, and of the preconditioner, a step keeps.
        var varianceDecay: Float = 0.95
        /// The number of steps between two refinements of the bases.
        var refreshInterval = 10
        /// The first steps, at each of which the bases are refined.
        var warmUpCount = 20
    }

    private let settings: Settings
    private let shape: NetworkShape
    private let kernels: KernelVariant
    private var layers: [LayerState]
    private var stepCount = 0

    init(_ shape: NetworkShape, settings: Settings, kernels: KernelVariant) {
        self.settings = settings
        self.shape = shape
        self.kernels = kernels
        layers = (0..<shape.layerCount).map {
            LayerState(outputs: shape.sizes[$0 + 1], columns: shape.sizes[$0] + 1)
        }
    }

    /// Takes a step against `gradient` with a learning rate for each layer, in the units of its
    /// parameters; `threadCount` threads share the layers.
    mutating func step(
        _ parameters: inout [Float], gradient: [Float], learningRates: [Float], threadCount: Int
    ) {
        stepCount += 1
        let isRefresh =
            stepCount <= settings.warmUpCount || stepCount % settings.refreshInterval == 0
        let step = LayerState.Step(
            number: stepCount, isRefresh: isRefresh, settings: settings, kernels: kernels)
        let shape = shape
        unsafe layers.withUnsafeMutableBufferPointer { layers in
            unsafe parameters.withUnsafeMutableBufferPointer { parameters in
                unsafe gradient.withUnsafeBufferPointer { gradient in
                    // Layers are independent of each other.
                    forEachItem(layers.count, threadCount: threadCount) { _, layer in
                        let range = shape.parameterRange(layer: layer)
                        unsafe layers[layer].take(
                            step, gradient: gradient.extracting(range).span,
                            parameters: parameters.extracting(range),
                            learningRate: learningRates[layer])
                    }
                }
            }
        }
    }
}

/// The optimizer's state for one layer: matrices whose rows are padded with zeros.
private struct LayerState {
    struct Step {
        let number: Int
        let isRefresh: Bool
        let settings: SOAP.Settings
        let kernels: KernelVariant
    }

    private let outputs: Int
    private let columns: Int
    private var gradient: PaddedMatrix
    /// Means of gradients and of their squares, in the rotated basis.
    private var mean: PaddedMatrix
    private var variance: PaddedMatrix
    private var left: Side
    private var right: Side
    private var work: PaddedMatrix
    private var rotated: PaddedMatrix

    init(outputs: Int, columns: Int) {
        self.outputs = outputs
        self.columns = columns
        gradient = PaddedMatrix(rows: outputs, columns: columns)
        mean = gradient
        variance = gradient
        work = gradient
        rotated = gradient
        left = Side(count: outputs)
        right = Side(count: columns)
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

    mutating func take(
        _ step: Step, gradient values: Span<Float>,
        parameters: UnsafeMutableBufferPointer<Float>, learningRate: Float
    ) {
        let kernels = step.kernels
        load(values)
        updateBases(step)
        kernels.multiply(left.rows, gradient, into: &work)
        kernels.multiply(work, right.columns, into: &rotated)
        let adam = AdamStep(
            number: step.number, meanDecay: step.settings.meanDecay,
            varianceDecay: step.settings.varianceDecay)
        kernels.adamStep(
            adam, direction: &work, mean: &mean, variance: &variance, gradient: rotated)
        kernels.multiply(left.rows, work, transposingFirst: true, into: &rotated)
        kernels.multiply(rotated, right.rows, into: &work)
        unsafe store(into: parameters, learningRate: learningRate)
    }

    private mutating func updateBases(_ step: Step) {
        let kernels = step.kernels
        let decay = step.number == 1 ? 0 : step.settings.varianceDecay
        kernels.multiply(gradient, gradient, transposingFirst: true, into: &right.work)
        right.average(kernels, decay: decay)
        var transposed = PaddedMatrix(rows: columns, columns: outputs)
        kernels.transpose(gradient, into: &transposed)
        kernels.multiply(gradient, transposed, into: &left.work)
        left.average(kernels, decay: decay)
        guard step.isRefresh else { return }
        // The mean goes back to the parameters' basis and into the new one.
        kernels.multiply(left.rows, mean, transposingFirst: true, into: &work)
        kernels.multiply(work, right.rows, into: &mean)
        left.refresh(kernels)
        right.refresh(kernels)
        kernels.multiply(left.rows, mean, into: &work)
        kernels.multiply(work, right.columns, into: &mean)
    }

    /// Copies weights and biases, as a network stores them, into one matrix.
    private mutating func load(_ values: Span<Float>) {
        let inputs = columns - 1
        for o in 0..<outputs {
            for i in 0..<inputs { gradient[o, i] = values[o * inputs + i] }
            gradient[o, inputs] = values[outputs * inputs + o]
        }
    }

    /// Steps the weights and biases along the matrix ``work``.
    private func store(
        into parameters: UnsafeMutableBufferPointer<Float>, learningRate: Float
    ) {
        let inputs = columns - 1
        for o in 0..<outputs {
            for i in 0..<inputs { unsafe parameters[o * inputs + i] -= learningRate * work[o, i] }
            unsafe parameters[outputs * inputs + o] -= learningRate * work[o, inputs]
        }
    }
}

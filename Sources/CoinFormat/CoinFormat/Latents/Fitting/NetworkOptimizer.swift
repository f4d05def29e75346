internal import CoinKernels

/// Steps the networks of latent grids: SOAP for the layers, Adam for the taps.
struct NetworkOptimizer {
    /// How much less the last convolution moves than the layers before it.
    private static let convolutionFactor: Float = 0.3
    /// The largest magnitude of a weight, and of a row of them together: a little less than what the
    /// decoder's sums have room for; the last convolution also adds its input.
    private static let largestWeight: Float = 7.9
    private static let largestRow: Float = 11.5
    private static let largestConvolutionRow: Float = 10.5
    /// How much less the taps move than the layers.
    private static let tapFactor: Float = 0.2

    fileprivate struct Layer {
        let weights: FitShape.Tensor
        let biases: FitShape.Tensor
        let factor: Float
        var state: SOAP
        var matrix: PaddedMatrix
    }

    private let shape: FitShape
    private let kernels: KernelVariant
    private var layers: [Layer]
    private var taps: Adam
    private var tapMatrix: PaddedMatrix
    private var stepCount = 0

    /// Creates the state of an optimizer.
    ///
    /// `varianceDecay` is how much of the mean of squares a step keeps: more where gradients are of a
    /// few examples out of many.
    init(shape: FitShape, kernels: KernelVariant, varianceDecay: Float = SOAP.varianceDecay) {
        self.shape = shape
        self.kernels = kernels
        layers = shape.layers.enumerated().map { index, layer in
            let (weights, biases) = (shape.tensors[layer.weights], shape.tensors[layer.biases])
            let outputs = biases.range.count
            let columns = weights.range.count / outputs + 1
            return Layer(
                weights: weights, biases: biases,
                factor: index == shape.layers.count - 1 ? Self.convolutionFactor : 1,
                state: SOAP(
                    outputs: outputs, columns: columns, damping: 1e-3,
                    varianceDecay: varianceDecay),
                matrix: PaddedMatrix(rows: outputs, columns: columns))
        }
        taps = Adam(outputs: 1, columns: max(1, shape.taps.count))
        tapMatrix = PaddedMatrix(rows: 1, columns: max(1, shape.taps.count))
    }

    /// Takes a step against a gradient.
    mutating func step(_ parameters: inout [Float], gradient: [Float], rate: Float) {
        stepCount += 1
        for index in layers.indices {
            layers[index].load(gradient)
            layers[index].direct(step: stepCount, kernels: kernels)
            // The first step has no basis to rotate into yet.
            if stepCount > 1 { layers[index].store(into: &parameters, rate: rate) }
            let isLast = index == layers.count - 1
            layers[index].bound(
                &parameters, weight: Self.largestWeight,
                row: isLast ? Self.largestConvolutionRow : Self.largestRow)
        }
        for (column, k) in shape.taps.enumerated() { tapMatrix[0, column] = gradient[k] }
        taps.direct(&tapMatrix, step: stepCount, kernels: kernels)
        for (column, k) in shape.taps.enumerated() {
            parameters[k] -= rate * Self.tapFactor * tapMatrix[0, column]
        }
    }
}

extension NetworkOptimizer.Layer {
    private var inputs: Int { matrix.shape.columns - 1 }

    /// Copies the gradient of weights and biases into one matrix.
    fileprivate mutating func load(_ gradient: [Float]) {
        for o in 0..<matrix.shape.rows {
            for i in 0..<inputs {
                matrix[o, i] = gradient[weights.range.lowerBound + o * inputs + i]
            }
            matrix[o, inputs] = gradient[biases.range.lowerBound + o]
        }
    }

    fileprivate mutating func direct(step: Int, kernels: KernelVariant) {
        state.direct(&matrix, step: step, kernels: kernels)
    }

    /// Steps weights and biases against the matrix.
    fileprivate func store(into parameters: inout [Float], rate: Float) {
        for o in 0..<matrix.shape.rows {
            for i in 0..<inputs {
                parameters[weights.range.lowerBound + o * inputs + i] -=
                    rate * factor * matrix[o, i]
            }
            parameters[biases.range.lowerBound + o] -= rate * factor * matrix[o, inputs]
        }
    }

    /// Scales rows down that have grown too large, bias and all: a neuron becomes that much weaker.
    fileprivate func bound(_ parameters: inout [Float], weight: Float, row: Float) {
        for o in 0..<matrix.shape.rows {
            let start = weights.range.lowerBound + o * inputs
            var (largest, sum) = (Float(0), Float(0))
            for k in start..<start + inputs {
                largest = max(largest, abs(parameters[k]))
                sum += abs(parameters[k])
            }
            let factor = min(1, weight / largest, row / sum)
            guard factor < 1 else { continue }
            for k in start..<start + inputs { parameters[k] *= factor }
            parameters[biases.range.lowerBound + o] *= factor
        }
    }
}

internal import CoinKernels
internal import FormatKit

/// How weights follow their gradients.
///
/// Whatever the kind, the weights and biases of a layer form one matrix `[outputs, inputs + 1]`,
/// and a learning rate is about how far one of its elements moves in a step. All arithmetic is the
/// same on every machine, so a fit depends on its settings and seed alone.
enum OptimizerKind: String, Sendable, Equatable, CaseIterable {
    /// Steps along the nearest orthogonal matrix to the mean gradient; see ``Muon``.
    case muon
    /// Adam in the eigenbasis of Shampoo's preconditioner; see ``SOAP``.
    case soap
    /// Adam, as in the COIN paper; see ``Adam``.
    case adam

    /// The highest learning rate that suits photographs, in radians of a sine's argument
    /// (`docs/notes/fitting.md`).
    ///
    /// What a step of Muon changes in the picture grows with the number of neurons, since all of
    /// them move; short fits want longer steps.
    func learningRate(neuronCount: Int, stepCount: Int) -> Float {
        switch self {
        case .muon:
            // A fourth root, as two square roots, which every machine rounds alike.
            let ratio = (9600 / Float(max(1, stepCount))).squareRoot().squareRoot()
            return min(max(1.2 / Float(neuronCount) * ratio, 0.0005), 0.02)
        case .soap, .adam: return 0.03
        }
    }

    fileprivate func makeLayer(outputs: Int, columns: Int) -> any LayerOptimizer {
        switch self {
        case .muon: Muon(outputs: outputs, columns: columns)
        case .soap: SOAP(outputs: outputs, columns: columns)
        case .adam: Adam(outputs: outputs, columns: columns)
        }
    }
}

/// The part of an optimizer that belongs to one layer.
protocol LayerOptimizer {
    /// Creates the state of a layer of so many outputs, and columns of weights and the bias.
    init(outputs: Int, columns: Int)

    /// Replaces a gradient by the direction to step against.
    ///
    /// - Parameters:
    ///   - gradient: `[outputs, columns]`; its elements become about 1 in size.
    ///   - number: The number of the step, from 1.
    ///   - kernels: The kernels to use; the result does not depend on them.
    mutating func direct(_ gradient: inout PaddedMatrix, step number: Int, kernels: KernelVariant)
}

/// The optimizer of a network.
struct Optimizer {
    private let shape: NetworkShape
    private let kernels: KernelVariant
    private var layers: [Layer]
    private var stepCount = 0

    init(_ kind: OptimizerKind, shape: NetworkShape, kernels: KernelVariant) {
        self.shape = shape
        self.kernels = kernels
        layers = (0..<shape.layerCount).map { layer in
            let (outputs, columns) = (shape.sizes[layer + 1], shape.sizes[layer] + 1)
            return Layer(
                state: kind.makeLayer(outputs: outputs, columns: columns),
                matrix: PaddedMatrix(rows: outputs, columns: columns))
        }
    }

    /// Takes a step against `gradient` with a learning rate for each layer, in the units of its
    /// parameters; `threadCount` threads share the layers.
    mutating func step(
        _ parameters: inout [Float], gradient: [Float], learningRates: [Float], threadCount: Int
    ) {
        stepCount += 1
        let (shape, kernels, number) = (shape, kernels, stepCount)
        unsafe layers.withUnsafeMutableBufferPointer { layers in
            unsafe parameters.withUnsafeMutableBufferPointer { parameters in
                unsafe gradient.withUnsafeBufferPointer { gradient in
                    // Layers are independent of each other.
                    forEachItem(layers.count, threadCount: threadCount) { _, layer in
                        let range = shape.parameterRange(layer: layer)
                        unsafe layers[layer].load(gradient.extracting(range).span)
                        unsafe layers[layer].state.direct(
                            &layers[layer].matrix, step: number, kernels: kernels)
                        unsafe layers[layer].store(
                            into: parameters.extracting(range),
                            learningRate: learningRates[layer])
                    }
                }
            }
        }
    }
}

/// The state of a layer, and the matrix of its gradient or its step.
private struct Layer {
    var state: any LayerOptimizer
    var matrix: PaddedMatrix

    private var outputs: Int { matrix.shape.rows }
    private var inputs: Int { matrix.shape.columns - 1 }

    /// Copies weights and biases, as a network stores them, into one matrix.
    mutating func load(_ values: Span<Float>) {
        for o in 0..<outputs {
            for i in 0..<inputs { matrix[o, i] = values[o * inputs + i] }
            matrix[o, inputs] = values[outputs * inputs + o]
        }
    }

    /// Steps the weights and biases against the matrix.
    func store(into parameters: UnsafeMutableBufferPointer<Float>, learningRate: Float) {
        for o in 0..<outputs {
            for i in 0..<inputs { unsafe parameters[o * inputs + i] -= learningRate * matrix[o, i] }
            unsafe parameters[outputs * inputs + o] -= learningRate * matrix[o, inputs]
        }
    }
}

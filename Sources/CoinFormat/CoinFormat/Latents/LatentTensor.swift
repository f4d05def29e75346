/// A tensor of the networks, in the order of the stream (§6).
///
/// Letters: D, H as in ``LatentDescriptor``; I inputs, K neurons, C outputs of the synthesis.
enum LatentTensor: Int, CaseIterable, Sendable {
    /// Shape `[H, D]`.
    case w1
    /// Shape `[H]`.
    case b1
    /// Shape `[H, H]`.
    case w2
    /// Shape `[H]`.
    case b2
    /// Shape `[2, H + D]`.
    case w3
    /// Shape `[2]`.
    case b3
    /// Shape `[N − 1, 4]`: taps of the stages, that from level 1 to 0 first.
    case lumaTaps
    /// Shape `[N − 1, 4]`, where there is chroma.
    case chromaTaps
    /// Shape `[N − 1, 4]`, where there are grids of alpha.
    case alphaTaps
    /// Shape `[K, I]`.
    case a1
    /// Shape `[K]`.
    case a1Biases
    /// Shape `[C, K + I]`.
    case a2
    /// Shape `[C]`.
    case a2Biases
    /// Shape `[C, C, 3, 3]`: output, input, row, column.
    case b
    /// Shape `[C]`.
    case bBiases

    /// Whether the values are added to sums, not multiplied.
    var isBias: Bool {
        switch self {
        case .b1, .b2, .b3, .a1Biases, .a2Biases, .bBiases: true
        default: false
        }
    }

    /// The fractional bits of a value as the kernels use it.
    var fractionBits: Int { self == .bBiases ? 19 : isBias ? 18 : 12 }

    /// The largest magnitude of a value.
    var maximum: Int { isBias ? 1 << 29 : 32_767 }

    /// The largest sum of the magnitudes of a row, which keeps sums within 32 bits: the filter
    /// adds 4096 times its input.
    var maximumOfRow: Int { self == .b ? 49_151 - 4_096 : 49_151 }
}

extension LatentDescriptor {
    /// D, the inputs of the entropy network.
    var inputCount: Int { contexts + 6 }

    /// The rows and columns of a tensor; 0 rows if the picture has none.
    func shape(of tensor: LatentTensor) -> (rows: Int, columns: Int) {
        let (outputs, inputs) = (outputCount, synthesisInputs.count)
        return switch tensor {
        case .w1: (hidden, inputCount)
        case .b1, .b2: (hidden, 1)
        case .w2: (hidden, hidden)
        case .w3: (2, hidden + inputCount)
        case .b3: (2, 1)
        case .lumaTaps: (levelCount - 1, 4)
        case .chromaTaps: (firstChromaLevel == nil ? 0 : levelCount - 1, 4)
        case .alphaTaps: (firstAlphaLevel == nil ? 0 : levelCount - 1, 4)
        case .a1: (width, inputs)
        case .a1Biases: (width, 1)
        case .a2: (outputs, width + inputs)
        case .a2Biases, .bBiases: (outputs, 1)
        case .b: (outputs, 9 * outputs)
        }
    }

    /// The number of values of a tensor.
    func count(of tensor: LatentTensor) -> Int {
        let shape = shape(of: tensor)
        return shape.rows * shape.columns
    }

    /// The number of values of all tensors.
    var parameterCount: Int { LatentTensor.allCases.reduce(0) { $0 + count(of: $1) } }
}

internal import CoinKernels

/// The numbers of the networks that all tiles share (§6).
struct LatentNetworks: Equatable, Sendable {
    let descriptor: LatentDescriptor
    /// G: what a unit of the synthesis is, 1…32767.
    var gain: Int
    /// The base of each output, 0…65535.
    var bases: [Int]
    /// Each tensor by its raw value, row by row, as the kernels use it: ``LatentTensor``.
    var tensors: [[Int32]]

    static let gainRange = 1...32_767

    /// Creates networks of zeros.
    init(descriptor: LatentDescriptor, gain: Int, bases: [Int]) {
        precondition(Self.gainRange.contains(gain) && bases.count == descriptor.outputCount)
        precondition(bases.allSatisfy((0...0xFFFF).contains))
        self.descriptor = descriptor
        self.gain = gain
        self.bases = bases
        tensors = LatentTensor.allCases.map {
            [Int32](repeating: 0, count: descriptor.count(of: $0))
        }
    }

    /// A tensor's values.
    subscript(tensor: LatentTensor) -> [Int32] {
        get { tensors[tensor.rawValue] }
        set {
            precondition(newValue.count == descriptor.count(of: tensor))
            tensors[tensor.rawValue] = newValue
        }
    }

    /// The first value or row of a tensor that could make a sum overflow, with what it is.
    func violation(in tensor: LatentTensor) -> (found: Int, maximum: Int)? {
        let values = self[tensor]
        if let value = values.first(where: { $0.magnitude > tensor.maximum }) {
            return (Int(value), tensor.maximum)
        }
        if tensor.isBias { return nil }
        let columns = descriptor.shape(of: tensor).columns
        for start in stride(from: 0, to: values.count, by: columns) {
            let sum = values[start..<start + columns].reduce(0) { $0 + Int($1.magnitude) }
            if sum > tensor.maximumOfRow { return (sum, tensor.maximumOfRow) }
        }
        return nil
    }

    /// The values of all tensors as numbers, in the order of the stream.
    var parameters: [Float] {
        LatentTensor.allCases.flatMap { tensor in
            self[tensor].map { Float($0) / Float(1 << tensor.fractionBits) }
        }
    }

    /// Whether no sum of the decoder can overflow.
    var isValid: Bool { LatentTensor.allCases.allSatisfy { violation(in: $0) == nil } }

    /// The entropy network, packed for the kernels.
    func entropyNetwork(_ variant: KernelVariant) -> LatentEntropyNetwork {
        LatentEntropyNetwork(
            contexts: descriptor.contexts, hidden: descriptor.hidden, w1: self[.w1],
            b1: self[.b1], w2: self[.w2], b2: self[.b2], w3: self[.w3], b3: self[.b3],
            variant: variant)
    }

    /// The synthesis, packed for the kernels.
    func synthesis(channelCount: Int, bitDepth: Int) -> LatentSynthesis {
        LatentSynthesis(
            planeCount: descriptor.synthesisInputs.count, width: descriptor.width,
            channelCount: channelCount, is16Bit: bitDepth == 16, gain: gain, bases: bases,
            tensors: LatentSynthesis.Tensors(
                a1: self[.a1], a1Biases: self[.a1Biases], a2: self[.a2],
                a2Biases: self[.a2Biases], b: self[.b], bBiases: self[.bBiases]))
    }

    /// The taps that double a group's plane from level `level` + 1 to `level`.
    func taps(_ group: LatentGroup, to level: Int) -> ArraySlice<Int32> {
        self[Self.taps(of: group)][4 * level..<4 * level + 4]
    }

    /// The taps of the stages that an octave leaves out, from the finest on.
    func taps(_ group: LatentGroup, belowOctave octave: Int) -> ArraySlice<Int32> {
        self[Self.taps(of: group)][..<(4 * octave)]
    }

    private static func taps(of group: LatentGroup) -> LatentTensor {
        switch group {
        case .luma: .lumaTaps
        case .blue, .red: .chromaTaps
        case .alpha: .alphaTaps
        }
    }
}

internal import CoinKernels

extension DefaultsTraining {
    /// The mean of the last numbers.
    public struct RunningMean: Sendable {
        private var numbers: [Double] = []

        /// The mean of up to 400 numbers; 0 of none.
        public var value: Double {
            numbers.reduce(0, +) / Double(max(1, numbers.count))
        }

        mutating func add(_ number: Double) {
            numbers.append(number)
            if numbers.count > 400 { numbers.removeFirst() }
        }
    }

    /// The networks as a set of defaults.
    ///
    /// A list for each tensor in the order of the stream, under its name in the specification, with
    /// 12 fractional bits. Alpha, of which nothing was learned, is there as a fit starts it.
    public var tensors: [(name: String, values: [Int])] {
        let learned = LatentDefaults(descriptor: descriptor, tensors: integers)
        let complete = form.sizes.complete
        return LatentTensor.allCases.map { tensor in
            var values = learned.values(tensor, for: complete)
            if tensor == .alphaTaps {
                values = values.indices.map { Self.integer(StartingNetworks.taps[$0 % 4]) }
            } else if tensor == .a2 {
                values[values.count - 1] = Self.integer(1)
            }
            return (tensor.specifiedName, values)
        }
    }

    /// The filters of the analysis, with 9 fractional bits.
    public var analysis: [Int] { filters.integers }

    private var integers: [[Int16]] {
        var rest = parameters[...]
        return LatentTensor.allCases.map { tensor in
            let count = descriptor.count(of: tensor)
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count).map { Int16(Self.integer($0)) }
        }
    }

    private static func integer(_ value: Float) -> Int {
        Int((min(max(value, -7.9), 7.9) * 4096).rounded(.toNearestOrEven))
    }
}

extension LatentTensor {
    /// What the specification calls the tensor.
    fileprivate var specifiedName: String {
        switch self {
        case .w1: "W1"
        case .w2: "W2"
        case .w3: "W3"
        case .b1: "b1"
        case .b2: "b2"
        case .b3: "b3"
        case .lumaTaps: "taps Y"
        case .chromaTaps: "taps C"
        case .alphaTaps: "taps A"
        case .a1: "A1"
        case .a1Biases: "a1"
        case .a2: "A2"
        case .a2Biases: "a2"
        case .b: "B"
        case .bBiases: "c"
        }
    }
}

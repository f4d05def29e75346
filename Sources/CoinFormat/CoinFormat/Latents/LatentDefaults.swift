/// A set of parameters that ships with the codec; streams have differences from it (§6).
struct LatentDefaults: Sendable {
    /// What the set is made for: an RGBA picture with every grid.
    let descriptor: LatentDescriptor
    /// A value for each tensor, by its raw value, with 12 fractional bits; laid out as those of
    /// ``descriptor``.
    let tensors: [[Int16]]

    /// The sets from number 1 on.
    private static let sets: [LatentDefaults] = [compact, wide]

    /// Whether there is a set of this number.
    static func isKnown(_ number: Int) -> Bool { number <= sets.count }

    /// The values of a tensor for a picture of another form; zero where the set has none.
    static func values(
        ofSet number: Int, _ tensor: LatentTensor, for descriptor: LatentDescriptor
    ) -> [Int] {
        guard number > 0 else {
            return [Int](repeating: 0, count: descriptor.count(of: tensor))
        }
        return sets[number - 1].values(tensor, for: descriptor)
    }

    /// The parameters of a descriptor's set, tensor after tensor in the order of the stream, which is
    /// that of a model's.
    static func parameters(for descriptor: LatentDescriptor) -> [Float] {
        LatentTensor.allCases.filter { descriptor.count(of: $0) > 0 }.flatMap {
            values(ofSet: descriptor.defaults, $0, for: descriptor).map { Float($0) / 4096 }
        }
    }

    /// The values of a tensor for a picture of another form; zero where the set has none.
    func values(_ tensor: LatentTensor, for other: LatentDescriptor) -> [Int] {
        let columns = zip(descriptor.columnNames(tensor), 0...)
        let places = Dictionary(uniqueKeysWithValues: columns)
        let shape = descriptor.shape(of: tensor)
        let rows = Dictionary(uniqueKeysWithValues: zip(descriptor.rowNames(tensor), 0...))
        return other.rowNames(tensor).flatMap { name in
            other.columnNames(tensor).map { column in
                guard let r = rows[name], let c = places[column] else { return 0 }
                return Int(tensors[tensor.rawValue][r * shape.columns + c])
            }
        }
    }
}

/// What a row or column of a tensor stands for, whatever the widths.
private enum LatentAxisName: Hashable {
    case index(Int)
    case feature(Int)
    case plane(LatentGroup, level: Int)
    case channel(Int, tap: Int)
}

extension LatentDescriptor {
    fileprivate func rowNames(_ tensor: LatentTensor) -> [LatentAxisName] {
        switch tensor {
        case .a2, .a2Biases, .b, .bBiases: outputChannels.map { .channel($0, tap: 0) }
        default: (0..<shape(of: tensor).rows).map { .index($0) }
        }
    }

    fileprivate func columnNames(_ tensor: LatentTensor) -> [LatentAxisName] {
        let inputs =
            (0..<contexts).map { LatentAxisName.index(-1 - $0) } + (0..<6).map { .feature($0) }
        let planes = synthesisInputs.map { place in
            LatentAxisName.plane(place.group, level: place.group == .luma ? place.level : 0)
        }
        switch tensor {
        case .w1: return inputs
        case .w3: return (0..<hidden).map { .index($0) } + inputs
        case .a1: return planes
        case .a2: return (0..<width).map { .index($0) } + planes
        case .b: return outputChannels.flatMap { c in (0..<9).map { .channel(c, tap: $0) } }
        default: return (0..<shape(of: tensor).columns).map { .index($0) }
        }
    }

    /// The channels of the outputs: 0…2 gray or colors, 3 alpha.
    private var outputChannels: [Int] {
        Array(0..<(firstChromaLevel == nil ? 1 : 3)) + (firstAlphaLevel == nil ? [] : [3])
    }
}

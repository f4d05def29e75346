internal import CoinKernels

extension LatentNetworks {
    /// The payload of a `NETS` box after the architecture's index, the inverse of parsing.
    ///
    /// - Parameter stepBits: Of each tensor k, by raw value: its values differ from the defaults by
    ///   multiples of 2^-k.
    /// - Returns: `nil` if a difference from a default is too large for its code.
    /// - Precondition: `isValid`, and the differences are such multiples.
    func serialized(stepBits: [Int]) -> [UInt8]? {
        precondition(isValid && stepBits.count == LatentTensor.allCases.count)
        var bytes: [UInt8] = []
        for value in [gain] + bases { bytes.append(littleEndian: UInt16(value)) }
        var writer = LatentWriter(
            valueCount: descriptor.parameterCount + 2 * stepBits.count, stateCount: 1)
        for tensor in LatentTensor.allCases.reversed() where descriptor.count(of: tensor) > 0 {
            let bits = stepBits[tensor.rawValue]
            let differences = differences(tensor, stepBits: bits)
            guard let scale = Self.bestScale(differences) else { return nil }
            for difference in differences.reversed() {
                writer.write(difference, scale: scale * LatentStep.scaleUnit)
            }
            writer.writeUniform(scale, bits: 5)
            writer.writeUniform(bits, bits: 4)
        }
        return bytes + writer.finish()
    }

    /// The values of a tensor in steps, less the defaults.
    private func differences(_ tensor: LatentTensor, stepBits: Int) -> [Int] {
        precondition(LatentStep.bitRange.contains(stepBits))
        let shift = tensor.fractionBits - stepBits
        let defaults = LatentDefaults.values(
            ofSet: descriptor.defaults, tensor, for: descriptor)
        let defaultShift = tensor.fractionBits - LatentStep.defaultBits
        return zip(self[tensor], defaults).map { value, standard in
            let difference = Int(value) - (standard << defaultShift)
            precondition((difference >> shift) << shift == difference, "no multiple of the step")
            return difference >> shift
        }
    }

    /// The scale, in units of 4, that codes the differences shortest; `nil` if none can.
    private static func bestScale(_ differences: [Int]) -> Int? {
        let largest = differences.map(\.magnitude).max() ?? 0
        let costs = (0..<LatentStep.scaleCount).compactMap { scale -> (Int, UInt64)? in
            let index = scale * LatentStep.scaleUnit
            guard largest <= LatentTables.constants(scale: index).radius + 65_535 else {
                return nil
            }
            return (
                scale, differences.reduce(0) { $0 + LatentTables.shared.cost($1, scale: index) }
            )
        }
        return costs.min { $0.1 < $1.1 }?.0
    }

    /// What a tensor costs whose values differ so from the defaults, in bits; infinite if it cannot
    /// be coded.
    static func cost(ofDifferences differences: [Int]) -> Double {
        guard let scale = bestScale(differences) else { return .infinity }
        let index = scale * LatentStep.scaleUnit
        let sum = differences.reduce(0) { $0 + LatentTables.shared.cost($1, scale: index) }
        return 9 + Double(sum) / 65_536
    }

    /// What a tensor costs with these steps, in bits; `nil` if it cannot be coded.
    func cost(of tensor: LatentTensor, stepBits: Int) -> Double? {
        let differences = differences(tensor, stepBits: stepBits)
        guard let scale = Self.bestScale(differences) else { return nil }
        let index = scale * LatentStep.scaleUnit
        let sum = differences.reduce(0) { $0 + LatentTables.shared.cost($1, scale: index) }
        return 9 + Double(sum) / 65_536
    }
}

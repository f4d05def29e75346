internal import CoinKernels

extension LatentNetworks {
    /// Parses the payload of a `NETS` box after the architecture's index (§6).
    ///
    /// | Offset | Size | Field   | Value                                                   |
    /// | ------ | ---- | ------- | ------------------------------------------------------- |
    /// | 0      | 2    | gain    | 1…32767                                                 |
    /// | 2      | 2 C  | bases   | of each output                                          |
    /// | …      | …    | tensors | a range coder's stream of one state, to the last byte   |
    init(
        parsing reader: inout ByteReader, descriptor: LatentDescriptor
    ) throws(BitstreamError) {
        let start = reader.offset
        let gain = Int(try reader.read(UInt16.self))
        guard Self.gainRange.contains(gain) else {
            throw .invalidField(
                "the gain", found: "\(gain)", expected: "1 to 32767", offset: start)
        }
        var bases: [Int] = []
        for _ in 0..<descriptor.outputCount { bases.append(Int(try reader.read(UInt16.self))) }
        self.init(descriptor: descriptor, gain: gain, bases: bases)
        let base = reader.offset
        let bytes = try reader.readBytes(reader.remaining)
        var coder = try atOffset(base) { () throws(LatentStreamError) in
            try LatentReader(bytes, stateCount: 1)
        }
        for tensor in LatentTensor.allCases where descriptor.count(of: tensor) > 0 {
            try readTensor(tensor, &coder, base: base)
        }
        try atOffset(base) { () throws(LatentStreamError) in try coder.finish() }
        guard coder.position == bytes.count else {
            throw .invalidField(
                "the length of the networks", found: "\(bytes.count)",
                expected: "\(coder.position)", offset: base + coder.position)
        }
    }

    /// Reads a tensor: the bits of its step, its scale, and the differences from the defaults.
    private mutating func readTensor(
        _ tensor: LatentTensor, _ coder: inout LatentReader, base: Int
    ) throws(BitstreamError) {
        let start = base + coder.position
        let defaults = LatentDefaults.values(
            ofSet: descriptor.defaults, tensor, for: descriptor)
        let values = try atOffset(base) { () throws(LatentStreamError) -> [Int]? in
            let step = try coder.readUniform(bits: 4)
            if step > LatentStep.bitRange.upperBound { return nil }
            let scale = try coder.readUniform(bits: 5) * LatentStep.scaleUnit
            var values: [Int] = []
            values.reserveCapacity(defaults.count)
            for value in defaults {
                let difference = try coder.read(scale: scale)
                values.append(
                    (value << (tensor.fractionBits - LatentStep.defaultBits))
                        + (difference << (tensor.fractionBits - step)))
            }
            return values
        }
        guard let values else {
            throw .invalidField(
                "the bits of a step", found: "13 or more", expected: "0 to 12", offset: start)
        }
        guard values.allSatisfy({ $0.magnitude <= tensor.maximum }) else {
            throw .invalidField(
                "a value of tensor \(tensor)", found: "a larger one",
                expected: "up to \(tensor.maximum)", offset: base + coder.position)
        }
        self[tensor] = values.map(Int32.init)
        if let (found, maximum) = violation(in: tensor) {
            throw .invalidField(
                "the sum of a row of tensor \(tensor)", found: "\(found)",
                expected: "up to \(maximum)", offset: base + coder.position)
        }
    }
}

/// The steps by which values of a tensor differ from the defaults: 2^-bits.
enum LatentStep {
    static let bitRange = 0...12
    /// Scales of tensors are multiples of this index.
    static let scaleUnit = 4
    static let scaleCount = 32
    /// The fractional bits of the values of a set of defaults.
    static let defaultBits = 12
}

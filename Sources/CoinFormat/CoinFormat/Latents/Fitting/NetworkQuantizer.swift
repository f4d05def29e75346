internal import CoinKernels

/// Rounds fitted networks to the decoder's integers.
///
/// Each tensor's step is a power of two, as coarse as pays: what a coarser step saves in the
/// networks' bits against what it costs in those of the latents, and in error.
struct NetworkQuantizer {
    /// Fractional bits of the finest step.
    private static let finestBits = 9
    /// Those of the other steps, in the order in which they are tried.
    private static let coarserBits = [7, 6, 5, 4, 3, 2, 0]

    let trainer: LatentTrainer
    let descriptor: LatentDescriptor
    let gain: Int
    let bases: [Int]
    /// Tensors of the stream, in the order of those of the model.
    private let tensors: [LatentTensor]
    private let defaults: [[Int]]

    /// The result: networks, and the steps of their tensors by raw value.
    struct Result {
        var networks: LatentNetworks
        var stepBits: [Int]
        /// The bits of the tensors.
        var bits: Double
        /// The rate and the error of the rounded latents with these networks.
        var measure: LatentTrainer.Measure
    }

    init(trainer: LatentTrainer, descriptor: LatentDescriptor, gain: Int, bases: [Int]) {
        self.trainer = trainer
        self.descriptor = descriptor
        self.gain = gain
        self.bases = bases
        tensors = LatentTensor.allCases.filter { descriptor.count(of: $0) > 0 }
        defaults = tensors.map {
            LatentDefaults.values(ofSet: descriptor.defaults, $0, for: descriptor)
        }
    }

    /// Rounds the networks of the trainer's model, which has the rounded ones afterwards.
    func quantize() -> Result {
        let fitted = trainer.model.parameters
        var parameters = fitted
        var bits = [Int](repeating: Self.finestBits, count: tensors.count)
        var costs = [Double](repeating: 0, count: tensors.count)
        let shape = trainer.model.shape
        for (index, tensor) in shape.tensors.enumerated() {
            let rounded = round(fitted[tensor.range], index, bits: Self.finestBits)
            parameters.replaceSubrange(tensor.range, with: rounded.values)
            costs[index] = rounded.cost
        }
        trainer.model.parameters = parameters
        var measure = trainer.measure()
        for index in shape.tensors.indices {
            search(index, fitted, &parameters, &bits[index], &costs[index], &measure)
        }
        return Result(
            networks: networks(parameters), stepBits: stepBits(bits),
            bits: costs.reduce(0, +), measure: measure)
    }

    /// Tries coarser steps of a tensor while they pay; two in a row that do not end the search.
    private func search(
        _ index: Int, _ fitted: [Float], _ parameters: inout [Float], _ bits: inout Int,
        _ cost: inout Double, _ measure: inout LatentTrainer.Measure
    ) {
        let tensor = trainer.model.shape.tensors[index]
        var best = cost + trainer.cost(measure)
        var failures = 0
        for candidate in Self.coarserBits where failures < 2 {
            let rounded = round(fitted[tensor.range], index, bits: candidate)
            var tried = parameters
            tried.replaceSubrange(tensor.range, with: rounded.values)
            trainer.model.parameters = tried
            var triedMeasure = measure
            if tensor.role == .entropy {
                triedMeasure.bits = trainer.measureBits()
            } else {
                triedMeasure.distortion = trainer.measureDistortion()
            }
            let total = rounded.cost + trainer.cost(triedMeasure)
            if total < best {
                (best, failures) = (total, 0)
                (parameters, bits, cost, measure) = (tried, candidate, rounded.cost, triedMeasure)
            } else {
                failures += 1
            }
        }
        trainer.model.parameters = parameters
    }

    /// Rounds a tensor to multiples of 2^−bits that the decoder accepts, and tells what they cost.
    private func round(
        _ values: ArraySlice<Float>, _ index: Int, bits: Int
    ) -> (values: [Float], cost: Double) {
        let tensor = tensors[index]
        let unit = Float(1 << bits)
        let limit = tensor.isBias ? 1 << 9 : 7
        let base = defaults[index]
        var steps = zip(values, base).map { value, standard in
            let bounded = min(max(value, -Float(limit)), Float(limit))
            return Int(((bounded - Float(standard) / 4096) * unit).rounded(.toNearestOrEven))
        }
        if !tensor.isBias { shrinkRows(&steps, base, tensor, bits: bits) }
        let rounded = zip(steps, base).map { Float($0) / unit + Float($1) / 4096 }
        return (rounded, LatentNetworks.cost(ofDifferences: steps))
    }

    /// Moves rows towards the defaults whose magnitudes together could make a sum of the decoder
    /// overflow; the defaults' own do not, which a test makes sure of.
    private func shrinkRows(
        _ steps: inout [Int], _ base: [Int], _ tensor: LatentTensor, bits: Int
    ) {
        let columns = descriptor.shape(of: tensor).columns
        for start in stride(from: 0, to: steps.count, by: columns) {
            let row = start..<start + columns
            func sum() -> Int {
                row.reduce(0) { $0 + abs(base[$1] + (steps[$1] << (12 - bits))) }
            }
            while sum() > tensor.maximumOfRow, row.contains(where: { steps[$0] != 0 }) {
                for k in row { steps[k] = steps[k] * 7 / 8 }
            }
        }
    }

    private func networks(_ parameters: [Float]) -> LatentNetworks {
        var networks = LatentNetworks(descriptor: descriptor, gain: gain, bases: bases)
        for (index, tensor) in tensors.enumerated() {
            let scale = Float(1 << tensor.fractionBits)
            networks[tensor] = parameters[trainer.model.shape.tensors[index].range].map {
                Int32($0 * scale)
            }
        }
        return networks
    }

    /// The steps of all tensors, those that the picture has none of included.
    private func stepBits(_ bits: [Int]) -> [Int] {
        var all = [Int](repeating: 0, count: LatentTensor.allCases.count)
        for (index, tensor) in tensors.enumerated() { all[tensor.rawValue] = bits[index] }
        return all
    }
}

internal import CoinKernels
internal import FormatKit

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
    /// What a bit of the networks counts against one of the latents.
    let weight: Double
    /// In trials of single parameters, of how many bands one stands for all.
    var period: Int
    /// What a change does to so many latents says enough.
    private static let latentsOfTrials = 250_000
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

    init(
        trainer: LatentTrainer, descriptor: LatentDescriptor, gain: Int, bases: [Int],
        weight: Double = 1
    ) {
        self.trainer = trainer
        self.descriptor = descriptor
        self.gain = gain
        self.bases = bases
        self.weight = weight
        let configuration = trainer.model.configuration
        // Similarity is not of bands.
        period =
            configuration.similarityScales > 0
            ? 1 : max(1, configuration.latentCount / Self.latentsOfTrials)
        tensors = LatentTensor.allCases.filter { descriptor.count(of: $0) > 0 }
        defaults = tensors.map {
            LatentDefaults.values(ofSet: descriptor.defaults, $0, for: descriptor)
        }
    }

    /// Rounds the networks of the trainer's model, which has the rounded ones afterwards.
    ///
    /// - Parameters:
    ///   - isRefining: Whether every parameter is tried a step nearer to its default.
    ///   - context: Asked whether to go on.
    /// - Returns: The rounded networks.
    /// - Throws: ``ImageError/cancelled``.
    func quantize(
        refining isRefining: Bool, _ context: CodecContext = CodecContext()
    ) throws(ImageError) -> Result {
        let fitted = trainer.model.parameters
        var state = State(
            parameters: fitted,
            tensors: trainer.model.shape.tensors.enumerated().map {
                round(fitted[$1.range], $0, bits: Self.finestBits)
            },
            measure: LatentTrainer.Measure(bits: 0, squaredError: 0, distortion: 0))
        for index in tensors.indices { put(state.tensors[index], index, &state.parameters) }
        trainer.model.parameters = state.parameters
        state.measure = trainer.measure()
        for index in tensors.indices { search(index, fitted, &state) }
        if isRefining {
            for index in tensors.indices { try refine(index, &state, context) }
            state.measure = trainer.measure()
        }
        return Result(
            networks: networks(state.parameters),
            stepBits: stepBits(state.tensors.map(\.bits)),
            bits: state.tensors.reduce(0) { $0 + $1.cost }, measure: state.measure)
    }

    /// A tensor as it is rounded: how many multiples of 2^−bits each value differs from its default, and
    /// what they cost in bits.
    private struct RoundedTensor {
        var steps: [Int]
        var bits: Int
        var cost: Double
    }

    /// Where the rounding of all is.
    private struct State {
        /// Of the whole model.
        var parameters: [Float]
        var tensors: [RoundedTensor]
        var measure: LatentTrainer.Measure
    }

    private func wholeCost(_ cost: Double, _ measure: LatentTrainer.Measure) -> Double {
        weight * cost + trainer.cost(measure)
    }

    /// What is measured with other parameters of a tensor, which changes either the rate or the error; by
    /// bands as in ``LatentTrainer/measureBits(ofBands:)``.
    private func measured(
        _ index: Int, _ parameters: [Float], after old: LatentTrainer.Measure,
        ofBands period: Int = 1
    ) -> LatentTrainer.Measure {
        trainer.model.parameters = parameters
        var measure = old
        if trainer.model.shape.tensors[index].role == .entropy {
            measure.bits = trainer.measureBits(ofBands: period)
        } else {
            measure.distortion = trainer.measureDistortion(ofBands: period)
        }
        return measure
    }

    /// Tries coarser steps of a tensor while they pay; two in a row that do not end the search.
    private func search(_ index: Int, _ fitted: [Float], _ state: inout State) {
        let range = trainer.model.shape.tensors[index].range
        var best = wholeCost(state.tensors[index].cost, state.measure)
        var failures = 0
        for bits in Self.coarserBits where failures < 2 {
            let rounded = round(fitted[range], index, bits: bits)
            var parameters = state.parameters
            put(rounded, index, &parameters)
            let measure = measured(index, parameters, after: state.measure)
            let total = wholeCost(rounded.cost, measure)
            if total < best {
                (best, failures) = (total, 0)
                (state.parameters, state.tensors[index], state.measure) =
                    (parameters, rounded, measure)
            } else {
                failures += 1
            }
        }
        trainer.model.parameters = state.parameters
    }

    /// Moves parameters of a tensor a step towards their defaults, one after the other, where that costs
    /// less in all (docs/notes/latent-fitting.md).
    ///
    /// Some bands stand for all of them; in the end, all have to agree.
    private func refine(
        _ index: Int, _ state: inout State, _ context: CodecContext
    ) throws(ImageError) {
        let range = trainer.model.shape.tensors[index].range
        let tensor = tensors[index]
        var (rounded, parameters) = (state.tensors[index], state.parameters)
        trainer.model.parameters = parameters
        // Its pass measures all bands, of which trials measure some.
        let gradient = trainer.networkGradient()
        var partial = state.measure
        for k in rounded.steps.indices where rounded.steps[k] != 0 {
            try context.checkCancellation()
            var tried = rounded
            tried.steps[k] -= tried.steps[k].signum()
            guard tensor.isBias || isWithinLimit(row: k, tried, index) else { continue }
            tried.cost = LatentNetworks.cost(ofDifferences: tried.steps)
            let saved = weight * (rounded.cost - tried.cost)
            var values = parameters
            values[range.lowerBound + k] = value(tried, index, k)
            // What is curved upwards rises by more than its slope says.
            let change = values[range.lowerBound + k] - parameters[range.lowerBound + k]
            guard Double(gradient[range.lowerBound + k] * change) < saved else { continue }
            let measure = measured(index, values, after: partial, ofBands: period)
            let lost = Double(period) * (trainer.cost(measure) - trainer.cost(partial))
            guard lost < saved else { continue }
            (rounded, parameters, partial) = (tried, values, measure)
        }
        let end = measured(index, parameters, after: state.measure)
        if wholeCost(rounded.cost, end) < wholeCost(state.tensors[index].cost, state.measure) {
            (state.tensors[index], state.parameters, state.measure) = (rounded, parameters, end)
        }
        trainer.model.parameters = state.parameters
    }

    /// Rounds a tensor to multiples of 2^−bits that the decoder accepts.
    private func round(
        _ values: ArraySlice<Float>, _ index: Int, bits: Int
    ) -> RoundedTensor {
        let tensor = tensors[index]
        let unit = Float(1 << bits)
        let limit = tensor.isBias ? 1 << 9 : 7
        let base = defaults[index]
        var steps = zip(values, base).map { value, standard in
            let bounded = min(max(value, -Float(limit)), Float(limit))
            return Int(((bounded - Float(standard) / 4096) * unit).rounded(.toNearestOrEven))
        }
        if !tensor.isBias { shrinkRows(&steps, base, tensor, bits: bits) }
        return RoundedTensor(
            steps: steps, bits: bits, cost: LatentNetworks.cost(ofDifferences: steps))
    }

    /// The values of a tensor, in a model's parameters.
    private func put(_ rounded: RoundedTensor, _ index: Int, _ parameters: inout [Float]) {
        let start = trainer.model.shape.tensors[index].range.lowerBound
        for k in rounded.steps.indices { parameters[start + k] = value(rounded, index, k) }
    }

    private func value(_ rounded: RoundedTensor, _ index: Int, _ k: Int) -> Float {
        Float(rounded.steps[k]) / Float(1 << rounded.bits) + Float(defaults[index][k]) / 4096
    }

    /// Whether no sum of the decoder can overflow by the row that a parameter is in.
    private func isWithinLimit(row k: Int, _ rounded: RoundedTensor, _ index: Int) -> Bool {
        let columns = descriptor.shape(of: tensors[index]).columns
        let start = k / columns * columns
        return sum(start..<start + columns, rounded.steps, defaults[index], bits: rounded.bits)
            <= tensors[index].maximumOfRow
    }

    /// The magnitudes of a row's values together.
    private func sum(_ row: Range<Int>, _ steps: [Int], _ base: [Int], bits: Int) -> Int {
        row.reduce(0) { $0 + abs(base[$1] + (steps[$1] << (12 - bits))) }
    }

    /// Moves rows towards the defaults whose magnitudes together could make a sum of the decoder
    /// overflow; the defaults' own do not, which a test makes sure of.
    private func shrinkRows(
        _ steps: inout [Int], _ base: [Int], _ tensor: LatentTensor, bits: Int
    ) {
        let columns = descriptor.shape(of: tensor).columns
        for start in stride(from: 0, to: steps.count, by: columns) {
            let row = start..<start + columns
            while sum(row, steps, base, bits: bits) > tensor.maximumOfRow,
                row.contains(where: { steps[$0] != 0 })
            {
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

import CoinKernels
import TestSupport
import Testing

@Suite struct OptimizerTests {
    static let counts = [0, 16, 32, 48, 112, 1024]

    /// A result of every element-wise kernel, to compare as a whole.
    struct Results: Equatable {
        var mean: [UInt32] = []
        var sum: [UInt32] = []
        var direction: [UInt32] = []
        var moments: [[UInt32]] = []
    }

    static func results(by variant: KernelVariant, count: Int) -> Results {
        var numbers = SplitMix64(seed: UInt64(count))
        let values = numbers.floats(count, in: -2...2)
        var results = Results()
        var (mean, sum) = (numbers.floats(count), numbers.floats(count))
        var span = mean.mutableSpan
        variant.average(&span, values.span, decay: 0.95)
        results.mean = mean.bits
        span = sum.mutableSpan
        variant.add(-0.3, times: values.span, to: &span)
        results.sum = sum.bits
        var adam = Adam(count: count)
        for step in 1...3 {
            adam.step(numbers.floats(count, in: -1e-3...1e3), number: step, by: variant)
        }
        results.direction = adam.direction.bits
        results.moments = [adam.mean.bits, adam.variance.bits]
        return results
    }

    /// The state of Adam.
    struct Adam {
        static let (meanDecay, varianceDecay): (Float, Float) = (0.9, 0.98)
        var direction: [Float]
        var mean: [Float]
        var variance: [Float]

        init(count: Int) {
            direction = [Float](repeating: .nan, count: count)
            mean = [Float](repeating: 0, count: count)
            variance = mean
        }

        mutating func step(_ gradient: [Float], number: Int, by variant: KernelVariant) {
            let step = AdamStep(
                number: number, meanDecay: Self.meanDecay, varianceDecay: Self.varianceDecay)
            Self.take(step, &direction, &mean, &variance, gradient, by: variant)
        }

        private static func take(
            _ step: AdamStep, _ direction: inout [Float], _ mean: inout [Float],
            _ variance: inout [Float], _ gradient: [Float], by variant: KernelVariant
        ) {
            var directionSpan = direction.mutableSpan
            var meanSpan = mean.mutableSpan
            var varianceSpan = variance.mutableSpan
            variant.adamStep(
                step, direction: &directionSpan, mean: &meanSpan, variance: &varianceSpan,
                gradient: gradient.span)
        }
    }

    @Test(arguments: KernelVariant.vectorised, counts)
    func `matches the scalar variant bit for bit`(variant: KernelVariant, count: Int) throws {
        guard variant.isSupported else { try Test.cancel("this CPU lacks \(variant)") }
        #expect(Self.results(by: variant, count: count) == Self.results(by: .scalar, count: count))
    }

    @Test(arguments: KernelVariant.supported)
    func `averages and adds with one rounding`(variant: KernelVariant) {
        var numbers = SplitMix64(seed: 11)
        let values = numbers.floats(16)
        let old = numbers.floats(16)
        var (mean, sum, replaced) = (old, old, old)
        var span = mean.mutableSpan
        variant.average(&span, values.span, decay: 0.75)
        span = sum.mutableSpan
        variant.add(3, times: values.span, to: &span)
        span = replaced.mutableSpan
        variant.average(&span, values.span, decay: 0)
        #expect(mean == zip(old, values).map { $1.addingProduct(0.75, $0 - $1) })
        #expect(sum == zip(old, values).map { $0.addingProduct(3, $1) })
        #expect(replaced == values)
    }

    @Test(arguments: KernelVariant.supported)
    func `steps like Adam in double precision`(variant: KernelVariant) {
        var numbers = SplitMix64(seed: 12)
        let (meanDecay, varianceDecay) = (Double(Adam.meanDecay), Double(Adam.varianceDecay))
        var adam = Adam(count: 32)
        var mean = [Double](repeating: 0, count: 32)
        var variance = mean
        for number in 1...40 {
            let gradient = numbers.floats(32, in: -10...10)
            adam.step(gradient, number: number, by: variant)
            var powers = (1.0, 1.0)
            for _ in 0..<number { powers = (powers.0 * meanDecay, powers.1 * varianceDecay) }
            for k in gradient.indices {
                let g = Double(gradient[k])
                mean[k] = meanDecay * mean[k] + (1 - meanDecay) * g
                variance[k] = varianceDecay * variance[k] + (1 - varianceDecay) * g * g
                let size = (variance[k] / (1 - powers.1)).squareRoot() + 1e-8
                let expected = mean[k] / (1 - powers.0) / size
                #expect((Double(adam.direction[k]) - expected).magnitude < 2e-5)
            }
        }
    }

    @Test(arguments: KernelVariant.supported)
    func `does not step where the gradient has always been zero`(variant: KernelVariant) {
        var adam = Adam(count: 16)
        adam.step([Float](repeating: 0, count: 16), number: 1, by: variant)
        #expect(adam.direction == [Float](repeating: 0, count: 16))
    }

    @Test func `traps on a part of a vector`() async {
        await #expect(processExitsWith: .failure) {
            _ = OptimizerTests.results(by: .scalar, count: 15)
        }
    }
}

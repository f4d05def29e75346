import CoinKernels
import TestSupport
import Testing

@testable import CoinFormat

@Suite struct SOAPTests {
    private static let shape = NetworkShape(sizes: [2, 20, 7, 3])

    /// Walks down ½Σ(p − target)², whose gradient is p − target.
    private static func walk(
        from start: [Float], to target: [Float], stepCount: Int, kernels: KernelVariant = .best,
        threadCount: Int = 1
    ) -> [Float] {
        var soap = SOAP(shape, settings: SOAP.Settings(), kernels: kernels)
        var parameters = start
        for step in 0..<stepCount {
            let rate = 0.1 * Float(stepCount - step) / Float(stepCount)
            soap.step(
                &parameters, gradient: zip(parameters, target).map { $0 - $1 },
                learningRates: [Float](repeating: rate, count: 3), threadCount: threadCount)
        }
        return parameters
    }

    private static func numbers(_ seed: UInt64) -> [Float] {
        var numbers = SplitMix64(seed: seed)
        return numbers.floats(shape.parameterCount)
    }

    @Test func `finds the bottom of a bowl`() {
        let (start, target) = (Self.numbers(1), Self.numbers(2))
        let end = Self.walk(from: start, to: target, stepCount: 200)
        let worst = zip(end, target).map { ($0 - $1).magnitude }.max() ?? .infinity
        #expect(worst < 0.02)
    }

    @Test(arguments: KernelVariant.supported, [1, 2, 5])
    func `gives the same bits for every variant and number of threads`(
        kernels: KernelVariant, threadCount: Int
    ) {
        let (start, target) = (Self.numbers(3), Self.numbers(4))
        let expected = Self.walk(from: start, to: target, stepCount: 45, kernels: .scalar)
        let found = Self.walk(
            from: start, to: target, stepCount: 45, kernels: kernels, threadCount: threadCount)
        #expect(found.map(\.bitPattern) == expected.map(\.bitPattern))
    }

    /// Squares of tiny numbers underflow; they must not take the bases away.
    @Test(arguments: [0, 1e-30, 1e-20, 1e-12] as [Float])
    func `goes on after gradients of nothing`(size: Float) {
        var soap = SOAP(Self.shape, settings: SOAP.Settings(), kernels: .best)
        var parameters = Self.numbers(5)
        let rates = [Float](repeating: 0.01, count: 3)
        let tiny = parameters.map { $0 * size }
        for _ in 0..<40 {
            soap.step(&parameters, gradient: tiny, learningRates: rates, threadCount: 1)
        }
        #expect(parameters.allSatisfy { $0.isFinite })
        let before = parameters
        let gradient = Self.numbers(6)
        for _ in 0..<5 {
            soap.step(&parameters, gradient: gradient, learningRates: rates, threadCount: 1)
        }
        let moved = zip(parameters, zip(before, gradient)).reduce(Float(0)) {
            $0 + ($1.0 - $1.1.0) * $1.1.1
        }
        #expect(moved < -0.1)
    }
}

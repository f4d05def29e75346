import CoinKernels
import TestSupport
import Testing

@testable import CoinFormat

@Suite struct OptimizerTests {
    private static let shape = NetworkShape(sizes: [2, 20, 7, 3])

    /// Walks down ½Σ(p − target)², whose gradient is p − target.
    private static func walk(
        _ kind: OptimizerKind, from start: [Float], to target: [Float], stepCount: Int,
        kernels: KernelVariant = .best, threadCount: Int = 1
    ) -> [Float] {
        var optimizer = Optimizer(kind, shape: shape, kernels: kernels)
        var parameters = start
        for step in 0..<stepCount {
            let rate = 0.1 * Float(stepCount - step) / Float(stepCount)
            optimizer.step(
                &parameters, gradient: zip(parameters, target).map { $0 - $1 },
                learningRates: [Float](repeating: rate, count: 3), threadCount: threadCount)
        }
        return parameters
    }

    private static func numbers(_ seed: UInt64) -> [Float] {
        var numbers = SplitMix64(seed: seed)
        return numbers.floats(shape.parameterCount)
    }

    @Test(arguments: OptimizerKind.allCases)
    func `finds the bottom of a bowl`(kind: OptimizerKind) {
        let (start, target) = (Self.numbers(1), Self.numbers(2))
        let end = Self.walk(kind, from: start, to: target, stepCount: 200)
        let worst = zip(end, target).map { ($0 - $1).magnitude }.max() ?? .infinity
        #expect(worst < 0.02)
    }

    @Test(arguments: OptimizerKind.allCases, KernelVariant.supported)
    func `gives the same bits for every variant and number of threads`(
        kind: OptimizerKind, kernels: KernelVariant
    ) {
        let (start, target) = (Self.numbers(3), Self.numbers(4))
        let expected = Self.walk(kind, from: start, to: target, stepCount: 45, kernels: .scalar)
        for threadCount in [1, 2, 5] {
            let found = Self.walk(
                kind, from: start, to: target, stepCount: 45, kernels: kernels,
                threadCount: threadCount)
            #expect(found.map(\.bitPattern) == expected.map(\.bitPattern))
        }
    }

    /// Squares of tiny numbers underflow; they must not take SOAP's bases or Muon's norm away.
    @Test(arguments: OptimizerKind.allCases, [0, 1e-30, 1e-20, 1e-12] as [Float])
    func `goes on after gradients of nothing`(kind: OptimizerKind, size: Float) {
        var optimizer = Optimizer(kind, shape: Self.shape, kernels: .best)
        var parameters = Self.numbers(5)
        let rates = [Float](repeating: 0.01, count: 3)
        let tiny = parameters.map { $0 * size }
        for _ in 0..<40 {
            optimizer.step(&parameters, gradient: tiny, learningRates: rates, threadCount: 1)
        }
        #expect(parameters.allSatisfy { $0.isFinite })
        let before = parameters
        let gradient = Self.numbers(6)
        for _ in 0..<5 {
            optimizer.step(&parameters, gradient: gradient, learningRates: rates, threadCount: 1)
        }
        let moved = zip(parameters, zip(before, gradient)).reduce(Float(0)) {
            $0 + ($1.0 - $1.1.0) * $1.1.1
        }
        #expect(moved < -0.1)
    }

    @Test func `lets Muon take shorter steps for larger networks and longer fits`() {
        let muon = OptimizerKind.muon
        #expect((0.0042...0.0044).contains(muon.learningRate(neuronCount: 280, stepCount: 9600)))
        let rates = [(16, 1), (16, 300), (100, 9600), (280, 9600), (637, 9600), (637, 96_000)]
            .map { muon.learningRate(neuronCount: $0.0, stepCount: $0.1) }
        #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 >= $1 })
        #expect(rates.allSatisfy { (0.0005...0.02).contains($0) })
    }

    /// A learning rate is about how far one weight moves, whatever the kind and the gradient's
    /// size.
    @Test(arguments: OptimizerKind.allCases, [1e-6, 1, 1e6] as [Float])
    func `moves weights by about the learning rate`(kind: OptimizerKind, size: Float) {
        var optimizer = Optimizer(kind, shape: Self.shape, kernels: .best)
        let start = Self.numbers(7)
        var parameters = start
        optimizer.step(
            &parameters, gradient: Self.numbers(8).map { $0 * size },
            learningRates: [0.01, 0.01, 0.01], threadCount: 1)
        let squares = zip(parameters, start).map { ($0 - $1) * ($0 - $1) }
        let root = (squares.reduce(0, +) / Float(squares.count)).squareRoot()
        #expect((0.005...0.02).contains(root), "\(root)")
    }
}

import CoinKernels
import TestSupport
import Testing

@Suite struct GradientTests {
    @Test(arguments: KernelVariant.vectorised, NetworkShape.awkward)
    func `matches the scalar variant bit for bit`(
        variant: KernelVariant, shape: NetworkShape
    ) throws {
        guard variant.isSupported else { try Test.cancel("this CPU lacks \(variant)") }
        for (pixels, isWeighted) in [(0, false), (16, true), (48, false), (272, true)] {
            let batch = Batch(
                shape: shape, pixels: pixels, isWeighted: isWeighted, seed: UInt64(pixels))
            let (loss, gradient) = batch.gradient(by: variant)
            let expected = batch.gradient(by: .scalar)
            #expect(loss == expected.loss, "\(pixels) pixels")
            #expect(gradient.bits == expected.gradient.bits, "\(pixels) pixels")
        }
    }

    @Test(arguments: [[2, 5, 3], [2, 7, 4, 1], [2, 6, 5, 7, 4]], [false, true])
    func `agrees with central differences in double precision`(
        sizes: [Int], isWeighted: Bool
    ) {
        let shape = NetworkShape(sizes: sizes)
        let batch = Batch(shape: shape, pixels: 32, isWeighted: isWeighted, seed: 5)
        let (_, gradient) = batch.gradient(by: .scalar)
        let largest = gradient.map(\.magnitude).max() ?? 0
        let exact = batch.parameters.map(Double.init)
        let h = 1e-6
        for k in exact.indices {
            var network = DoubleNetwork(shape: shape, parameters: exact)
            network.parameters[k] += h
            let after = network.loss(batch)
            network.parameters[k] = exact[k] - h
            let half = (after - network.loss(batch)) / (4 * h)
            #expect((Double(gradient[k]) - half).magnitude < 1e-5 * Double(1 + largest))
        }
    }

    @Test(arguments: KernelVariant.supported, [false, true])
    func `returns the weighted squared error`(variant: KernelVariant, isWeighted: Bool) {
        let shape = NetworkShape(sizes: [2, 20, 20, 3])
        let batch = Batch(shape: shape, pixels: 96, isWeighted: isWeighted, seed: 6)
        let exact = DoubleNetwork(
            shape: shape, parameters: batch.parameters.map(Double.init)
        ).loss(batch)
        #expect((batch.gradient(by: variant).loss - exact).magnitude < 1e-5 * exact)
    }

    @Test(arguments: KernelVariant.supported)
    func `takes no weights for weights of one`(variant: KernelVariant) {
        let shape = NetworkShape(sizes: [2, 12, 12, 3])
        let plain = Batch(shape: shape, pixels: 64, seed: 7)
        var weighted = plain
        weighted.weight = [Float](repeating: 1, count: plain.target.count)
        #expect(plain.gradient(by: variant) == weighted.gradient(by: variant))
    }

    @Test func `traps on a part of a vector of pixels`() async {
        await #expect(processExitsWith: .failure) {
            let shape = NetworkShape(sizes: [2, 5, 3])
            _ = Batch(shape: shape, pixels: 15, seed: 8).gradient(by: .scalar)
        }
    }
}

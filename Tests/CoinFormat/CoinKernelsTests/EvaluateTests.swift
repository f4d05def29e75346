import CoinKernels
import TestSupport
import Testing

@Suite struct EvaluateTests {
    @Test(arguments: KernelVariant.vectorised, NetworkShape.awkward)
    func `matches the scalar variant bit for bit`(
        variant: KernelVariant, shape: NetworkShape
    ) throws {
        guard variant.isSupported else { try Test.cancel("this CPU lacks \(variant)") }
        for pixels in [0, 1, 15, 16, 17, 31, 32, 33, 97, 300, 517] {
            let batch = Batch(shape: shape, pixels: pixels, seed: UInt64(pixels))
            let output = batch.evaluated(by: variant)
            #expect(output.bits == batch.evaluated(by: .scalar).bits, "\(pixels) pixels")
        }
    }

    @Test(arguments: KernelVariant.vectorised)
    func `keeps the sign of a zero`(variant: KernelVariant) throws {
        guard variant.isSupported else { try Test.cancel("this CPU lacks \(variant)") }
        var batch = Batch(shape: NetworkShape(sizes: [2, 9, 9, 3]), pixels: 20, seed: 1)
        for k in batch.parameters.indices { batch.parameters[k] = k % 2 == 0 ? 0 : -0.0 }
        #expect(batch.evaluated(by: variant).bits == batch.evaluated(by: .scalar).bits)
    }

    @Test(arguments: NetworkShape.awkward)
    func `agrees with double precision`(shape: NetworkShape) {
        let batch = Batch(shape: shape, pixels: 40, seed: 3)
        let output = batch.evaluated(by: .scalar)
        let network = DoubleNetwork(shape: shape, parameters: batch.parameters.map(Double.init))
        for p in batch.x.indices {
            let expected = network.evaluate(x: Double(batch.x[p]), y: Double(batch.y[p]))
            for (o, value) in expected.enumerated() {
                let difference = Double(output[o * batch.stride + p]) - value
                #expect(difference.magnitude < 1e-5)
            }
        }
    }

    @Test(arguments: KernelVariant.supported)
    func `writes no column beyond the last pixel`(variant: KernelVariant) {
        let batch = Batch(shape: NetworkShape(sizes: [2, 5, 3]), pixels: 18, seed: 4)
        let output = batch.evaluated(by: variant)
        for o in 0..<3 {
            #expect(output[o * 21 + 18..<o * 21 + 21].allSatisfy { $0 == 7 })
        }
    }
}

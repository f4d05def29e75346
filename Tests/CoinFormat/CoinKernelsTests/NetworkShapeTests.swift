import CoinKernels
import Testing

@Suite struct NetworkShapeTests {
    @Test func `lays layers out one after another`() {
        let shape = NetworkShape(sizes: [2, 5, 7, 3])
        #expect(shape.weightRange(layer: 0) == 0..<10)
        #expect(shape.biasRange(layer: 0) == 10..<15)
        #expect(shape.weightRange(layer: 1) == 15..<50)
        #expect(shape.biasRange(layer: 1) == 50..<57)
        #expect(shape.weightRange(layer: 2) == 57..<78)
        #expect(shape.biasRange(layer: 2) == 78..<81)
        #expect(shape.parameterCount == 81)
        #expect(shape.macsPerPixel == 66)
    }

    @Test(arguments: [
        [], [2], [2, 3], [3, 8, 3], [2, 0, 3], [2, 65, 3], [2, 8, 0], [2, 8, 5],
        [2] + [Int](repeating: 8, count: 17) + [3],
    ])
    func `refuses sizes beyond the limits`(sizes: [Int]) {
        #expect(!NetworkShape.isValid(sizes: sizes))
    }

    @Test func `always supports the scalar variant and the best one`() {
        #expect(KernelVariant.supported.contains(.scalar))
        #expect(KernelVariant.supported.contains(.best))
    }

    @Test func `traps on sizes beyond the limits`() async {
        await #expect(processExitsWith: .failure) { _ = NetworkShape(sizes: [2, 65, 3]) }
    }

    @Test func `traps on a wrong number of parameters`() async {
        await #expect(processExitsWith: .failure) {
            let shape = NetworkShape(sizes: [2, 5, 3])
            let parameters = [Float](repeating: 0, count: shape.parameterCount - 1)
            _ = NetworkEvaluator(shape: shape, parameters: parameters.span)
        }
    }
}

import CoinKernels
import Foundation
import TestSupport
import Testing

@Suite struct SineTests {
    @Test func `is the sine within 2.2e-7`() {
        var numbers = SplitMix64(seed: 1)
        var worst = 0.0
        for t in numbers.floats(200_000, in: -0.5...0.5) {
            let error = Double(sineActivation(turns: t).value) - sin(2 * .pi * Double(t))
            worst = max(worst, error.magnitude)
        }
        #expect(worst < 2.2e-7)
    }

    @Test(
        arguments: [
            (0, 0), (0.25, 1), (-0.25, -1), (0.5, 0), (-0.5, 0), (1.5, 0), (2.5, 0), (1e9, 0),
            (16_777_215.25, 0), (3.25, 1), (-7.25, -1),
        ] as [(Float, Float)])
    func `is exact to 2e-7 at quarter turns, however many`(t: Float, sine: Float) {
        #expect((sineActivation(turns: t).value - sine).magnitude < 2e-7)
    }

    @Test func `has the derivative of its polynomial`() {
        var numbers = SplitMix64(seed: 2)
        let h = 1e-6
        for t in numbers.floats(10_000, in: -3...3) {
            let after = DoubleNetwork.activation(Double(t) + h)
            let before = DoubleNetwork.activation(Double(t) - h)
            let derivative = Double(sineActivation(turns: t).derivative)
            #expect((derivative - (after - before) / (2 * h)).magnitude < 1e-5)
        }
    }
}

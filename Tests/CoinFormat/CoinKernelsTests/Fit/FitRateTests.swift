import Foundation
import Testing

@testable import CoinKernels

/// Through the bits of a latent, the exponential and the logarithm.
@Suite struct FitRateTests {
    @Test(arguments: KernelVariant.supported)
    func `a latent's bits are those of its Laplace density`(variant: KernelVariant) {
        let form = FitForm(1, 1, levels: 1, first: (0, nil, nil))
        let fit = RandomFit(form.configuration, variant: variant)
        let output = fit.model.shape.tensors[5].range.lowerBound  // mean and logarithm of scale
        for scale in stride(from: Float(-4), through: 6, by: 0.37) {
            for mean in stride(from: Float(-3), through: 3, by: 0.71) {
                var parameters = [Float](repeating: 0, count: fit.model.shape.count)
                parameters[output] = mean
                parameters[output + 1] = scale
                fit.model.parameters = parameters
                for value: Int16 in [0, 1, -1, 2, -3, 7, -20, 100, 511, -511] {
                    fit.model.setLatents([value], grid: 0)
                    fit.model.setRounding(temperature: 0, noise: 0, seed: 0)
                    fit.model.setGradient(false, errorScale: 1)
                    fit.run([.soften, .rateEven, .rateOdd])
                    let exact = Self.bits(Double(value), Double(mean), Double(scale))
                    // Where a probability is the difference of large ones it loses digits.
                    let tolerance = 1e-5 + 4e-7 * min(exp2(exact), 65_536)
                    #expect(
                        (fit.model.bits - exact).magnitude < tolerance,
                        "\(value), mean \(mean), scale \(scale)")
                }
            }
        }
    }

    @Test func `no latent costs more than 16 bits, and a sure one next to nothing`() {
        #expect(Self.bits(511, 0, -3) <= 16)
        #expect(Self.bits(0, 0, -3) < 0.01)
    }

    /// The specification of the float model, in double precision.
    private static func bits(_ value: Double, _ mean: Double, _ scale: Double) -> Double {
        let width = exp(min(max(scale, -3), 5))
        func distribution(_ x: Double) -> Double {
            x < 0 ? 0.5 * exp(x / width) : 1 - 0.5 * exp(-x / width)
        }
        // By symmetry both ends are on the left, where nothing cancels.
        let distance = -(value - mean).magnitude
        let p = distribution(distance + 0.5) - distribution(distance - 0.5)
        return -log2((1 - 0x1p-16) * p + 0x1p-16)
    }
}

import CoinKernels
import Foundation
import FormatKit
import Testing

@testable import CoinFormat

/// What networks cost while they are fitted.
@Suite struct NetworkPriorTests {
    private let descriptor = LatentForm.Sizes.compact.descriptor(
        defaults: 1, levelCount: 4, firstLumaLevel: 0, firstChromaLevel: 1, firstAlphaLevel: nil,
        stateBits: 0)

    private var shape: FitShape {
        let form = LatentForm(
            size: ImageSize(width: 64, height: 64), layout: PixelLayout(.rgb, .uint8),
            descriptor: descriptor, lambda: 0.001)
        return FitShape(form.configuration)
    }

    /// Parameters whose differences from the defaults run from negligible to large.
    private func parameters() -> (defaults: [Float], moved: [Float]) {
        let defaults = StartingNetworks.parameters(descriptor, seed: 0)
        let moved = defaults.enumerated().map { index, value in
            value + Float(sin(Double(index) * 1.7)) * [0.001, 0.02, 0.3][index % 3]
        }
        return (defaults, moved)
    }

    @Test(arguments: [1, 0.25])
    func `the gradient is that of the bits of Laplace coded differences`(weight: Float) {
        let (defaults, moved) = parameters()
        let tensors = shape.tensors.map(\.range)
        let s = Double(NetworkPrior.negligible)
        func bits(_ parameters: [Double]) -> Double {
            tensors.reduce(0) { sum, tensor in
                let size = tensor.reduce(0.0) {
                    let difference = parameters[$1] - Double(defaults[$1])
                    return $0 + (difference * difference + s * s).squareRoot() - s
                }
                return sum + Double(tensor.count) * log2(size / Double(tensor.count) + s)
            }
        }
        var gradient = [Float](repeating: 0, count: moved.count)
        NetworkPrior(descriptor: descriptor, shape: shape, weight: weight)
            .addGradient(of: moved, to: &gradient)
        for k in stride(from: 0, to: moved.count, by: 7) {
            var (above, below) = (moved.map(Double.init), moved.map(Double.init))
            above[k] += 1e-5
            below[k] -= 1e-5
            let slope = Double(weight) * (bits(above) - bits(below)) / 2e-5
            #expect(abs(Double(gradient[k]) - slope) < 1e-2 + 2e-3 * abs(slope), "parameter \(k)")
        }
    }

    @Test func `the gradient adds to what is there, and the defaults themselves have none`() {
        let defaults = StartingNetworks.parameters(descriptor, seed: 0)
        var gradient = defaults.indices.map { Float($0) }
        NetworkPrior(descriptor: descriptor, shape: shape).addGradient(of: defaults, to: &gradient)
        #expect(gradient == defaults.indices.map { Float($0) })
    }

    @Test func `a fit that knows what networks cost makes them cheaper, and all of it`() throws {
        let image = try FitRun.photograph()
        let costs = try [Float(0), 1].map { weight in
            let run = FitRun(image, quality: 50, stepCount: 60, networkWeight: weight)
            let networks = try run.quantized()
            let all = networks.bits + run.trainer.cost(networks.measure)
            return (networks: networks.bits, all: all)
        }
        #expect(costs[1].networks < 0.95 * costs[0].networks)
        #expect(costs[1].all < costs[0].all)
    }
}

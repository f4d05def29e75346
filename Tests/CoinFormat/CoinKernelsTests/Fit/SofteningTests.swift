import CCoinKernels
import Foundation
import TestSupport
import Testing

@testable import CoinKernels

@Suite struct SofteningTests {
    @Test(arguments: KernelVariant.supported)
    func `temperature 0 rounds to nearest, halves to even`(variant: KernelVariant) {
        let values: [Float] = [0, 0.49, 0.5, 0.51, 1.5, 2.5, -0.5, -1.5, -0.51, 510.7, -3.2]
        let result = soften(values, temperature: 0, noise: 0.5, variant: variant)
        #expect(result.values == values.map { $0.rounded(.toNearestOrEven) })
        #expect(result.slopes.allSatisfy { $0 == 0 })
    }

    @Test(arguments: KernelVariant.supported, [0.1, 0.3, 0.5, 2])
    func `without noise it is the soft rounding twice`(
        variant: KernelVariant, temperature: Double
    ) {
        func rounded(_ x: Double) -> (value: Double, slope: Double) {
            let floor = x.rounded(.down)
            let t = tanh((x - floor - 0.5) / temperature)
            let size = tanh(0.5 / temperature)
            return (floor + 0.5 + t / (2 * size), (1 - t * t) / (2 * size * temperature))
        }
        var generator = SplitMix64(seed: 6)
        let inputs = generator.floats(500, in: -4...4)
        let result = soften(inputs, temperature: Float(temperature), noise: 0, variant: variant)
        for (k, input) in inputs.enumerated() {
            let first = rounded(Double(input))
            let second = rounded(first.value)
            #expect((Double(result.values[k]) - second.value).magnitude < 1e-4, "of \(input)")
            let slope = first.slope * second.slope
            #expect(
                (Double(result.slopes[k]) - slope).magnitude < 1e-3 * max(1, slope), "of \(input)")
        }
    }

    @Test func `coarser levels are rounded more softly`() {
        let form = FitForm(64, 64, levels: 7, first: (0, nil, nil))
        let fit = RandomFit(form.configuration, variant: .best)
        for level in 0..<7 { unsafe fit.grid(level).y.origin[0] = 0.25 }
        fit.model.setRounding(temperature: 0.3, noise: 0, seed: 1)
        fit.run([.soften])
        let values = (0..<7).map { unsafe fit.grid($0).values.origin[0] }
        // The softest rounding of 0.25 changes nothing, the hardest makes it 0.
        #expect(values.allSatisfy { (0..<0.25).contains($0) })
        #expect(zip(values, values.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(zip(values, values.dropFirst()).prefix(4).allSatisfy { $0 < $1 })
        fit.model.setRounding(temperature: 0, noise: 0, seed: 1)
        fit.run([.soften])
        #expect((0..<7).allSatisfy { unsafe fit.grid($0).values.origin[0] == 0 })
    }

    @Test func `noise has mean 0 and variance 1, and neighbors are independent`() {
        let noise = Self.noise(seed: 7)
        let count = Double(noise.count)
        let mean = noise.reduce(0, +) / count
        let variance = noise.reduce(0) { $0 + $1 * $1 } / count
        #expect(mean.magnitude < 0.01 && (variance - 1).magnitude < 0.02, "\(mean), \(variance)")
        for distance in [1, 2, 16, Self.width] {
            let products = zip(noise, noise.dropFirst(distance)).reduce(0) { $0 + $1.0 * $1.1 }
            #expect((products / count).magnitude < 0.01, "\(distance) apart")
        }
    }

    @Test func `other seeds give other noise`() {
        let (first, second) = (Self.noise(seed: 7), Self.noise(seed: 8))
        let correlation = zip(first, second).reduce(0) { $0 + $1.0 * $1.1 } / Double(first.count)
        #expect(correlation.magnitude < 0.01)
    }

    @Test(arguments: KernelVariant.supported)
    func `a negative deviation gives the opposite noise`(variant: KernelVariant) {
        let noise = [0.1, -0.1].map { (deviation: Float) in
            soften(
                [Float](repeating: 0.5, count: 300), temperature: 0.4, noise: deviation,
                variant: variant
            ).values
        }
        // Soft rounding is symmetric about one half.
        #expect(zip(noise[0], noise[1]).allSatisfy { ($0 + $1 - 1).magnitude < 1e-5 })
        #expect(noise[0].contains { ($0 - 0.5).magnitude > 0.1 })
    }

    private static let width = 512

    /// The noise that is added to latents of 0, where rounding is so soft that it does nothing.
    private static func noise(seed: UInt32) -> [Double] {
        let zeros = [Float](repeating: 0, count: width * width)
        return soften(zeros, width: width, temperature: 100, noise: 0.1, seed: seed).values
            .map { Double($0) / 0.1 }
    }
}

/// Softens latents, a row or more of them.
private func soften(
    _ latents: [Float], width: Int? = nil, temperature: Float, noise: Float, seed: UInt32 = 1,
    variant: KernelVariant = .best
) -> (values: [Float], slopes: [Float]) {
    let width = width ?? latents.count
    let form = FitForm(width, latents.count / width, levels: 1, first: (0, nil, nil))
    let fit = RandomFit(form.configuration, variant: variant)
    let grid = unsafe fit.grid(0)
    for (k, latent) in latents.enumerated() {
        unsafe grid.y.origin[k / width * grid.y.stride + k % width] = latent
    }
    fit.model.setRounding(temperature: temperature, noise: noise, seed: seed)
    fit.run([.soften])
    return unsafe (fit.numbers(grid.values), fit.numbers(grid.slope))
}

import CCoinKernels
import TestSupport
import Testing

@testable import CoinKernels

@Suite struct FitStepTests {
    @Test(arguments: KernelVariant.vectorised, FitForm.all + FitForm.similar)
    func `steps give the scalar variant's bits`(variant: KernelVariant, form: FitForm) throws {
        guard variant.isSupported else { try Test.cancel("this CPU lacks \(variant)") }
        #expect(
            FitSteps(form.configuration, variant: variant)
                == FitSteps(form.configuration, variant: .scalar))
    }

    @Test(arguments: FitForm.all + FitForm.similar)
    func `the order of a phase's items does not matter`(form: FitForm) {
        let expected = FitSteps(form.configuration)
        #expect(FitSteps(form.configuration) { Array((0..<$0).reversed()) } == expected)
        var generator = SplitMix64(seed: 4)
        for _ in 0..<2 {
            let shuffled = FitSteps(form.configuration) { (0..<$0).shuffled(using: &generator) }
            #expect(shuffled == expected)
        }
    }

    @Test func `a step clears the gradients and keeps latents within their limit`() {
        let form = FitForm(21, 19, levels: 5, first: (0, 1, nil))
        let fit = RandomFit(form.configuration)
        fit.model.setRounding(temperature: 0.5, noise: 0.2, seed: 1)
        fit.model.setGradient(true, errorScale: 1)
        fit.run(FitModel.Phase.forward + FitModel.Phase.backward)
        let adam = AdamStep(number: 1, meanDecay: 0.7, varianceDecay: 0.95, epsilon: 1e-9)
        fit.model.setStep(adam, rate: 10_000)
        fit.run([.step])
        for (index, grid) in fit.model.grids.enumerated() {
            let latents = unsafe fit.numbers(fit.grid(index).y)
            #expect(latents.allSatisfy { $0.magnitude <= 511 })
            #expect(latents.contains { $0.magnitude == 511 })
            for y in 0..<grid.height {
                for x in 0..<grid.width {
                    #expect(fit.gradient(grid: index, x: x, y: y) == 0)
                }
            }
        }
    }

    @Test func `hard rounding moves no latent`() {
        let form = FitForm(19, 23, levels: 4, first: (0, 1, 0))
        let fit = RandomFit(form.configuration)
        let before = fit.model.grids.indices.map { unsafe fit.numbers(fit.grid($0).y) }
        fit.model.setRounding(temperature: 0, noise: 0.3, seed: 1)
        fit.model.setGradient(true, errorScale: 1)
        fit.run(FitModel.Phase.forward + FitModel.Phase.backward)
        let adam = AdamStep(number: 1, meanDecay: 0.7, varianceDecay: 0.95, epsilon: 1)
        fit.model.setStep(adam, rate: 1)
        fit.run([.step])
        #expect(before == fit.model.grids.indices.map { unsafe fit.numbers(fit.grid($0).y) })
    }
}

/// What a few steps leave, to the last bit: latents, networks, and what each step measured.
private struct FitSteps: Equatable {
    private var latents: [[UInt32]] = []
    private var parameters: [UInt32] = []
    private var measures: [UInt64] = []

    init(
        _ configuration: FitConfiguration, variant: KernelVariant = .best,
        order: (Int) -> [Int] = { Array(0..<$0) }
    ) {
        let fit = RandomFit(configuration, variant: variant, seed: 5)
        for number in 1...3 {
            fit.model.setRounding(temperature: 0.4, noise: 0.2, seed: UInt32(number))
            fit.model.setGradient(true, errorScale: 1)
            fit.run(FitModel.Phase.forward + FitModel.Phase.backward, order: order)
            measures += [fit.model.bits, fit.model.squaredError, fit.model.distortion]
                .map(\.bitPattern)
            let adam = AdamStep(
                number: number, meanDecay: 0.7, varianceDecay: 0.95, epsilon: 1e-3)
            fit.model.setStep(adam, rate: 0.1)
            fit.run([.step], order: order)
            let scale = 0.01 / (fit.model.gradient.map(\.magnitude).max() ?? 1)
            fit.model.parameters = zip(fit.model.parameters, fit.model.gradient)
                .map { $0 - scale * $1 }
        }
        parameters = fit.model.parameters.bits
        latents = fit.model.grids.indices.map { unsafe fit.numbers(fit.grid($0).y).bits }
    }
}

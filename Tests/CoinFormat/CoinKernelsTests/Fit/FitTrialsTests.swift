import CCoinKernels
import TestSupport
import Testing

@testable import CoinKernels

@Suite struct FitTrialsTests {
    @Test(arguments: FitForm.all)
    func `what trials save is what the cost falls by`(form: FitForm) {
        for seed in [6, 7] as [UInt64] {
            let fit = TriedFit(form.configuration, seed: seed)
            let before = fit.cost()
            let saved = fit.tryAll()
            let after = fit.cost()
            #expect(saved >= 0)
            #expect(abs(before - after - saved) <= 2e-5 * before, "seed \(seed)")
        }
    }

    @Test func `trials find what pays, and round to neighbors`() {
        let fit = TriedFit(FitForm(37, 34, levels: 7, first: (0, 2, nil)).configuration, seed: 8)
        let (cost, latents) = (fit.cost(), fit.latents)
        #expect(fit.tryAll() > 0.02 * cost)
        let moves = zip(latents, fit.latents).flatMap { zip($0, $1) }.map { Int($1) - Int($0) }
        #expect(moves.allSatisfy { abs($0) <= 1 })
        #expect(moves.contains(1) && moves.contains(-1))
    }

    @Test func `near integers stay`() {
        let fit = TriedFit(FitForm(37, 34, levels: 7, first: (0, 2, nil)).configuration, seed: 8)
        let latents = fit.latents
        #expect(fit.tryAll(leastDistance: 0.501) == 0)
        #expect(fit.latents == latents)
        #expect(fit.tryAll(leastCount: 10_000) == 0)
        #expect(fit.latents == latents)
    }

    @Test(arguments: KernelVariant.vectorised, FitForm.all)
    func `trials give the scalar variant's latents`(variant: KernelVariant, form: FitForm) throws {
        guard variant.isSupported else { try Test.cancel("this CPU lacks \(variant)") }
        let fits = [variant, .scalar].map { TriedFit(form.configuration, variant: $0, seed: 9) }
        #expect(fits[0].tryAll() == fits[1].tryAll())
        #expect(fits[0].latents == fits[1].latents)
    }

    @Test func `pinned latents stay`() {
        let fit = TriedFit(
            FitForm(64, 64, levels: 4, first: (0, 1, nil)).configuration, seed: 10)
        fit.model.pin(rows: 16, columns: 24, last: 40)
        let before = fit.latents
        #expect(fit.tryAll() > 0)
        for (index, grid) in fit.model.grids.enumerated() {
            let scale = 1 << grid.level
            for (k, (old, new)) in zip(before[index], fit.latents[index]).enumerated() {
                let (x, y) = (k % grid.width * scale, k / grid.width * scale)
                if y < 16 || (y < 40 && x < 24) { #expect(old == new) }
            }
        }
    }

    @Test func `the optimizer of the latents forgets`() {
        let form = FitForm(19, 23, levels: 4, first: (0, 1, 0))
        let fit = TriedFit(form.configuration, seed: 11)
        _ = fit.tryAll()
        for index in fit.model.grids.indices {
            let grid = unsafe fit.fit.grid(index)
            let memory = unsafe fit.fit.numbers(grid.mean) + fit.fit.numbers(grid.variance)
            #expect(memory.allSatisfy { $0 == 0 })
        }
    }
}

/// A random fit, rounded hard, whose latents are tried.
private struct TriedFit {
    let fit: RandomFit
    var model: FitModel { fit.model }

    init(_ configuration: FitConfiguration, variant: KernelVariant = .best, seed: UInt64) {
        fit = RandomFit(configuration, variant: variant, seed: seed)
        model.setRounding(temperature: 0, noise: 0, seed: 0)
        model.setGradient(false, errorScale: RandomFit.errorScale)
    }

    var latents: [[Int16]] { model.grids.indices.map(model.latents) }

    func cost() -> Double {
        fit.run(FitModel.Phase.forward)
        return model.bits + Double(RandomFit.errorScale) / 2 * model.squaredError
    }

    /// Tries the latents of all levels, and tells what that saves.
    func tryAll(leastDistance: Float = 0.1, leastCount: Int = 1) -> Double {
        fit.run([.soften])
        for level in 0..<model.configuration.levels {
            model.setTriedLevel(level)
            fit.run(FitModel.Phase.forward)
        }
        model.beginTrials()
        defer { model.endTrials() }
        return (0..<model.configuration.levels).reversed().reduce(0) { saved, level in
            saved
                + model.tryOtherRounding(
                    ofLevel: level, leastDistance: leastDistance, leastCount: leastCount
                ) { fit.run(FitModel.Phase.forward) }
        }
    }
}

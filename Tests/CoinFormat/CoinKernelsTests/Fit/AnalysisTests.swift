import CCoinKernels
import TestSupport
import Testing

@testable import CoinKernels

@Suite struct AnalysisTests {
    private static let taps: [Float] = [-0.04, 0.26, 0.88, -0.1]

    private static func filters(seed: UInt64 = 3) -> [Float] {
        var numbers = SplitMix64(seed: seed)
        let shape = FitModel.analysisShape
        return numbers.floats(shape.groups * shape.levels * shape.taps, in: -0.3...0.3)
    }

    @Test(arguments: KernelVariant.vectorised, FitForm.all)
    func `an analysis gives the scalar variant's bits`(
        variant: KernelVariant, form: FitForm
    ) throws {
        guard variant.isSupported else { try Test.cancel("this CPU lacks \(variant)") }
        func latents(_ variant: KernelVariant) -> [[UInt32]] {
            let fit = RandomFit(form.configuration, variant: variant)
            fit.model.analyze(filters: Self.filters(), taps: Self.taps)
            return fit.latents.map(\.bits)
        }
        #expect(latents(variant) == latents(.scalar))
    }

    @Test(arguments: FitForm.all)
    func `an analysis starts all latents of color and leaves nothing behind`(form: FitForm) {
        let fit = RandomFit(form.configuration)
        let before = fit.latents
        fit.model.analyze(filters: Self.filters(), taps: Self.taps)
        for (index, grid) in fit.model.grids.enumerated() {
            #expect(fit.latents[index].allSatisfy { $0.magnitude <= 511 })
            #expect((fit.latents[index] == before[index]) == (grid.group == .alpha))
        }
        // What a pass measures must not depend on what the analysis had in its scratch planes.
        let fresh = RandomFit(form.configuration)
        fresh.copyLatents(of: fit)
        #expect(fit.softLoss() == fresh.softLoss())
        #expect(fit.model.gradient.bits == fresh.model.gradient.bits)
    }

    @Test func `the gradient of filters is that of finite differences`() {
        let form = FitForm(83, 70, levels: 7, first: (0, 2, nil))
        let filters = Self.filters()
        let fit = RandomFit(form.configuration)
        func loss(_ filters: [Float]) -> Double {
            fit.model.analyze(filters: filters, taps: Self.taps)
            return fit.softLoss()
        }
        _ = loss(filters)
        var gradient = [Double](repeating: 0, count: filters.count)
        fit.model.addAnalysisGradient(to: &gradient, taps: Self.taps)
        let shape = FitModel.analysisShape
        var (dot, squares, others) = (0.0, 0.0, 0.0)
        for group in 0..<shape.groups {
            for level in (group == 0 ? 0 : 2)..<shape.levels {
                for tap in [0, 12, 24, 25, 29, 34, 35, 44, 52] {
                    // There is no band above the last level.
                    if level > 5 && (25..<35).contains(tap) || level == 5 && tap == 34 { continue }
                    let k = (group * shape.levels + level) * shape.taps + tap
                    var moved = filters
                    moved[k] += 2e-3
                    let above = loss(moved)
                    moved[k] = filters[k] - 2e-3
                    let difference = (above - loss(moved)) / 4e-3
                    dot += difference * gradient[k]
                    squares += difference * difference
                    others += gradient[k] * gradient[k]
                }
            }
        }
        // The loss is no smooth function of latents that many steps of rounding are apart; the
        // gradients agree as a whole.
        #expect(dot / (squares * others).squareRoot() > 0.999)
        #expect(abs((others / squares).squareRoot() - 1) < 0.02)
    }

    @Test(arguments: [(1, 1), (2, 1), (9, 40)])
    func `small pictures are analyzed`(width: Int, height: Int) {
        let levels = Int.bitWidth - (max(width, height) - 1).leadingZeroBitCount + 1
        let form = FitForm(width, height, levels: levels, first: (0, min(1, levels - 1), nil))
        let fit = RandomFit(form.configuration)
        fit.model.analyze(filters: Self.filters(), taps: Self.taps)
        #expect(fit.latents.joined().allSatisfy { $0.isFinite })
        #expect(fit.latents.joined().contains { $0 != 0 })
    }
}

extension RandomFit {
    fileprivate var latents: [[Float]] {
        model.grids.indices.map { unsafe numbers(grid($0).y) }
    }

    fileprivate func copyLatents(of other: RandomFit) {
        for index in model.grids.indices {
            let (to, from) = unsafe (grid(index).y, other.grid(index).y)
            for y in 0..<Int(unsafe to.height) {
                for x in 0..<Int(unsafe to.width) {
                    unsafe to.origin[y * to.stride + x] = from.origin[y * from.stride + x]
                }
            }
        }
    }

    /// What is minimized, with soft rounding; the gradients are there afterwards, and were zero before.
    fileprivate func softLoss() -> Double {
        model.setRounding(temperature: 0.5, noise: 0, seed: 1)
        model.setGradient(true, errorScale: Self.errorScale)
        // A step of rate 0 clears what an earlier pass has left.
        model.setStep(AdamStep(number: 1, meanDecay: 0, varianceDecay: 0), rate: 0)
        run([.step])
        run(FitModel.Phase.forward + FitModel.Phase.backward)
        return model.bits + Double(Self.errorScale) / 2 * model.squaredError
    }
}

internal import CoinKernels
internal import FormatKit

/// A fit of all grids of a picture and of its networks together.
struct WholeFit {
    let picture: FitPicture
    let plan: LatentPlan
    let schedule: FitSchedule
    /// What a bit of the networks counts against one of the latents.
    var networkWeight: Float = 1
    let kernels: KernelVariant
    let context: CodecContext

    /// A cost of so many bits a pixel is no divergence, however well a fit has started.
    private static let harmlessBits = 16.0
    /// Steps of a fit that only looks for λ.
    private static let probeStepCount = 24

    /// Fits, or returns `nil` if the fit diverges.
    func run(_ stages: inout FitStages) throws(ImageError) -> FittedLatents? {
        var lambda = plan.lambda
        if plan.bitsPerPixel != nil { lambda = try probe(lambda) }
        let form = form(lambda: lambda)
        let trainer = trainer(form, lambda: lambda)
        var control = plan.bitsPerPixel.map {
            RateControl(bitCount: $0 * Double(form.size.pixelCount), form: form)
        }
        guard try softSteps(trainer, form, stages, &control) else { return nil }
        let quantizer = NetworkQuantizer(
            trainer: trainer, descriptor: form.descriptor, gain: form.gain,
            bases: form.bases(means: picture.means), weight: Double(networkWeight))
        try round(trainer, quantizer, &control)
        for number in schedule.softStepCount + 1..<schedule.stepCount + 1 {
            try step(trainer, number, form, stages)
        }
        let networks = try quantizer.quantize(refining: schedule.isRefining, context)
        return FittedLatents(
            form: form, lambda: form.lambda(errorScale: trainer.errorScale), networks: networks,
            grids: trainer.model.latentGrids)
    }

    private func form(lambda: Double) -> LatentForm {
        plan.form(
            size: picture.raster.size, layout: picture.raster.layout, hasAlpha: picture.hasAlpha,
            lambda: lambda)
    }

    private func trainer(_ form: LatentForm, lambda: Double) -> LatentTrainer {
        LatentTrainer(
            picture: picture, form: form, lambda: lambda, kernels: kernels,
            threadCount: max(1, context.threadCount), seed: plan.seed,
            networkWeight: networkWeight)
    }

    @discardableResult
    private func step(
        _ trainer: LatentTrainer, _ number: Int, _ form: LatentForm, _ stages: FitStages
    ) throws(ImageError) -> LatentTrainer.Measure {
        try context.checkCancellation()
        let measure = trainer.step(number, schedule.step(number))
        stages.report(number, of: schedule.stepCount, measure, form, context)
        return measure
    }

    /// Takes the steps of soft rounding; false if they diverge.
    private func softSteps(
        _ trainer: LatentTrainer, _ form: LatentForm, _ stages: FitStages,
        _ control: inout RateControl?
    ) throws(ImageError) -> Bool {
        var first: LatentTrainer.Measure?
        for number in 1..<schedule.softStepCount + 1 {
            let measure = try step(trainer, number, form, stages)
            let cost = trainer.cost(measure)
            let allowance = Self.harmlessBits * Double(form.size.pixelCount + 1000)
            // On the way to a rate what an error counts changes, for the first step as well.
            let start = first.map(trainer.cost) ?? .infinity
            guard cost.isFinite, cost < 4 * start + allowance else { return false }
            first = first ?? measure
            if number * 10 > schedule.softStepCount {
                control?.adjust(trainer, softBits: measure.bits)
            }
        }
        return true
    }

    /// Finds about the λ that gives the rate, by fits of a few steps.
    private func probe(_ start: Double) throws(ImageError) -> Double {
        guard let bitsPerPixel = plan.bitsPerPixel else { return start }
        let probes = FitSchedule(softStepCount: Self.probeStepCount, hardStepCount: 0)
        var lambda = start
        for _ in 0..<3 {
            let form = form(lambda: lambda)
            let trainer = trainer(form, lambda: lambda)
            for number in 1..<Self.probeStepCount + 1 {
                try context.checkCancellation()
                _ = trainer.step(number, probes.step(number))
            }
            // A longer fit needs fewer bits for the same λ.
            let bits = 0.85 * trainer.measure().bits / Double(form.size.pixelCount)
            let ratio = min(max(bits / bitsPerPixel, 0.1), 10)
            lambda = min(
                max(lambda * ratio * ratio.squareRoot(), LatentPlan.lambdaRange.lowerBound),
                LatentPlan.lambdaRange.upperBound)
        }
        return lambda
    }

    /// Decides to which integers the latents are rounded; at the rate that is wanted, if one is.
    private func round(
        _ trainer: LatentTrainer, _ quantizer: NetworkQuantizer, _ control: inout RateControl?
    ) throws(ImageError) {
        guard control != nil else { return try trainer.refineRounding(context) }
        for _ in 0..<Self.roundingAttemptCount {
            try settle(trainer, quantizer, &control)
            try trainer.refineRounding(context)
            guard control?.learn(refinedBits: trainer.measure().bits) == false else { return }
        }
    }

    /// How often latents are rounded until their rate is the one that is wanted.
    private static let roundingAttemptCount = 4

    /// Brings the rate of the rounded latents, with the networks, to the one that is wanted.
    private func settle(
        _ trainer: LatentTrainer, _ quantizer: NetworkQuantizer, _ control: inout RateControl?
    ) throws(ImageError) {
        let parameters = trainer.model.parameters
        control?.networkBits = try quantizer.quantize(refining: false, context).bits
        trainer.model.parameters = parameters
        var settings = schedule.step(schedule.softStepCount)
        settings.latentRate = 0.15 * schedule.latentRate
        settings.networkRate = 0.02 * schedule.networkRate
        for round in 0..<12 {
            guard control?.correct(trainer, hardBits: trainer.measure().bits) == true else {
                return
            }
            for k in 0..<10 {
                try context.checkCancellation()
                // Adam's corrections for its first steps are over by now.
                _ = trainer.step(schedule.stepCount + 10 * round + k + 1, settings)
            }
        }
    }
}

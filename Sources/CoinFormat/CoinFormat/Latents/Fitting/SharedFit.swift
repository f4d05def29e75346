internal import CoinKernels

/// A crop that is being fitted with networks that it shares; or, of no steps, only analyzed.
final class SharedFit: @unchecked Sendable {
    let trainer: LatentTrainer
    let stepCount: Int
    /// The step after which the fit makes room for another.
    private let end: Int
    private let schedule: FitSchedule
    private var number = 0
    /// The cost of the last pass, in bits.
    private(set) var cost = Double.nan

    /// How softly an analysis is rounded: between the first and the last steps of a fit.
    private static let analysis = FitSchedule.Step(
        temperature: 0.3, noise: 0.15, latentRate: 0, latentMemory: 0, networkRate: 0)

    init(trainer: LatentTrainer, stepCount: Int, end: Int? = nil) {
        self.trainer = trainer
        self.stepCount = stepCount
        self.end = end ?? stepCount
        var schedule = FitSchedule(softStepCount: max(1, stepCount), hardStepCount: 0)
        schedule.warmUpCount = 1
        self.schedule = schedule
    }

    var isFinished: Bool { stepCount > 0 && number >= end }
    /// Whether the fit has had all steps.
    var isWhole: Bool { number == stepCount }
    var pixelCount: Double {
        Double(trainer.model.configuration.width * trainer.model.configuration.height)
    }

    func advance(_ parameters: [Float]) {
        trainer.model.parameters = parameters
        let measure: LatentTrainer.Measure
        if stepCount == 0 {
            measure = trainer.differentiate(1, Self.analysis)
        } else {
            number += 1
            measure = trainer.stepLatents(number, schedule.step(number))
        }
        cost = trainer.cost(measure)
    }

    /// The cost of the rounded latents, in bits per pixel.
    func finalCost() -> Double { trainer.cost(trainer.measure()) / pixelCount }
}

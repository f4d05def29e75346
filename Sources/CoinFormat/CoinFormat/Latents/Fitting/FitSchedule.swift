/// How a fit of latent grids proceeds from its first step to its last.
///
/// Latents are rounded softly with noise, both falling; the learning rates fall with them, never
/// after them: at a low temperature latents near a half get rare, large gradients. In the last
/// steps the latents are rounded and the networks settle.
struct FitSchedule: Equatable, Sendable {
    /// The number of steps with soft rounding.
    let softStepCount: Int
    /// The number of steps with hard rounding, which move the networks alone.
    let hardStepCount: Int
    /// The temperature of soft rounding at level 0, coarser ones being softer, at the first and the last soft step.
    var temperature: (first: Float, last: Float) = (0.55, lastTemperatures.upperBound)
    /// The deviation of the noise, at the first and the last soft step.
    var noise: (first: Float, last: Float) = (0.22, 0.14)
    /// The largest step of a latent, in integers.
    var latentRate: Float = 0.3
    /// How much of the mean of a latent's gradients a step keeps.
    var latentMemory: Float = shortMemory
    /// The learning rate of the networks.
    var networkRate: Float = 0.055
    /// Of the steps, how many the learning rates take to rise.
    var warmUpCount: Int

    /// Numbers of steps: fewer than the first are a hurry, and fewer than the second no greater one.
    private static let hurry: (begins: Float, ends: Float) = (560, 80)
    /// The temperatures that the last soft step may have: the highest up to the steps that are no hurry.
    private static let lastTemperatures: ClosedRange<Float> = 0.06...0.11

    /// ``latentMemory`` in a hurry, up to about 300 steps: the networks, and with them what latents aim at,
    /// change from step to step.
    private static let shortMemory: Float = 0.7
    /// ``latentMemory`` of fits that are in no hurry.
    private static let longMemory: Float = 0.9

    /// Creates the schedule of a fit of `stepCount` steps, at least 2.
    ///
    /// In few steps latents have to go further in each, and are right with less noise, which needs many
    /// steps to average out (docs/notes/latent-fitting.md).
    init(stepCount: Int) {
        let hard = max(1, stepCount / 20)
        self.init(softStepCount: max(1, stepCount - hard), hardStepCount: hard)
        let haste = Self.haste(stepCount: stepCount)
        latentRate *= 1 + 0.5 * haste
        latentMemory = max(Self.shortMemory, Self.longMemory - 0.6 * haste)
        noise.first *= 1 - 0.25 * haste
        noise.last *= 1 - 0.25 * haste
        temperature.last = Self.lastTemperature(stepCount: stepCount)
    }

    /// The temperature of the last soft step.
    ///
    /// Rounding that is soft in the end flatters: many steps learn to live off it, and hard rounding takes
    /// that away. So it falls further where there is time for it (docs/notes/latent-fitting.md).
    private static func lastTemperature(stepCount: Int) -> Float {
        let falling = lastTemperatures.upperBound * hurry.begins / Float(stepCount)
        return min(max(falling, lastTemperatures.lowerBound), lastTemperatures.upperBound)
    }

    /// How little time so many steps are: 0, from 560 of them on, to 1, up to 80.
    ///
    /// By the root of the steps, which is the same on every machine.
    private static func haste(stepCount: Int) -> Float {
        func scarcity(_ count: Float) -> Float {
            (hurry.begins / count).squareRoot() - 1
        }
        let share = scarcity(Float(stepCount)) / scarcity(hurry.ends)
        return min(max(share, 0), 1)
    }

    init(softStepCount: Int, hardStepCount: Int) {
        self.softStepCount = softStepCount
        self.hardStepCount = hardStepCount
        // The first steps decide nothing yet but the scales that the optimizers go by.
        warmUpCount = min(20, max(1, (softStepCount + hardStepCount) / 4))
    }

    /// The number of all steps.
    var stepCount: Int { softStepCount + hardStepCount }

    /// Whether there is time to try the parameters of the rounded networks one by one.
    var isRefining: Bool { stepCount >= Self.leastStepCountOfRefining }

    /// The fewest steps of which so much time brings less.
    private static let leastStepCountOfRefining = 800

    /// The settings of a step.
    struct Step: Equatable, Sendable {
        /// 0 where rounding is hard.
        var temperature: Float
        var noise: Float
        var latentRate: Float
        var latentMemory: Float
        var networkRate: Float
    }

    /// The settings of step `number`, which counts from 1.
    func step(_ number: Int) -> Step {
        let warmth = min(1, Float(number) / Float(warmUpCount))
        guard number <= softStepCount else {
            let done = Float(number - 1 - softStepCount) / Float(hardStepCount)
            let fade = Self.quarterCosine(done)
            return Step(
                temperature: 0, noise: 0, latentRate: 0, latentMemory: latentMemory,
                networkRate: 0.1 * networkRate * fade * fade)
        }
        let done = Float(number - 1) / Float(softStepCount)
        let cosine = Self.quarterCosine(done)
        // The cosine to the power of 5/4.
        let fade = cosine * cosine.squareRoot().squareRoot()
        return Step(
            temperature: temperature.first + (temperature.last - temperature.first) * done,
            noise: noise.first + (noise.last - noise.first) * done,
            latentRate: warmth * latentRate * max(fade, 0.02), latentMemory: latentMemory,
            networkRate: warmth * networkRate * max(fade, 0.001))
    }

    /// cos(πx/2) for x in 0…1, within 4·10⁻⁶: a polynomial, the same on every machine.
    static func quarterCosine(_ x: Float) -> Float {
        let z = x * x * 2.4674011
        let p = 1 - z / 2 * (1 - z / 12 * (1 - z / 30 * (1 - z / 56 * (1 - z / 90))))
        return max(0, p)
    }

    static func == (a: FitSchedule, b: FitSchedule) -> Bool {
        a.stepCount == b.stepCount && a.step(1) == b.step(1)
            && a.step(a.softStepCount) == b.step(b.softStepCount)
    }
}

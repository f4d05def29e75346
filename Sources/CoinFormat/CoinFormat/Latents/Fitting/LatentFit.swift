internal import CoinKernels
internal import FormatKit

/// A fit of one picture.
///
/// Up to some megapixels all grids and the networks are fitted together. In larger pictures the
/// networks are fitted to a sample of it, and then the grids window by window.
struct LatentFit {
    let picture: FitPicture
    let plan: LatentPlan
    let kernels: KernelVariant
    let context: CodecContext

    /// The largest picture that is fitted as a whole, in pixels.
    private static let wholePixelCount = 2400 * 2000
    /// The largest picture that is fitted with and without networks of its own, in pixels.
    private static let smallPixelCount = 256 * 256
    /// How often a fit that diverges starts again, each time with half the learning rates.
    private static let attemptCount = 3

    var threadCount: Int { max(1, context.threadCount) }

    /// The bytes that a fit takes beside the file.
    static func memoryByteCount(header: ImageHeader, plan: LatentPlan) -> Int {
        let form = plan.form(
            size: header.size, layout: header.layout, hasAlpha: header.layout.hasAlpha,
            lambda: plan.lambda)
        let image = header.size.pixelCount * header.layout.bytesPerPixel
        guard header.size.pixelCount > wholePixelCount else {
            return image + form.configuration.byteCount
        }
        let latents = form.configuration.latentCount * MemoryLayout<Int16>.size
        let window = form.resized(to: FitWindows.largestSize)
        return image + latents + window.configuration.byteCount
    }

    func run() throws(ImageError) -> FittedLatents {
        let size = picture.raster.size
        let schedule = FitSchedule(stepCount: plan.stepCount)
        guard size.pixelCount <= Self.wholePixelCount else { return try runByWindows(schedule) }
        guard size.pixelCount <= Self.smallPixelCount else {
            var stages = FitStages(counts: [1])
            return try fit(picture, schedule, &stages).fitted
        }
        // Networks of a small picture's own may cost more bits than they save.
        var stages = FitStages(counts: [1, 1])
        let own = try fit(picture, schedule, &stages).fitted
        stages.next()
        var frozen = schedule
        frozen.networkRate = 0
        let common = try fit(picture, frozen, &stages).fitted
        // Fits to a rate have the same bits.
        let isCheaper =
            plan.bitsPerPixel == nil
            ? common.cost < own.cost
            : common.networks.measure.distortion < own.networks.measure.distortion
        return isCheaper ? common : own
    }

    /// Fits the networks to a sample, and then the grids window by window.
    private func runByWindows(_ schedule: FitSchedule) throws(ImageError) -> FittedLatents {
        var stages = FitStages(counts: [1, 4])
        let sample = try fit(FitWindows.sample(of: picture), schedule, &stages)
        stages.next()
        return try FitWindows(
            picture: picture, networks: sample.fitted.networks, lambda: sample.fitted.lambda,
            form: sample.fitted.form.resized(to: picture.raster.size), schedule: sample.schedule,
            seed: plan.seed, kernels: kernels, context: context
        ).run(&stages)
    }

    /// Fits all grids of a picture together with its networks; with lower rates if that diverges.
    ///
    /// - Returns: What is fitted, and the schedule that has done it.
    private func fit(
        _ picture: FitPicture, _ schedule: FitSchedule, _ stages: inout FitStages
    ) throws(ImageError) -> (fitted: FittedLatents, schedule: FitSchedule) {
        var schedule = schedule
        // Networks that are fitted to a sample serve all of the picture.
        let pixelCount = Float(self.picture.raster.size.pixelCount)
        let share = min(1, Float(picture.raster.size.pixelCount) / pixelCount)
        for _ in 0..<Self.attemptCount {
            let whole = WholeFit(
                picture: picture, plan: plan, schedule: schedule, networkWeight: share,
                kernels: kernels, context: context)
            if let fitted = try whole.run(&stages) { return (fitted, schedule) }
            schedule.networkRate *= 0.5
            schedule.latentRate *= 0.5
        }
        throw .codecFailure(.coin, "the fit diverges, whatever its learning rates")
    }
}

/// How far a fit of several stages is.
struct FitStages {
    /// What each stage is of the work, in parts of `total`; and the one at hand.
    private let counts: [Double]
    private let total: Double
    private var stage = 0
    /// Of the stage at hand, the part that is done, and that of the piece of work at hand.
    private var done = 0.0
    private var share = 1.0

    /// Plans stages whose work is in proportion to `counts`.
    init(counts: [Int]) {
        self.counts = counts.map(Double.init)
        total = self.counts.reduce(0, +)
    }

    /// Goes on to the next stage.
    mutating func next() {
        stage += 1
        (done, share) = (0, 1)
    }

    /// Goes on to a piece of the stage, number `index` of `count` alike.
    mutating func begin(_ index: Int, of count: Int) {
        (done, share) = (Double(index) / Double(count), 1 / Double(count))
    }

    /// Tells of a step, now and then.
    func report(
        _ step: Int, of count: Int, _ measure: LatentTrainer.Measure, _ form: LatentForm,
        _ context: CodecContext
    ) {
        guard step % 10 == 0 || step == count else { return }
        let bits = measure.bits / Double(form.size.pixelCount)
        let decibels = form.decibels(measure)
        let part = counts[stage] * (done + share * Double(step) / Double(count))
        let fraction = min((counts[..<stage].reduce(0, +) + part) / total, 1)
        context.progress(
            Progress(
                fraction: fraction,
                detail: "step \(step)/\(count), \(Self.text(bits, digits: 3)) bpp, "
                    + "\(Self.text(decibels, digits: 2)) dB"))
    }

    private static func text(_ value: Double, digits: Int) -> String {
        let scale = digits == 3 ? 1000 : 100
        let whole = Int((max(0, min(value, 1e6)) * Double(scale)).rounded())
        return "\(whole / scale)." + String(scale + whole % scale).dropFirst()
    }
}

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
    /// How often a fit that diverges starts again, each time with half the learning rates.
    private static let attemptCount = 3

    var threadCount: Int { max(1, context.threadCount) }

    /// The bytes that a fit takes beside the file.
    static func memoryByteCount(header: ImageHeader, plan: LatentPlan) -> Int {
        let form = LatentForm(
            size: header.size, layout: header.layout, hasAlpha: header.layout.hasAlpha,
            lambda: plan.lambda, sizes: plan.sizes(lambda: plan.lambda))
        let image = header.size.pixelCount * header.layout.bytesPerPixel
        guard header.size.pixelCount > wholePixelCount else {
            return image + form.configuration.byteCount
        }
        let latents = form.configuration.latentCount * MemoryLayout<Int16>.size
        let window = form.resized(to: FitWindows.largestSize)
        return image + latents + window.configuration.byteCount
    }

    func run() throws(ImageError) -> FittedLatents {
        let isWhole = picture.raster.size.pixelCount <= Self.wholePixelCount
        let sample = isWhole ? picture : FitWindows.sample(of: picture)
        var stages = FitStages(plan: plan, isWhole: isWhole)
        var schedule = FitSchedule(stepCount: plan.stepCount)
        for _ in 0..<Self.attemptCount {
            let whole = WholeFit(
                picture: sample, plan: plan, schedule: schedule, kernels: kernels,
                context: context)
            if let fitted = try whole.run(&stages) {
                guard !isWhole else { return fitted }
                return try FitWindows(
                    picture: picture, networks: fitted.networks, lambda: fitted.lambda,
                    form: fitted.form.resized(to: picture.raster.size), schedule: schedule,
                    seed: plan.seed, kernels: kernels, context: context
                ).run(&stages)
            }
            schedule.networkRate *= 0.5
            schedule.latentRate *= 0.5
        }
        throw .codecFailure(.coin, "the fit diverges, whatever its learning rates")
    }
}

/// How far a fit of several stages is.
struct FitStages {
    /// The part of the work that is done, and that of the stage at hand.
    private var done = 0.0
    private var share: Double
    private let isWhole: Bool

    init(plan: LatentPlan, isWhole: Bool) {
        self.isWhole = isWhole
        share = isWhole ? 1 : 0.2
    }

    /// Goes on to a stage that is one of `count` alike, which are all that is left.
    mutating func next(of count: Int) {
        done += share
        share = (isWhole ? 0 : 0.8) / Double(count)
    }

    /// Tells of a step, now and then.
    func report(
        _ step: Int, of count: Int, _ measure: LatentTrainer.Measure, _ form: LatentForm,
        _ context: CodecContext
    ) {
        guard step % 10 == 0 || step == count else { return }
        let bits = measure.bits / Double(form.size.pixelCount)
        let decibels = form.decibels(measure)
        let fraction = min(done + share * Double(step) / Double(count), 1)
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

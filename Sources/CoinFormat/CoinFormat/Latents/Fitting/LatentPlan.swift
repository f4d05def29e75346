internal import CoinKernels
internal import FormatKit

/// What a user may choose about latent grids, resolved for one picture.
struct LatentPlan: Sendable, Equatable {
    static let specs: [OptionSpec] = [
        OptionSpec(
            "bpp", .real(0.001...24), default: "from --quality",
            summary:
                "bits per pixel of the whole file, within 2 %; a warning where the picture cannot"
        ),
        OptionSpec(
            "steps", .integer(2...1_000_000), default: "from --effort",
            summary: "steps of the fit"),
        OptionSpec(
            "seed", .integer(0...Int.max), default: "0",
            summary: "start of the random numbers; same seed, same file"),
        OptionSpec(
            "tune", .choice(LatentTuning.allCases.map(\.rawValue)),
            default: LatentTuning.psnr.rawValue,
            summary: "what is fitted: the error of samples, or the eye's similarity, MS-SSIM"),
    ]

    /// How far from the rate that is asked for a file may be, as a part of it.
    static let rateTolerance = 0.02

    /// The quality where none is given.
    static let defaultQuality = 75.0

    /// λ: the mean squared error, of samples in 0…1, that a bit per pixel is worth.
    var lambda: Double
    /// The bits per pixel that are aimed at, where the user gave them, without those of metadata.
    let bitsPerPixel: Double?
    let stepCount: Int
    let seed: UInt32
    let tuning: LatentTuning
    /// The sizes of the networks.
    let sizes: LatentForm.Sizes

    /// Resolves what the user chose.
    ///
    /// - Parameters:
    ///   - settings: The choices.
    ///   - pixelCount: The size of the picture.
    ///   - metadataBits: What metadata take of the file, in bits per pixel of the picture.
    init(settings: WriteSettings, pixelCount: Int, metadataBits: Double = 0) {
        let options = settings.options
        // Where metadata are nearly all that was asked for, the picture still has to be something.
        bitsPerPixel = options.real("bpp").map { max($0 - metadataBits, 0.05 * $0) }
        lambda =
            bitsPerPixel.map(Self.lambda(bitsPerPixel:))
            ?? Self.lambda(quality: settings.quality ?? Self.defaultQuality)
        let base = Self.steps(effort: settings.effort ?? Self.defaultEffort)
        let given = options.integer("steps")
        let isLong = (given ?? base) >= Self.leastStepCountOfWide
        let isSmall = LatentForm.isSmall(pixelCount: pixelCount)
        sizes = isLong && !isSmall ? .wide : .compact
        stepCount =
            given
            ?? base * Self.stepPercentage(isLong: isLong, isSmall: isSmall, lambda: lambda) / 100
        seed = UInt32(truncatingIfNeeded: options.integer("seed") ?? 0)
        tuning = options.choice("tune").flatMap(LatentTuning.init) ?? .psnr
    }

    static let defaultEffort = 5

    /// The fewest steps, at high rates, in which wide networks bring more than as much time for compact
    /// ones, whatever the rate; in small pictures their bytes outweigh it (docs/notes/latent-fitting.md).
    private static let leastStepCountOfWide = 200

    /// The form of a picture at a rate.
    func form(
        size: ImageSize, layout: PixelLayout, hasAlpha: Bool, lambda: Double
    ) -> LatentForm {
        var form = LatentForm(
            size: size, layout: layout, hasAlpha: hasAlpha, lambda: lambda, sizes: sizes)
        form.tuning = tuning
        return form
    }

    /// The steps of an effort of 1…9 at high rates; the time is in proportion to them.
    private static func steps(effort: Int) -> Int {
        [80, 120, 220, 400, 800, 1400, 2400, 4000, 8000][effort - 1]
    }

    /// The steps that take the time of 100 at high rates.
    ///
    /// Where there is no luma grid of the picture's size, a step takes less, as it does in small pictures,
    /// whose networks are compact in long fits, too. An effort stands for a time, so there are more of them.
    private static func stepPercentage(isLong: Bool, isSmall: Bool, lambda: Double) -> Int {
        if isSmall { return isLong ? 200 : 150 }
        if lambda < LatentForm.halfSizeLambda { return 100 }
        return isLong ? 170 : 150
    }

    /// λ halves every 10 points of quality; it is 0.1 at 0.
    static func lambda(quality: Double) -> Double {
        0.1 * powerOfTwo(-quality / 10)
    }

    /// Where a fit to a rate begins: photographs need about this λ.
    private static func lambda(bitsPerPixel: Double) -> Double {
        let rate = bitsPerPixel / 0.5
        let lambda = 0.0012 / (rate * rate.squareRoot())
        return min(max(lambda, lambdaRange.lowerBound), lambdaRange.upperBound)
    }

    /// The λ that units of the model can stand for: finer ones than a gain of 1 make no difference.
    static let lambdaRange = 1e-6...1.0

    /// 2^x, within 10⁻⁹: a polynomial, so that no library's exponential decides a file's bytes.
    static func powerOfTwo(_ x: Double) -> Double {
        let whole = x.rounded(.down)
        let t = (x - whole) * 0.693_147_180_559_945_3
        var sum = 1.0
        for k in stride(from: 12.0, to: 0, by: -1) { sum = 1 + sum * t / k }
        return sum * Double(sign: .plus, exponent: Int(whole), significand: 1)
    }
}

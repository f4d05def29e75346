/// The step of a conversion in which colors become sRGB.
struct ColorStage: Sendable, Equatable {
    /// What the colors are; `nil` where that cannot be used, and they are taken for sRGB.
    let colors: ColorAccount?
    /// The layout in which they are converted.
    let input: PixelLayout
    /// The layout in which they come out of that.
    let output: PixelLayout
    /// The picture afterward.
    private(set) var result: ImageHeader
    /// What the step loses.
    let losses: [Loss]

    /// Decides whether there is such a step: if it is asked for, or if the profile of the picture
    /// would not hold for the channels that the target has.
    ///
    /// - Throws: ``ImageError/invalidOption(name:reason:)`` if it is asked for and not possible.
    init?(
        converting source: ImageHeader, to layouts: Set<PixelLayout>,
        preferences: ConversionPreferences, engine: (any ColorEngine)?
    ) throws(ImageError) {
        let isAsked = preferences.isConvertedToSRGB
        let isOdd = isAsked && source.metadata.exifTransferFunction == .unusable
        let oddities = isOdd ? [Self.unusableFunction] : []
        guard let colors = source.metadata.colorAccount else {
            let isOfInks = isAsked && source.layout.model == .cmyk
            guard isOdd || isOfInks else { return nil }
            if isOfInks, source.layout.alpha == .premultiplied {
                throw .invalid(
                    .isConvertedToSRGB,
                    "the input's inks are multiplied by alpha, without a profile")
            }
            self.init(takingForSRGB: source, oddities)
            return
        }
        var model = source.layout.model
        var isPossible = engine?.accepts(colors, model: model) ?? false
        if isAsked {
            // Gray with a profile for RGB is R = G = B.
            if !isPossible, model == .gray, engine?.accepts(colors, model: .rgb) == true {
                (isPossible, model) = (true, .rgb)
            }
            guard isPossible || (engine != nil && colors.isProfile) else {
                let reason =
                    engine == nil
                    ? "this program has no color engine"
                    : "the input's account of its colors cannot be used"
                throw .invalid(.isConvertedToSRGB, reason)
            }
        } else {
            let target = LayoutChoice.best(
                for: [source], of: layouts, on: preferences.background)
            guard isPossible, case .profile = colors, target?.model != model else { return nil }
        }
        guard isPossible else {
            self.init(takingForSRGB: source, oddities + [Self.unusableProfile])
            return
        }
        var isGrayKept = false
        if source.layout.model == .gray, model == .rgb {
            let transform = try engine?.makeTransform(from: colors, layout: Self.probe)
            isGrayKept = transform?.keepsGray ?? false
        }
        self.init(
            converting: source, by: colors, as: model, isGrayKept: isGrayKept, oddities)
    }

    /// A step in which samples are taken for sRGB, since nothing is said of them or that cannot be used; inks
    /// become it by arithmetic.
    private init(takingForSRGB source: ImageHeader, _ losses: [Loss]) {
        colors = nil
        input = source.layout
        var output = source.layout
        let changed = source.metadata.changed(by: .convertedToSRGB)
        result = source
        result.metadata = changed.value
        var losses = losses
        if source.layout.model == .cmyk {
            output.model = .rgb
            result.layout = output
            result.storage = nil
            losses.append(.inks)
        }
        self.output = output
        self.losses = losses + changed.losses
    }

    /// A step in which pixels are converted that are of `model`, or gray that is expanded to it and
    /// may be gray again.
    private init?(
        converting source: ImageHeader, by colors: ColorAccount, as model: ColorModel,
        isGrayKept: Bool, _ oddities: [Loss]
    ) {
        var input = source.layout
        input.model = model
        var losses: [Loss] = []
        if input.alpha == .premultiplied {
            input.alpha = .straight
            losses.append(.premultiplication)
        }
        if model == .cmyk, input.sample == .float32 { input.sample = .uint16 }
        guard PixelConverter.canConvert(from: source.layout, to: input) else { return nil }
        self.colors = colors
        self.input = input
        var output = input
        if model == .cmyk { output.model = .rgb }
        self.output = output
        result = source
        result.layout = output
        if isGrayKept { result.layout.model = .gray }
        result.storage = nil
        let changed = source.metadata.changed(by: .convertedToSRGB)
        result.metadata = changed.value
        // All grays have their place in sRGB.
        if result.layout.model != .gray { losses.append(.gamut) }
        self.losses = losses + oddities + changed.losses
    }
}

extension ColorStage {
    private static let unusableProfile = Loss.part(
        of: .icc,
        "the ICC profile does not fit the picture and is left out: its colors are taken for sRGB")
    private static let unusableFunction = Loss.part(
        of: .exif,
        "the transfer function makes no sense and is left out: it is taken for that of sRGB")

    /// The layout in which ``ColorTransform/keepsGray`` looks at grays.
    fileprivate static let probe = PixelLayout(.rgb, .float32)
}

extension ColorTransform {
    /// Whether all grays stay gray, but for rounding, of a conversion that was made for reals of RGB.
    fileprivate var keepsGray: Bool {
        let grays = (0...255).flatMap { [Float](repeating: Float($0) / 255, count: 3) }
        let band = PixelBand(
            width: 256, layout: ColorStage.probe,
            bytes: unsafe grays.withUnsafeBytes { unsafe Array($0) })
        return unsafe convert(band).withFilledBytes { bytes in
            let samples = unsafe bytes.samples(as: Float.self)
            return stride(from: 0, to: samples.count, by: 3).allSatisfy { pixel in
                // A quarter of a step of 8 bits.
                let green = unsafe samples[pixel + 1]
                return unsafe abs(samples[pixel] - green) <= 0.001
                    && abs(samples[pixel + 2] - green) <= 0.001
            }
        }
    }
}

extension ColorAccount {
    fileprivate var isProfile: Bool { if case .profile = self { true } else { false } }
}

/// Carries out the steps of a plan that change pixels.
struct PixelPipeline {
    private var toInput: PixelConverter?
    private var transform: (any ColorTransform)?
    private var toResult: PixelConverter?
    private let toTarget: PixelConverter
    private let toLight: LightStage?

    /// Prepares the steps.
    ///
    /// - Throws: ``ImageError`` if colors cannot be converted.
    init(
        _ plan: ConversionPlan, preferences: ConversionPreferences, engine: (any ColorEngine)?
    ) throws(ImageError) {
        let stage = plan.colorStage
        if let stage, let colors = stage.colors {
            toInput = PixelConverter(from: plan.source.layout, to: stage.input)
            transform = try engine?.makeTransform(from: colors, layout: stage.input)
            toResult = PixelConverter(from: stage.output, to: stage.result.layout)
        } else if let stage, stage.input != stage.output {
            toInput = PixelConverter(from: stage.input, to: stage.output)
        }
        guard
            let converter = PixelConverter(
                from: stage?.result.layout ?? plan.source.layout, to: plan.target.layout,
                background: preferences.background, isDithered: preferences.isDithered)
        else { preconditionFailure("a plan has only layouts that convert") }
        toTarget = converter
        toLight = plan.lightStage
    }

    /// Converts rows; returns them with the number of samples that had to be clamped.
    func convert(_ band: PixelBand, firstRow: Int) -> (band: PixelBand, clippedCount: Int) {
        var band = toInput?.convert(band, firstRow: firstRow) ?? band
        band = transform?.convert(band) ?? band
        band = toResult?.convert(band, firstRow: firstRow) ?? band
        let clippedCount = toTarget.clippedSampleCount(in: band)
        let converted = toTarget.convert(band, firstRow: firstRow)
        return (toLight?.convert(converted) ?? converted, clippedCount)
    }
}

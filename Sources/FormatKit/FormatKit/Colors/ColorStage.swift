/// The step of a conversion in which colors become sRGB.
struct ColorStage: Sendable, Equatable {
    /// What the colors are; `nil` where that cannot be used, and they are taken for sRGB.
    let colors: ColorAccount?
    /// The layout in which they are converted.
    let input: PixelLayout
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
        guard let colors = source.metadata.colorAccount else { return nil }
        var model = source.layout.model
        var isPossible = engine?.accepts(colors, model: model) ?? false
        if preferences.isConvertedToSRGB {
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
        var input = source.layout
        input.model = model
        var losses = [isPossible ? Loss.gamut : Self.unusableProfile]
        guard isPossible else {
            self.colors = nil
            self.input = input
            let changed = source.metadata.changed(by: .convertedToSRGB)
            result = source
            result.metadata = changed.value
            self.losses = losses + changed.losses
            return
        }
        if input.alpha == .premultiplied {
            input.alpha = .straight
            losses.insert(.premultiplication, at: 0)
        }
        if model == .cmyk, input.sample == .float32 { input.sample = .uint16 }
        result = source
        result.layout = input
        if model == .cmyk { result.layout.model = .rgb }
        result.storage = nil
        let changed = source.metadata.changed(by: .convertedToSRGB)
        result.metadata = changed.value
        guard PixelConverter.canConvert(from: source.layout, to: input) else { return nil }
        self.colors = colors
        self.input = input
        self.losses = losses + changed.losses
    }
}

extension ColorStage {
    private static let unusableProfile = Loss.part(
        of: .icc,
        "the ICC profile does not fit the picture and is left out: its colors are taken for sRGB")
}

extension ColorAccount {
    fileprivate var isProfile: Bool { if case .profile = self { true } else { false } }
}

/// Carries out the steps of a plan that change pixels.
struct PixelPipeline {
    private var toInput: PixelConverter?
    private var transform: (any ColorTransform)?
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
        let clippedCount = toTarget.clippedSampleCount(in: band)
        let converted = toTarget.convert(band, firstRow: firstRow)
        return (toLight?.convert(converted) ?? converted, clippedCount)
    }
}

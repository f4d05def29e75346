/// What is varied to reach a target, and how its values are compared.
struct TargetSearch {
    let target: EncodingTarget
    /// What is varied: the key of an option in bits per pixel, or the quality.
    private let rateOption: String?
    private let settings: WriteSettings
    private var search: QualitySearch

    /// Qualities from 0 to 100, in tenths.
    private static let qualities = 0.0...100.0
    private static let stepsPerQuality = 10.0
    /// A file as large as this part of the target is near enough.
    private static let sizeTolerance = 0.02
    /// A rate is hit less exactly, and at a higher price.
    private static let rateTolerance = 0.05
    /// Of a PSNR, and of a similarity expressed in the same way.
    private static let decibelTolerance = 0.1
    /// What a step of quality does, about: to the logarithm of the size, and to decibels.
    private static let (sizeSlope, decibelSlope) = (0.03, 0.2)
    /// The bits per pixel that the default qualities give, about.
    private static let usualRate = 1.5

    /// Starts a search for the setting of a format that writes `pixelCount` pixels with
    /// `metadataByteCount` bytes beside them.
    init(
        _ target: EncodingTarget, format: WriteCapabilities, settings: WriteSettings,
        pixelCount: Int, metadataByteCount: Int
    ) {
        self.target = target
        self.settings = settings
        let limit = format.targets?.attemptLimit ?? 2
        let quality = QualitySearch.Prior(
            range: Self.qualities, stepsPerUnit: Self.stepsPerQuality,
            start: format.defaultQuality ?? 50,
            slope: Self.decibelSlope)
        guard case .byteCount(let byteCount) = target else {
            rateOption = nil
            search = QualitySearch(
                side: .above, goal: Self.scaled(target.value, target),
                tolerance: Self.decibelTolerance, prior: quality, attemptLimit: limit)
            return
        }
        rateOption = format.targets?.rateOption
        let isRate = rateOption != nil
        search = QualitySearch(
            side: .below, goal: Self.scaled(Double(byteCount), target),
            tolerance: isRate ? Self.rateTolerance : Self.sizeTolerance,
            prior: isRate
                ? Self.rates(byteCount, metadataByteCount, pixelCount)
                : Self.qualities(byteCount, pixelCount, from: quality.start),
            attemptLimit: limit)
    }

    /// Qualities, from one that is likely to give the size on.
    private static func qualities(
        _ byteCount: Int, _ pixelCount: Int, from usual: Double
    ) -> QualitySearch.Prior {
        let rate = Double(byteCount) * 8 / Double(max(1, pixelCount))
        let start = usual + naturalLogarithm(rate / usualRate) / sizeSlope
        return QualitySearch.Prior(
            range: qualities, stepsPerUnit: stepsPerQuality, start: min(max(start, 5), 95),
            slope: sizeSlope)
    }

    /// Logarithms of rates, from the one that gives the size on.
    private static func rates(
        _ byteCount: Int, _ metadataByteCount: Int, _ pixelCount: Int
    ) -> QualitySearch.Prior {
        // Below, the names of boxes and fields count, too.
        let own = max(Double(byteCount) * 0.1, Double(byteCount - metadataByteCount - 64))
        let start = naturalLogarithm(0.975 * own * 8 / Double(max(1, pixelCount)))
        return QualitySearch.Prior(
            range: naturalLogarithm(0.001)...naturalLogarithm(8), stepsPerUnit: 250, start: start,
            slope: 1)
    }

    /// A value on a scale on which it rises with the setting about in a straight line: the logarithm
    /// of a size, decibels, and what decibels are to an error, of a similarity.
    private static func scaled(_ value: Double, _ target: EncodingTarget) -> Double {
        switch target {
        case .byteCount: naturalLogarithm(max(1, value))
        case .psnr: min(value, 200)
        case .similarity: min(200, -10 * decimalLogarithm(max(1e-20, 1 - value)))
        }
    }

    /// What to try next, or `nil` if there is nothing more to find.
    var next: (setting: Double, settings: WriteSettings)? {
        guard let setting = search.next else { return nil }
        var settings = settings
        settings.isTrial = true
        if let rateOption {
            settings.options.set(rateOption, to: .real(Self.rate(setting)))
        } else {
            settings.quality = setting
        }
        return (setting, settings)
    }

    /// Takes note of what came of an attempt.
    mutating func add(_ value: Double, at setting: Double) {
        search.add(Self.scaled(value, target), at: setting)
    }

    /// How often was tried.
    var attemptCount: Int { search.attempts.count }

    /// What was reached with a setting.
    func reached(_ value: Double, at setting: Double) -> ReachedTarget {
        ReachedTarget(
            target: target, value: value, setting: rateOption ?? ReachedTarget.quality,
            settingValue: rateOption == nil ? setting : Self.rate(setting),
            attemptCount: attemptCount)
    }

    /// The rate with this logarithm, in four digits.
    private static func rate(_ logarithm: Double) -> Double {
        let rate = exponential(logarithm)
        return min(8, max(0.001, (rate * 10_000).rounded() / 10_000))
    }
}

/// The step of a conversion in which samples become light, for a format in which they are taken for it.
struct LightStage: Sendable, Equatable {
    private let curve: LightCurve
    private let chromaticities: Chromaticities?

    /// Decides whether there is such a step.
    ///
    /// - Parameters:
    ///   - source: The picture.
    ///   - stage: The step before, in which its colors become sRGB.
    ///   - target: What the format can store.
    ///   - layout: The layout in which it is stored.
    init?(
        converting source: ImageHeader, after stage: ColorStage?, to target: WriteCapabilities,
        layout: PixelLayout
    ) {
        guard target.storesLight, layout.sample == .float32 else { return nil }
        if stage != nil || source.layout.model == .cmyk {
            (curve, chromaticities) = (.sRGB, nil)
            return
        }
        guard let curve = LightCurve(of: source), curve != .power(1) else { return nil }
        self.curve = curve
        switch source.metadata.colorAccount {
        case .calibration(_, let own), .curves(_, let own): chromaticities = own
        case .profile, .codePoints, nil: chromaticities = nil
        }
    }

    /// Whether colors have to be sRGB first: the curves of a profile are not all that it says.
    static func needsConversion(
        of source: ImageHeader, to target: WriteCapabilities, by engine: (any ColorEngine)?
    ) -> Bool {
        guard target.storesLight, let colors = source.metadata.colorAccount else { return false }
        if case .calibration = colors { return false }
        return engine?.accepts(colors, model: source.layout.model) ?? false
    }

    /// What is said of the samples afterward.
    func metadata(_ metadata: ImageMetadata) -> ImageMetadata {
        var metadata = metadata
        metadata.gamma = 1
        metadata.renderingIntent = nil
        if metadata.codePoints?.isSRGB == true { metadata.codePoints = nil }
        if let chromaticities { metadata.chromaticities = chromaticities }
        return metadata
    }

    /// Converts the rows of a band of reals; alpha stays as it is, and color multiplied by it stays
    /// so.
    func convert(_ band: PixelBand) -> PixelBand {
        var band = band
        let (channels, colors) = (band.layout.channelCount, band.layout.model.channelCount)
        let isMultiplied = band.layout.alpha == .premultiplied
        unsafe band.fill(rowCount: band.rowCount) { bytes in
            let samples = unsafe bytes.samples(as: Float.self)
            for pixel in stride(from: 0, to: samples.count, by: channels) {
                // What glows and covers nothing is taken as it is.
                let alpha = isMultiplied ? unsafe Double(samples[pixel + colors]) : 1
                let factor = alpha > 0 ? alpha : 1
                for place in pixel..<pixel + colors {
                    let light = curve.light(ofReal: unsafe Double(samples[place]) / factor)
                    unsafe samples[place] = Float(light * factor)
                }
            }
        }
        return band
    }
}

/// The curves of a codec over a set of images: one for each, and that of their means.
package struct ImageCurves {
    /// What a codec made of an image at a setting.
    package struct Sample {
        package let image: String
        package let setting: String
        package let point: RateDistortionCurve.Point

        package init(image: String, setting: String, rate: Double, quality: Double) {
            self.image = image
            self.setting = setting
            point = .init(rate: rate, quality: quality)
        }
    }

    /// By image; those without two points of use are missing.
    package let curves: [String: RateDistortionCurve]
    /// Means at the settings that all images have; `nil` if there are not two of them.
    package let means: RateDistortionCurve?

    /// Creates the curves of samples; those of images that are not wanted do not count.
    package init(_ samples: [Sample], images wanted: Set<String>? = nil) {
        let samples = samples.filter { wanted?.contains($0.image) ?? true }
        let images = Dictionary(grouping: samples, by: \.image)
        curves = images.compactMapValues { RateDistortionCurve($0.map(\.point)) }
        let settings = Dictionary(grouping: samples, by: \.setting).values
            .filter { Set($0.map(\.image)).count == images.count }
        means = RateDistortionCurve(
            settings.map { samples in
                .init(
                    rate: samples.map(\.point.rate).mean,
                    quality: samples.map(\.point.quality).mean)
            })
    }

    /// The images that have a curve.
    package var images: Set<String> { Set(curves.keys) }

    /// The Bjøntegaard delta of each image, in percent of the anchor's bits; images of which one
    /// has no curve, or whose curves have too little in common, are missing.
    package func rateDifferences(
        from anchor: ImageCurves, within rates: ClosedRange<Double>
    ) -> [String: Double] {
        var result: [String: Double] = [:]
        for (image, curve) in curves {
            result[image] = anchor.curves[image].flatMap {
                curve.rateDifference(from: $0, within: rates)
            }
        }
        return result
    }
}

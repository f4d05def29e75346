internal import FormatKit

/// What a fit needs to know of a picture beside its samples.
struct FitPicture: Sendable {
    let raster: Raster
    /// Whether there is alpha that is not opaque everywhere.
    let hasAlpha: Bool
    /// The mean of each channel where it can be seen, in samples; of the channels that are fitted.
    let means: [Double]

    init(raster: Raster, hasAlpha: Bool, means: [Double]) {
        self.raster = raster
        self.hasAlpha = hasAlpha
        self.means = means
    }

    init(_ raster: Raster) {
        self.raster = raster
        let layout = raster.layout
        let channels = layout.channelCount
        let colors = channels - (layout.hasAlpha ? 1 : 0)
        let full = layout.sample == .uint8 ? 255 : 65_535
        var sums = [Int](repeating: 0, count: channels)
        var (visible, isOpaque) = (0, true)
        raster.forEachPixel { (samples: Span<Int>) in
            let alpha = layout.hasAlpha ? samples[colors] : full
            if alpha < full { isOpaque = false }
            if alpha > 0 {
                visible += 1
                for c in 0..<colors { sums[c] += samples[c] }
            }
            if layout.hasAlpha { sums[colors] += alpha }
        }
        hasAlpha = layout.hasAlpha && !isOpaque
        let count = Double(max(1, visible))
        var means = (0..<colors).map { Double(sums[$0]) / count }
        if hasAlpha { means.append(Double(sums[colors]) / Double(raster.size.pixelCount)) }
        self.means = means
    }
}

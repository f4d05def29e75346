internal import Foundation

/// What a codec makes of a set of images: mean quality at mean rates.
package struct RateDistortionCurve {
    /// A mean rate in bits per pixel with a mean PSNR in decibels.
    package struct Point: Equatable {
        package let rate: Double
        package let quality: Double

        package init(rate: Double, quality: Double) {
            self.rate = rate
            self.quality = quality
        }
    }

    /// By rate, each better than all that are cheaper.
    package let points: [Point]

    /// Creates a curve; points that are no better than a cheaper one do not count.
    ///
    /// Fails if fewer than two are left.
    package init?(_ points: [Point]) {
        var kept: [Point] = []
        for point in points.sorted(by: { $0.rate < $1.rate }) {
            if let last = kept.last, point.quality <= last.quality + 1e-6 { continue }
            if let last = kept.last, point.rate <= last.rate { kept.removeLast() }
            kept.append(point)
        }
        guard kept.count >= 2 else { return nil }
        self.points = kept
    }

    private var logRates: [Double] { points.map { log10($0.rate) } }
    private var qualities: [Double] { points.map(\.quality) }

    /// The Bjøntegaard delta: how many percent more bits the curve takes than `anchor`, in the
    /// mean over the qualities that both reach with some rates, in bits per pixel; `nil` if that is
    /// less than 0.2 dB.
    package func rateDifference(
        from anchor: RateDistortionCurve, within rates: ClosedRange<Double>? = nil
    ) -> Double? {
        guard let own = qualities(within: rates), let others = anchor.qualities(within: rates)
        else { return nil }
        let low = max(own.lowerBound, others.lowerBound)
        let high = min(own.upperBound, others.upperBound)
        guard high - low >= 0.2 else { return nil }
        func mean(_ curve: RateDistortionCurve) -> Double {
            MonotoneCubic(x: curve.qualities, y: curve.logRates).integral(from: low, to: high)
                / (high - low)
        }
        return 100 * (pow(10, mean(self) - mean(anchor)) - 1)
    }

    /// The qualities that the curve reaches with some rates, or with all that it has; `nil` if it
    /// has none of them.
    private func qualities(within rates: ClosedRange<Double>?) -> ClosedRange<Double>? {
        guard let first = points.first, let last = points.last else { return nil }
        guard let rates else { return first.quality...last.quality }
        let low = max(first.rate, rates.lowerBound)
        let high = min(last.rate, rates.upperBound)
        guard low < high else { return nil }
        let curve = MonotoneCubic(x: logRates, y: qualities)
        return curve(log10(low))...curve(log10(high))
    }

    /// How the curve compares with another over the rates that both have.
    package struct Comparison: Equatable {
        package let rates: ClosedRange<Double>
        /// Whether the curve is the better one at the lowest of these rates.
        package let startsAbove: Bool
        /// Where the better one becomes the worse one.
        package let crossings: [Point]
    }

    /// Compares the curve with another; `nil` if they have no rates in common.
    package func comparison(with other: RateDistortionCurve) -> Comparison? {
        let low = max(logRates[0], other.logRates[0])
        let high = min(logRates.last ?? low, other.logRates.last ?? low)
        guard low < high else { return nil }
        let ours = MonotoneCubic(x: logRates, y: qualities)
        let theirs = MonotoneCubic(x: other.logRates, y: other.qualities)
        func lead(_ rate: Double) -> Double { ours(rate) - theirs(rate) }
        let count = 1000
        let grid = (0...count).map { low + (high - low) * Double($0) / Double(count) }
        let crossings = zip(grid, grid.dropFirst())
            .filter { (lead($0) < 0) != (lead($1) < 0) }
            .map { start, end in
                var (start, end) = (start, end)
                for _ in 0..<40 {
                    let middle = (start + end) / 2
                    if (lead(start) < 0) == (lead(middle) < 0) {
                        start = middle
                    } else {
                        end = middle
                    }
                }
                return Point(rate: pow(10, start), quality: ours(start))
            }
        return Comparison(
            rates: pow(10, low)...pow(10, high), startsAbove: lead(low) >= 0, crossings: crossings)
    }
}

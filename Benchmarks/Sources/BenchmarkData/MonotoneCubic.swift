/// A smooth curve through points that rises and falls only where the points do: piecewise cubic
/// Hermite interpolation with the slopes of Fritsch and Butland.
struct MonotoneCubic {
    private let x: [Double]
    private let y: [Double]
    private let slopes: [Double]

    /// Creates the curve.
    ///
    /// - Precondition: There are two points at least, and `x` rises.
    init(x: [Double], y: [Double]) {
        precondition(x.count >= 2 && x.count == y.count)
        precondition(zip(x, x.dropFirst()).allSatisfy(<))
        self.x = x
        self.y = y
        slopes = Self.slopes(x, y)
    }

    private static func slopes(_ x: [Double], _ y: [Double]) -> [Double] {
        let widths = zip(x.dropFirst(), x).map(-)
        let secants = zip(zip(y.dropFirst(), y).map(-), widths).map(/)
        guard secants.count > 1 else { return [secants[0], secants[0]] }
        let inner = (1..<secants.count).map { index in
            let (before, after) = (secants[index - 1], secants[index])
            guard before * after > 0 else { return 0.0 }
            // The harmonic mean, in which the nearer neighbor counts more.
            let (first, second) = (
                2 * widths[index] + widths[index - 1], widths[index] + 2 * widths[index - 1]
            )
            return (first + second) / (first / before + second / after)
        }
        let last = secants.count - 1
        return [endSlope(widths[0], widths[1], secants[0], secants[1])] + inner
            + [endSlope(widths[last], widths[last - 1], secants[last], secants[last - 1])]
    }

    /// The slope at an end, from the two segments next to it.
    private static func endSlope(
        _ width: Double, _ nextWidth: Double, _ secant: Double, _ nextSecant: Double
    ) -> Double {
        let slope =
            ((2 * width + nextWidth) * secant - width * nextSecant) / (width + nextWidth)
        if slope * secant <= 0 { return 0 }
        if secant * nextSecant <= 0, abs(slope) > 3 * abs(secant) { return 3 * secant }
        return slope
    }

    /// The value at a place; outside of the points, the nearest segment goes on.
    func callAsFunction(_ place: Double) -> Double {
        let (index, part) = segment(of: place)
        let width = x[index + 1] - x[index]
        let rest = 1 - part
        return y[index] * (1 + 2 * part) * rest * rest
            + y[index + 1] * (3 - 2 * part) * part * part
            + width * (slopes[index] * rest - slopes[index + 1] * part) * part * rest
    }

    /// The integral from `low` to `high`.
    func integral(from low: Double, to high: Double) -> Double {
        antiderivative(high) - antiderivative(low)
    }

    private func antiderivative(_ place: Double) -> Double {
        let (index, part) = segment(of: place)
        return (0..<index).map { partialIntegral($0, to: 1) }.reduce(0, +)
            + partialIntegral(index, to: part)
    }

    /// The integral over the first part of a segment.
    private func partialIntegral(_ index: Int, to part: Double) -> Double {
        let width = x[index + 1] - x[index]
        let (square, cube) = (part * part, part * part * part)
        let fourth = cube * part
        let values =
            y[index] * (fourth / 2 - cube + part) + y[index + 1] * (cube - fourth / 2)
        let bends =
            slopes[index] * (fourth / 4 - 2 * cube / 3 + square / 2)
            + slopes[index + 1] * (fourth / 4 - cube / 3)
        return width * (values + width * bends)
    }

    private func segment(of place: Double) -> (index: Int, part: Double) {
        let after = x.firstIndex { $0 > place } ?? x.count
        let index = min(max(after - 1, 0), x.count - 2)
        return (index, (place - x[index]) / (x[index + 1] - x[index]))
    }
}

/// The sliding window of structural similarity.
///
/// Z. Wang, A. C. Bovik, H. R. Sheikh, E. P. Simoncelli, "Image quality assessment: from error
/// visibility to structural similarity", 2004, eq. 12 and 13.
enum SSIMWindow {
    /// The width and height of the window.
    static let size = 11

    /// `exp(−d²/2σ²)` with σ = 1.5, scaled to sum to 1.
    private static let weights: [Float] = {
        let raw = (0..<size).map { index in
            let distance = Double(index - size / 2)
            return exponential(-distance * distance / (2 * 1.5 * 1.5))
        }
        let total = raw.reduce(0, +)
        return raw.map { Float($0 / total) }
    }()

    private static let c1 = (0.01 * 255) * (0.01 * 255)
    private static let c2 = (0.03 * 255) * (0.03 * 255)

    /// The means over all windows of the similarity and of its contrast and structure terms.
    static func means(
        _ a: LumaPlane, _ b: LumaPlane
    ) -> (similarity: Double, contrastStructure: Double) {
        let (width, height) = (a.width - size + 1, a.height - size + 1)
        var moments = RowMoments(width: a.width)
        var sums = (similarity: 0.0, contrastStructure: 0.0)
        for row in 0..<height {
            moments.gather(a, b, row: row, weights: weights)
            for x in 0..<width {
                let m = moments.window(at: x, weights: weights)
                let covariance = m.ab - m.a * m.b
                let variances = (m.aa - m.a * m.a) + (m.bb - m.b * m.b)
                let contrastStructure = (2 * covariance + c2) / (variances + c2)
                let luminance = (2 * m.a * m.b + c1) / (m.a * m.a + m.b * m.b + c1)
                sums.similarity += luminance * contrastStructure
                sums.contrastStructure += contrastStructure
            }
        }
        let count = Double(width * height)
        return (sums.similarity / count, sums.contrastStructure / count)
    }
}

/// Weighted sums of a, b, a², b² and ab down the columns of one row of windows.
///
/// The window is a product of two equal one-dimensional ones: first down, then along.
private struct RowMoments {
    typealias Moments = SIMD8<Double>

    private var columns: [Moments]

    init(width: Int) {
        columns = [Moments](repeating: Moments(), count: width)
    }

    mutating func gather(_ a: LumaPlane, _ b: LumaPlane, row: Int, weights: [Float]) {
        let width = a.width
        for x in 0..<width {
            var sum = Moments()
            for (offset, weight) in weights.enumerated() {
                let index = (row + offset) * width + x
                let (p, q) = (Double(a.values[index]), Double(b.values[index]))
                sum += Moments(p, q, p * p, q * q, p * q, 0, 0, 0) * Double(weight)
            }
            columns[x] = sum
        }
    }

    func window(
        at x: Int, weights: [Float]
    ) -> (a: Double, b: Double, aa: Double, bb: Double, ab: Double) {
        var sum = Moments()
        for (offset, weight) in weights.enumerated() {
            sum += columns[x + offset] * Double(weight)
        }
        return (sum[0], sum[1], sum[2], sum[3], sum[4])
    }
}

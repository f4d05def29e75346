import CCoinKernels
import TestSupport
import Testing

@testable import CoinKernels

@Suite struct SimilarityTests {
    @Test(arguments: FitForm.similar)
    func `what similarity lacks is what its definition says`(form: FitForm) {
        let fit = RandomFit(form.configuration, seed: 12)
        _ = fit.loss()
        let (luma, rest) = errors(fit)
        let targets = target(fit)
        var original = targets
        var decoded = Plane(
            width: original.width, height: original.height,
            values: zip(original.values, luma).map { $0 + $1 })
        let exponents = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]
            .prefix(form.configuration.similarityScales)
        var lack = 0.0
        for (scale, exponent) in exponents.enumerated() {
            let isLast = scale + 1 == exponents.count
            let mean = Plane.similarity(original, decoded, withLuminance: isLast)
            lack += exponent / exponents.reduce(0, +) * (1 - mean)
            (original, decoded) = (original.halved(), decoded.halved())
        }
        let pixels = Double(targets.values.count)
        let expected = Double(RandomFit.similarityWeight) * pixels * lack + rest
        #expect((fit.model.distortion - expected).magnitude < 1e-4 * expected)
    }

    @Test func `equal pictures lack nothing`() {
        let fit = RandomFit(FitForm(47, 45, levels: 3, first: (0, 1, nil), scales: 3).configuration)
        let code = unsafe fit.model.model
        // All outputs are cut off at the target.
        for channel in 0..<3 {
            unsafe withUnsafePointer(to: code.pointee.target) { targets in
                let target = unsafe UnsafeRawPointer(targets)
                    .assumingMemoryBound(to: coin_plane.self)[channel]
                for y in 0..<45 {
                    for x in 0..<47 { unsafe target.origin[y * target.stride + x] = 1.5 }
                }
            }
        }
        unsafe code.pointee.low = (1.5, 1.5, 1.5, 1.5)
        unsafe code.pointee.high = (1.5, 1.5, 1.5, 1.5)
        fit.model.setSimilarity(range: 6, weight: 40, squares: 1)
        _ = fit.loss()
        #expect(fit.model.distortion == 0)
        #expect(fit.model.squaredError == 0)
    }

    @Test(arguments: [
        (1, 500, 0), (10, 10, 0), (11, 12, 1), (21, 300, 1), (22, 22, 2), (175, 200, 4),
    ])
    func `small pictures have few scales`(width: Int, height: Int, count: Int) {
        for size in [(width, height), (height, width)] {
            let most = FitConfiguration.mostSimilarityScales(width: size.0, height: size.1)
            #expect(most == count)
        }
        #expect(FitConfiguration.mostSimilarityScales(width: 4000, height: 176) == 5)
    }

    /// The differences of luma after a pass without gradients, and what all squares count.
    private func errors(_ fit: RandomFit) -> (luma: [Double], rest: Double) {
        let code = unsafe fit.model.model.pointee
        let planes = unsafe [code.error.0, code.error.1, code.error.2, code.error.3]
            .prefix(fit.model.configuration.channelCount)
            .map { unsafe fit.numbers($0).map(Double.init) }
        let luma = Self.luma(planes)
        let colors = planes.count < 3 ? 1 : 3
        let share = Double(RandomFit.squaresWeight)
        let squares = luma.reduce(0) { $0 + share * $1 * $1 }
        let rest = planes.enumerated().reduce(squares) { sum, plane in
            sum
                + zip(plane.element, luma).reduce(0) {
                    let part = plane.offset < colors ? $1.0 - $1.1 : $1.0
                    return $0 + part * part
                }
        }
        return (luma, rest)
    }

    /// The luma of the target, from black on.
    private func target(_ fit: RandomFit) -> Plane {
        let code = unsafe fit.model.model.pointee
        let targets = unsafe [code.target.0, code.target.1, code.target.2]
            .prefix(fit.model.configuration.channelCount)
            .map { unsafe fit.numbers($0).map(Double.init) }
        let black = Double(RandomFit.black)
        return Plane(
            width: fit.model.configuration.width, height: fit.model.configuration.height,
            values: Self.luma(Array(targets)).map { $0 - black })
    }

    private static func luma(_ planes: [[Double]]) -> [Double] {
        guard planes.count >= 3 else { return planes[0] }
        return planes[0].indices.map {
            0.299 * planes[0][$0] + 0.587 * planes[1][$0] + 0.114 * planes[2][$0]
        }
    }
}

/// Structural similarity as its authors write it, window by window.
private struct Plane {
    let width: Int
    let height: Int
    let values: [Double]

    private static let window: [Double] = {
        // exp(−d²/4.5)
        let raw = (-5...5).map { d in
            (1...40).reversed().reduce(1.0) { 1 + $0 * (-Double(d * d) / 4.5) / Double($1) }
        }
        return raw.map { $0 / raw.reduce(0, +) }
    }()

    func halved() -> Plane {
        let (halfWidth, halfHeight) = (width / 2, height / 2)
        return Plane(
            width: halfWidth, height: halfHeight,
            values: (0..<halfHeight).flatMap { y in
                (0..<halfWidth).map { x in
                    let k = 2 * y * width + 2 * x
                    return (values[k] + values[k + 1] + values[k + width] + values[k + width + 1])
                        / 4
                }
            })
    }

    static func similarity(_ a: Plane, _ b: Plane, withLuminance: Bool) -> Double {
        let range = Double(RandomFit.range)
        let (c1, c2) = (0.01 * range * 0.01 * range, 0.03 * range * 0.03 * range)
        var total = 0.0
        for y in 0...a.height - 11 {
            for x in 0...a.width - 11 {
                var (ma, mb, aa, bb, ab) = (0.0, 0.0, 0.0, 0.0, 0.0)
                for j in 0..<11 {
                    for i in 0..<11 {
                        let weight = window[i] * window[j]
                        let k = (y + j) * a.width + x + i
                        let (p, q) = (a.values[k], b.values[k])
                        ma += weight * p
                        mb += weight * q
                        aa += weight * p * p
                        bb += weight * q * q
                        ab += weight * p * q
                    }
                }
                let structure =
                    (2 * (ab - ma * mb) + c2) / (aa - ma * ma + bb - mb * mb + c2)
                let luminance = (2 * ma * mb + c1) / (ma * ma + mb * mb + c1)
                total += withLuminance ? structure * luminance : structure
            }
        }
        return total / Double((a.width - 10) * (a.height - 10))
    }
}

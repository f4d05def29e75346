import BenchmarkData
import Foundation
import Testing

@Suite struct RateDistortionCurveTests {
    private static func curve(_ points: [(Double, Double)]) throws -> RateDistortionCurve {
        try #require(RateDistortionCurve(points.map { .init(rate: $0.0, quality: $0.1) }))
    }

    /// Published curves, and what SciPy's PchipInterpolator makes of them.
    private static let coin = [
        (0.0736, 23.205), (0.1604, 24.641), (0.3074, 26.412), (0.6109, 28.408), (1.209, 30.644),
    ]
    private static let jpeg = [
        (0.155712, 23.8234), (0.22574, 25.8354), (0.312686, 27.3246), (0.459492, 29.1445),
        (0.685295, 31.013),
    ]

    @Test func aCurveTakesTheBitsThatSciPySays() throws {
        let (coin, jpeg) = (try Self.curve(Self.coin), try Self.curve(Self.jpeg))
        let difference = try #require(coin.rateDifference(from: jpeg))
        #expect(abs(difference - 29.5500) < 0.001)
    }

    @Test func twiceTheRateIsAHundredPercentMore() throws {
        let curve = try Self.curve(Self.coin)
        let twice = try Self.curve(Self.coin.map { (2 * $0.0, $0.1) })
        let more = try #require(twice.rateDifference(from: curve))
        #expect(abs(more - 100) < 1e-6)
        let less = try #require(curve.rateDifference(from: twice))
        #expect(abs(less + 50) < 1e-6)
    }

    @Test func curvesWithoutCommonQualitiesHaveNoDifference() throws {
        let low = try Self.curve([(0.1, 20), (0.2, 22)])
        let high = try Self.curve([(0.1, 30), (0.2, 32)])
        #expect(low.rateDifference(from: high) == nil)
    }

    @Test func curvesCrossWhereBothHaveTheSameQuality() throws {
        let steep = try Self.curve([(0.1, 20), (1, 30)])
        let flat = try Self.curve([(0.1, 24), (1, 28)])
        let comparison = try #require(flat.comparison(with: steep))
        #expect(comparison.startsAbove)
        #expect(comparison.crossings.count == 1)
        let place = try #require(comparison.crossings.first)
        // Straight lines over the logarithm meet where 20 + 10 t = 24 + 4 t.
        #expect(abs(log10(place.rate) - (-1 + 4.0 / 6)) < 1e-9)
        #expect(abs(place.quality - (24 + 16.0 / 6)) < 1e-9)
        let other = try #require(steep.comparison(with: flat))
        #expect(!other.startsAbove)
    }

    @Test func aBetterCurveCrossesNothing() throws {
        let comparison = try Self.curve(Self.coin)
            .comparison(with: Self.curve(Self.coin.map { ($0.0, $0.1 + 1) }))
        #expect(comparison?.crossings.isEmpty == true)
        #expect(comparison?.startsAbove == false)
    }

    @Test func pointsThatCostMoreForLessDoNotCount() throws {
        let curve = try Self.curve([(0.3, 25), (0.1, 20), (0.2, 26)])
        #expect(curve.points.map(\.rate) == [0.1, 0.2])
        #expect(RateDistortionCurve([.init(rate: 0.1, quality: 20)]) == nil)
    }
}

import BenchmarkData
import Foundation
import Testing

@Suite struct ImageCurvesTests {
    /// A straight line over the logarithm of the rate, for each image.
    private static func samples(
        factors: [String: Double], rates: [Double] = [0.05, 0.1, 0.2, 0.4, 0.8, 1.6]
    ) -> [ImageCurves.Sample] {
        factors.flatMap { image, factor in
            rates.enumerated().map { index, rate in
                .init(
                    image: image, setting: "\(index)", rate: factor * rate,
                    quality: 35 + 5 * log2(rate))
            }
        }
    }

    private static func point(_ rate: Double, _ quality: Double) -> RateDistortionCurve.Point {
        .init(rate: rate, quality: quality)
    }

    @Test func eachImageHasItsOwnDelta() throws {
        let anchor = ImageCurves(Self.samples(factors: ["a": 1, "b": 1, "c": 1]))
        let curves = ImageCurves(Self.samples(factors: ["a": 0.5, "b": 2, "d": 1]))
        let deltas = curves.rateDifferences(from: anchor, within: 0.1...1.2)
        #expect(Set(deltas.keys) == ["a", "b"])
        #expect(abs(try #require(deltas["a"]) + 50) < 1e-6)
        #expect(abs(try #require(deltas["b"]) - 100) < 1e-6)
    }

    @Test func aDeltaCountsOnlyTheRatesThatAreWanted() throws {
        // Half the bits below 0.4, twice the bits above: only the range decides.
        let anchor = try #require(
            RateDistortionCurve([
                Self.point(0.1, 20), Self.point(0.2, 25), Self.point(0.4, 30),
                Self.point(0.8, 35), Self.point(1.6, 40),
            ]))
        let curve = try #require(
            RateDistortionCurve([
                Self.point(0.05, 20), Self.point(0.1, 25), Self.point(0.4, 30),
                Self.point(1.6, 35), Self.point(3.2, 40),
            ]))
        let low = try #require(curve.rateDifference(from: anchor, within: 0.05...0.2))
        let high = try #require(curve.rateDifference(from: anchor, within: 0.8...3.2))
        #expect(low < -40 && high > 60)
        #expect(curve.rateDifference(from: anchor, within: 4...5) == nil)
        // All rates give what no range gives.
        let all = try #require(curve.rateDifference(from: anchor, within: 0.01...100))
        #expect(abs(all - (try #require(curve.rateDifference(from: anchor)))) < 1e-9)
    }

    @Test func meansAreOverTheSettingsThatAllImagesHave() throws {
        var samples = Self.samples(factors: ["a": 1, "b": 3], rates: [0.1, 0.2, 0.4])
        samples.append(.init(image: "a", setting: "only a", rate: 9, quality: 99))
        let means = try #require(ImageCurves(samples).means)
        #expect(means.points.count == 3)
        #expect(abs(means.points[0].rate - 0.2) < 1e-9)
        let chosen = try #require(ImageCurves(samples, images: ["a"]).means)
        #expect(chosen.points.count == 4)
    }
}

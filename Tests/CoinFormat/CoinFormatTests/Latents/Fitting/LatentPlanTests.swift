import FormatKit
import Testing

@testable import CoinFormat

struct LatentPlanTests {
    private static let qualities = [0.0, 24, 37, 49, 75, 100]

    private static let kodak = 768 * 512
    private static let thumbnail = 128 * 128

    private func plan(
        effort: Int? = nil, quality: Double, steps: Int? = nil, pixelCount: Int = kodak
    ) throws -> LatentPlan {
        let texts = steps.map { ["steps": "\($0)"] } ?? [:]
        let options = try OptionValues(parsing: texts, for: CoinPlugin().descriptor)
        return LatentPlan(
            settings: WriteSettings(quality: quality, effort: effort, options: options),
            pixelCount: pixelCount)
    }

    @Test("more effort is more steps", arguments: qualities)
    func efforts(quality: Double) throws {
        let counts = try (1...9).map { try plan(effort: $0, quality: quality).stepCount }
        for (less, more) in zip(counts, counts.dropFirst()) { #expect(less < more) }
        #expect(try plan(quality: quality).stepCount == counts[4])
    }

    /// A step on fewer grids, or of smaller networks, takes less time.
    @Test("an effort is a time: where a step takes less of it, there are more", arguments: 1...9)
    func rates(effort: Int) throws {
        let counts = try Self.qualities.map {
            try plan(effort: effort, quality: $0).stepCount
        }
        for (low, high) in zip(counts, counts.dropFirst()) { #expect(low >= high) }
        #expect(counts[0] > counts[3])
        #expect(counts[3] == counts[5])
    }

    @Test("steps that are asked for are taken", arguments: qualities)
    func givenSteps(quality: Double) throws {
        #expect(try plan(effort: 9, quality: quality, steps: 17).stepCount == 17)
    }

    @Test("wide networks are for many steps and many pixels", arguments: qualities)
    func sizes(quality: Double) throws {
        func sizes(_ effort: Int, _ pixelCount: Int) throws -> LatentForm.Sizes {
            try plan(effort: effort, quality: quality, pixelCount: pixelCount).sizes
        }
        #expect(try sizes(2, Self.kodak) == .compact)
        #expect(try sizes(3, Self.kodak) == .wide)
        #expect(try sizes(9, Self.kodak) == .wide)
        #expect(try sizes(9, Self.thumbnail) == .compact)
        #expect(try plan(quality: quality, steps: 100).sizes == .compact)
    }

    @Test("small pictures have as many steps at all rates", arguments: 1...9)
    func smallPictures(effort: Int) throws {
        let counts = try Self.qualities.map {
            try plan(effort: effort, quality: $0, pixelCount: Self.thumbnail).stepCount
        }
        #expect(Set(counts).count == 1)
        #expect(try counts[0] >= plan(effort: effort, quality: 75).stepCount)
    }
}

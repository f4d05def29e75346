import FormatKit
import Testing

@testable import CoinFormat

struct LatentPlanTests {
    private static let qualities = [0.0, 24, 37, 49, 75, 100]

    private func plan(effort: Int? = nil, quality: Double, steps: Int? = nil) throws -> LatentPlan {
        let texts = steps.map { ["steps": "\($0)"] } ?? [:]
        let options = try OptionValues(parsing: texts, for: CoinPlugin().descriptor)
        return LatentPlan(
            settings: WriteSettings(quality: quality, effort: effort, options: options))
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

    @Test("wide networks are for many steps and many bits")
    func sizes() throws {
        func sizes(_ effort: Int, _ quality: Double) throws -> LatentForm.Sizes {
            let plan = try plan(effort: effort, quality: quality)
            return plan.sizes(lambda: plan.lambda)
        }
        for quality in Self.qualities { #expect(try sizes(3, quality) == .compact) }
        #expect(try sizes(4, 24) == .compact)
        #expect(try sizes(4, 37) == .wide)
        #expect(try sizes(9, 75) == .wide)
    }
}

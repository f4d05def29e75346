import Testing

@testable import FormatKit

/// Searches of settings on curves that are known.
@Suite struct QualitySearchTests {
    /// A curve with the name of what it is like.
    struct Curve: Sendable, CustomStringConvertible {
        let description: String
        let value: @Sendable (Double) -> Double
    }

    private static let curves = [
        Curve(description: "straight") { 30 + 0.2 * $0 },
        Curve(description: "steep") { 10 + 3 * $0 },
        Curve(description: "flat") { 30 + 0.01 * $0 },
        Curve(description: "bent") { 30 + 0.002 * $0 * $0 },
        Curve(description: "steps") { 30 + 2 * ($0 / 10).rounded(.down) },
        Curve(description: "late") { $0 < 90 ? 30 + 0.01 * $0 : 31 + ($0 - 90) },
        Curve(description: "wavy") { 30 + 0.2 * $0 + (Int($0 * 10) % 2 == 0 ? 0.05 : -0.05) },
    ]

    private func search(
        _ side: QualitySearch.Side, goal: Double, limit: Int = 12, start: Double = 75
    ) -> QualitySearch {
        QualitySearch(
            side: side, goal: goal, tolerance: 0.1,
            prior: QualitySearch.Prior(
                range: 0...100, stepsPerUnit: 10, start: start, slope: 0.2),
            attemptLimit: limit)
    }

    private func run(_ search: QualitySearch, on curve: Curve) -> QualitySearch {
        var search = search
        while let setting = search.next {
            #expect((0...100).contains(setting))
            #expect((setting * 10).rounded() / 10 == setting)
            #expect(!search.attempts.contains { $0.setting == setting }, "\(setting) again")
            search.add(curve.value(setting), at: setting)
            guard search.attempts.count <= 20 else { break }
        }
        return search
    }

    @Test(arguments: curves, [QualitySearch.Side.below, .above])
    func `a goal that can be reached is reached, in few attempts`(
        curve: Curve, side: QualitySearch.Side
    ) {
        let (least, most) = (curve.value(0), curve.value(100))
        for part in stride(from: 0.02, through: 0.98, by: 0.06) {
            let goal = least + part * (most - least)
            for start in [0.0, 60, 90] {
                let found = run(search(side, goal: goal, start: start), on: curve)
                #expect(found.attempts.count <= 13)
                #expect(found.attempts.contains { found.isReached($0.value) }, "\(curve), \(goal)")
            }
        }
    }

    @Test(arguments: ["straight", "steep", "bent"])
    func `smooth curves take five attempts, and come near`(name: String) throws {
        let curve = try #require(Self.curves.first { $0.description == name })
        for goal in stride(from: 31.0, through: 49, by: 1.7) {
            for side in [QualitySearch.Side.below, .above] {
                let found = run(search(side, goal: goal), on: curve)
                #expect(found.attempts.count <= 6, "\(goal)")
                let near = found.attempts.filter { found.isReached($0.value) }
                    .map { abs($0.value - goal) }.min()
                #expect(try #require(near) <= 0.31, "\(goal)")
            }
        }
    }

    @Test(arguments: [(QualitySearch.Side.below, 29.0, 0.0), (.above, 51, 100)])
    func `what cannot be reached ends at the end of the range`(
        side: QualitySearch.Side, goal: Double, end: Double
    ) {
        for limit in [2, 5, 12] {
            let found = run(search(side, goal: goal, limit: limit), on: Self.curves[0])
            #expect(found.attempts.last?.setting == end && found.attempts.count <= limit + 1)
            #expect(!found.attempts.contains { found.isReached($0.value) })
        }
    }

    @Test func `what everything reaches takes the end of the range`() {
        let small = run(search(.below, goal: 90), on: Self.curves[0])
        #expect(small.attempts.last?.setting == 100)
        let good = run(search(.above, goal: 10), on: Self.curves[0])
        #expect(good.attempts.last?.setting == 0)
    }

    @Test func `a curve that falls ends all the same`() {
        let falling = Curve(description: "falling") { 50 - 0.2 * $0 }
        for side in [QualitySearch.Side.below, .above] {
            let found = run(search(side, goal: 40), on: falling)
            #expect(found.attempts.count <= 13)
        }
    }
}

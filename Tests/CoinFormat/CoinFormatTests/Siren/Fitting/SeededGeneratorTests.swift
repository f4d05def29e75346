import TestSupport
import Testing

@testable import CoinFormat

@Suite struct SeededGeneratorTests {
    /// From the authors' code.
    @Test func `has the published sequence`() {
        var generator = SeededGenerator(seed: 1_234_567)
        let numbers = (0..<5).map { _ in generator.next() }
        #expect(
            numbers == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ])
    }

    @Test func `draws evenly within the bound`() {
        var generator = SeededGenerator(seed: 1)
        let numbers = (0..<20_000).map { _ in generator.uniform(3) }
        #expect(numbers.allSatisfy { (-3...3).contains($0) })
        #expect((numbers.reduce(0, +) / 20_000).magnitude < 0.05)
        #expect(numbers.contains { $0 < -2.99 } && numbers.contains { $0 > 2.99 })
    }
}

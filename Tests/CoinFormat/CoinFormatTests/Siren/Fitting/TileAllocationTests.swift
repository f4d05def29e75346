import FormatKit
import TestSupport
import Testing

@testable import CoinFormat

@Suite struct TileAllocationTests {
    /// A tile of noise between ±`amplitude` around the middle, in squares of `side` pixels.
    private static func details(
        amplitude: Float, side: Int = 1, seed: UInt64 = 1, size: Int = 64
    ) -> DetailHistogram {
        var generator = SeededGenerator(seed: seed)
        let cells = (size + side - 1) / side
        let noise = (0..<cells * cells).map { _ in 0.5 + generator.uniform(amplitude) }
        let values = (0..<size * size).map { noise[$0 / size / side * cells + $0 % size / side] }
        return DetailHistogram(
            values: values, width: size, height: size, channelCount: 1, hasAlpha: false)
    }

    private static func counts(
        _ details: [DetailHistogram], total: Double = 4000, maximum: Double = 3000
    ) -> [Double] {
        TileAllocation.parameterCounts(total: total, maximum: maximum, details: details)
    }

    @Test func `gives a tile with more detail more parameters`() {
        let counts = Self.counts([0.02, 0.1, 0.05, 0.2].map { Self.details(amplitude: $0) })
        #expect(counts[0] < counts[2] && counts[2] < counts[1] && counts[1] < counts[3])
        #expect(abs(counts.reduce(0, +) - 4000) < 1)
    }

    @Test func `counts detail, not contrast`() {
        let counts = Self.counts([
            Self.details(amplitude: 0.3, side: 32), Self.details(amplitude: 0.1),
        ])
        #expect(counts[0] < counts[1])
    }

    @Test(arguments: [Float(0), 0.1])
    func `gives tiles of equal detail equal parts`(amplitude: Float) {
        let counts = Self.counts(.init(repeating: Self.details(amplitude: amplitude), count: 4))
        #expect(counts.allSatisfy { abs($0 - 1000) < 1 })
    }

    @Test func `keeps every tile between an eighth of the mean and the maximum`() {
        let counts = Self.counts([Self.details(amplitude: 0.3), Self.details(amplitude: 0)])
        #expect(counts == [3000, 1000])
        let spread = Self.counts(
            [0.3, 0, 0, 0].map { Self.details(amplitude: $0) }, maximum: 10_000)
        #expect(spread.dropFirst().allSatisfy { $0 >= 125 })
        #expect(spread.reduce(0, +) <= 4001)
    }

    @Test func `ignores what alpha hides`() {
        var generator = SeededGenerator(seed: 3)
        func details(alpha: Float) -> DetailHistogram {
            let values = (0..<64 * 64).flatMap { _ in [0.5 + generator.uniform(0.3), alpha] }
            return DetailHistogram(
                values: values, width: 64, height: 64, channelCount: 2, hasAlpha: true)
        }
        #expect(details(alpha: 0).count(from: 0) == 0)
        #expect(details(alpha: 1).count(from: 0) > 1000)
    }

    /// An orthonormal transform keeps energy, so a coefficient of a known picture is known too.
    @Test func `finds the coefficients of a picture of two halves`() {
        let values = (0..<64).map { Float($0 % 8 < 4 ? 0 : 1) }
        let details = DetailHistogram(
            values: values, width: 8, height: 8, channelCount: 1, hasAlpha: false)
        // One coefficient of energy 64/4 at the coarsest level, and nothing else.
        #expect(details.count(from: 0) == 1)
        let level = Double(8 * (4 + 18))
        #expect(details.count(from: level) == 1 && details.count(from: level + 1) == 0)
    }

    @Test(arguments: [(1, 1), (1, 100), (100, 1), (3, 5)])
    func `takes tiles of any shape`(width: Int, height: Int) {
        let details = DetailHistogram(
            values: [Float](repeating: 0.5, count: width * height), width: width, height: height,
            channelCount: 1, hasAlpha: false)
        #expect(details.count(from: 0) == 0)
    }

    @Test func `never counts more at a higher level`() {
        let details = Self.details(amplitude: 0.2)
        let counts = stride(from: -1.0, through: Double(DetailHistogram.binCount) + 1, by: 0.3)
            .map(details.count(from:))
        #expect(zip(counts, counts.dropFirst()).allSatisfy { $0 >= $1 })
        #expect(counts.last == 0)
    }
}

@Suite struct TileNetworksTests {
    @Test func `lists each network once and keeps the sum of parameters`() {
        let counts = [1000.0, 5000, 1000, 20_000, 7500, 5000]
        let networks = TileNetworks(parameterCounts: counts, channelCount: 3, layers: nil)
        #expect(Set(networks.architectures).count == networks.architectures.count)
        #expect(networks.indices.count == counts.count)
        let sum = counts.indices.map { networks[$0].parameterCount(channelCount: 3) }
            .reduce(0, +)
        #expect(abs(Double(sum) / counts.reduce(0, +) - 1) < 0.03)
    }

    @Test func `keeps to the depth that is wanted`() {
        let networks = TileNetworks(
            parameterCounts: [500, 9000], channelCount: 3, layers: 4)
        #expect(networks.architectures.allSatisfy { $0.widths.count == 4 })
    }

    /// The header has one byte for the number of networks.
    @Test func `never has more networks than a header can list`() {
        let counts = (0..<900).map { 60 * Double($0) }
        for layers in [nil, 1, 16] {
            let networks = TileNetworks(parameterCounts: counts, channelCount: 3, layers: layers)
            #expect(networks.architectures.count < 255)
        }
    }
}

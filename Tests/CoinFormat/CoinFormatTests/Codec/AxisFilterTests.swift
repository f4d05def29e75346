import TestSupport
import Testing

@testable import CoinFormat

@Suite struct AxisFilterTests {
    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `weighs samples that there are, and moves on`(seed: UInt64) {
        var numbers = SplitMix64(seed: seed)
        let filter = AxisFilter(
            length: .random(in: 1...300, using: &numbers),
            octave: .random(in: 0...4, using: &numbers),
            count: .random(in: 1...300, using: &numbers))
        var last = 0..<0
        for index in 0..<filter.count {
            let taps = filter.taps(index)
            #expect(taps.weights.reduce(0, +) == 1 << AxisFilter.weightBits)
            #expect(taps.first >= 0 && taps.range.upperBound <= filter.sourceCount)
            #expect(
                taps.range.lowerBound >= last.lowerBound
                    && taps.range.upperBound >= last.upperBound)
            last = taps.range
        }
    }

    @Test func `takes means over shares that are larger than samples`() {
        let half = AxisFilter(length: 6, octave: 0, count: 3)
        #expect(half.taps(1) == FilterTaps(first: 2, weights: [8192, 8192]))
        let thirds = AxisFilter(length: 3, octave: 0, count: 2)
        #expect(thirds.taps(0) == FilterTaps(first: 0, weights: [10_923, 5461]))
        #expect(thirds.taps(1) == FilterTaps(first: 1, weights: [5461, 10_923]))
    }

    /// Catmull and Rom's cubic a quarter of a sample from one: −9, 111, 29, −3 of 128.
    @Test func `interpolates between samples that are larger than shares`() {
        let filter = AxisFilter(length: 8, octave: 0, count: 16)
        #expect(filter.taps(9) == FilterTaps(first: 3, weights: [-1152, 14_208, 3712, -384]))
        #expect(filter.taps(0) == FilterTaps(first: 0, weights: [16_384 + 1152, -1152]))
    }

    @Test func `gives samples themselves where they are wanted`() {
        let filter = AxisFilter(length: 5, octave: 0, count: 5)
        #expect(filter.taps(2).weights.max() == 1 << AxisFilter.weightBits)
    }

    /// Five pixels at octave 1 are three samples of two, the last of which is half outside.
    @Test func `knows that an octave reaches over the end`() {
        let filter = AxisFilter(length: 5, octave: 1, count: 1)
        #expect(filter.sourceCount == 3)
        #expect(filter.taps(0) == FilterTaps(first: 0, weights: [6554, 6553, 3277]))
    }
}

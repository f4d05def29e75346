/// The samples of which one sample of a resampled axis is the weighted mean.
struct FilterTaps: Sendable, Equatable {
    /// The first sample of the source.
    let first: Int
    /// The weights of it and those that follow; their sum is 2^14.
    let weights: [Int]

    var range: Range<Int> { first..<first + weights.count }
}

/// How one axis of a picture is resampled from an octave of it: in integers, so that every machine
/// gives the same samples.
///
/// Source samples cover 2^octave pixels of the image each, the last one reaches over its end;
/// those wanted cover equal shares of the image. Shares larger than a source sample are means over
/// their area; smaller ones are interpolated by cubics (Catmull and Rom 1974), which keep what
/// they go through.
struct AxisFilter: Sendable {
    /// The pixels of the image along the axis.
    let length: Int
    /// The octave of the source.
    let octave: Int
    /// The number of samples wanted along the whole axis.
    let count: Int

    /// 2^14 stands for 1.
    static let weightBits = 14

    /// The number of samples of the source.
    var sourceCount: Int { (length + (1 << octave) - 1) >> octave }
    /// A sample of the source, where the image has `length` · `count` units.
    private var unit: Int { count << octave }

    /// The most taps that a sample has.
    var maximumTapCount: Int { length > unit ? length / unit + 2 : 4 }

    /// The most memory that the taps of a sample take, in bytes, with what an array of its own takes.
    var byteCountPerSample: Int {
        MemoryLayout<FilterTaps>.stride + 48 + MemoryLayout<Int>.stride * maximumTapCount
    }

    /// The taps of a sample.
    func taps(_ index: Int) -> FilterTaps {
        length > unit ? areaTaps(index) : cubicTaps(index)
    }

    private func areaTaps(_ index: Int) -> FilterTaps {
        let share = index * length..<(index + 1) * length
        let first = share.lowerBound / unit
        let last = (share.upperBound - 1) / unit
        // Rounded sums, so that the weights have the right one.
        var sum = 0
        let weights = (first...last).map { sample in
            let covered = min(share.upperBound, (sample + 1) * unit) - share.lowerBound
            let next = ((covered << Self.weightBits) + length / 2) / length
            defer { sum = next }
            return next - sum
        }
        return FilterTaps(first: first, weights: weights)
    }

    private func cubicTaps(_ index: Int) -> FilterTaps {
        // From the center of the first source sample, in halves of units.
        let position = (2 * index + 1) * length - unit
        let base = position >= 0 ? position / (2 * unit) : -1
        let fraction = ((position - base * 2 * unit) << Self.weightBits) / (2 * unit)
        let first = max(0, base - 1)
        var weights = [Int](repeating: 0, count: min(base + 2, sourceCount - 1) - first + 1)
        // Beyond the ends, the last samples go on.
        for (offset, weight) in Self.cubic(fraction).enumerated() {
            weights[min(max(base - 1 + offset - first, 0), weights.count - 1)] += weight
        }
        return FilterTaps(first: first, weights: weights)
    }

    /// The weights of four samples at `fraction`/2^14 between the inner two.
    private static func cubic(_ f: Int) -> [Int] {
        let one = 1 << weightBits
        func rounded(_ numerator: Int) -> Int {
            let bits = 2 * weightBits + 1
            return (numerator + (1 << (bits - 1))) >> bits
        }
        let outer = rounded(f * (-one * one + 2 * f * one - f * f))
        let inner = rounded(f * (one * one + 4 * f * one - 3 * f * f))
        let last = rounded(f * (-f * one + f * f))
        return [outer, one - outer - inner - last, inner, last]
    }
}

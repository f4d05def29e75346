internal import CResampling

/// A part of one axis of a picture, as it is sampled anew.
struct ResampledSpan: Sendable, Equatable {
    /// The samples that take part; those around them do not.
    var source: Range<Int>
    /// Where the span begins, in samples, of which the first is from 0 to 1.
    var start: Double
    /// How long it is, in samples.
    var length: Double
    /// The number of samples that the whole span becomes.
    var count: Int
    /// Those of them that are wanted.
    var wanted: Range<Int>

    /// All of the samples in a range, and those that are wanted of what they become.
    init(_ source: Range<Int>, count: Int, wanted: Range<Int>) {
        self.source = source
        start = Double(source.lowerBound)
        length = Double(source.count)
        self.count = count
        self.wanted = wanted
    }

    /// The span where the first of the samples that take part has the number 0.
    var fromZero: ResampledSpan {
        var span = self
        span.start -= Double(source.lowerBound)
        span.source = 0..<source.count
        return span
    }

    /// How many old samples there are for a new one.
    var step: Double { length / Double(count) }
    /// Whether there are fewer samples than before.
    var isShrinking: Bool { step > 1 }
    /// Whether samples stay what they are.
    var isKept: Bool { step == 1 && start == start.rounded() }

    /// How many old samples make a new one, at most.
    func tapCount(_ filter: ResamplingFilter) -> Int {
        Int((2 * filter.radius * max(1, step)).rounded(.up)) + 1
    }

    /// What its table takes, at most, in bytes.
    func byteCount(_ filter: ResamplingFilter) -> Int {
        let (weights, overflow) = wanted.count.multipliedReportingOverflow(
            by: (tapCount(filter) + 2) * 8)
        return overflow ? .max : weights
    }
}

/// Which samples of an axis, with which weights, make each new one.
struct ResamplingAxis: Sendable {
    /// The first old sample of each new one.
    private(set) var firsts: [Int] = []
    /// Where the weights of each begin; one more says where the last end.
    private(set) var offsets: [Int] = [0]
    /// The weights, whose sum is 1 for each.
    private(set) var weights: [Double] = []

    /// Makes the weights of a filter that is a curve, or of ``ResamplingFilter/box``.
    ///
    /// - Precondition: The span has samples, of which some are wanted.
    init(_ span: ResampledSpan, _ filter: ResamplingFilter) {
        precondition(!span.source.isEmpty && span.count > 0 && !span.wanted.isEmpty)
        firsts.reserveCapacity(span.wanted.count)
        offsets.reserveCapacity(span.wanted.count + 1)
        weights.reserveCapacity(span.wanted.count * span.tapCount(filter))
        let stretch = max(1, span.step)
        let reach = filter == .box ? span.step / 2 : filter.radius * stretch
        for index in span.wanted {
            let center = span.start + (Double(index) + 0.5) * span.step
            if span.isKept {
                add(first: Int(center), [1])
                continue
            }
            let first = max(span.source.lowerBound, Int((center - reach).rounded(.down)))
            let end = min(span.source.upperBound, Int((center + reach).rounded(.up)))
            let found = (min(first, end)..<end).map { sample in
                // The part of the sample that lies in the span.
                let left = max(Double(sample), span.start)
                let right = min(Double(sample) + 1, span.start + span.length)
                if filter == .box {
                    return max(0, min(right, center + reach) - max(left, center - reach))
                }
                let distance = (left + right) / 2 - center
                return filter.weight(at: distance / stretch) * max(0, right - left)
            }
            add(first: first, found)
        }
    }

    /// Adds the weights of a new sample, made to have the sum 1.
    ///
    /// Zeros at the ends stay, so that samples begin and end in the order of the new ones.
    private mutating func add(first: Int, _ found: [Double]) {
        let sum = found.reduce(0, +)
        firsts.append(first)
        weights += found.map { $0 / sum }
        offsets.append(weights.count)
    }

    /// The number of new samples.
    var count: Int { firsts.count }

    /// The old samples that make a new one.
    func samples(of index: Int) -> Range<Int> {
        firsts[index]..<firsts[index] + offsets[index + 1] - offsets[index]
    }

    /// The weight that an old sample has in a new one.
    func weight(of sample: Int, in index: Int) -> Double {
        weights[offsets[index] + sample - firsts[index]]
    }

    /// The largest number of new samples that are begun and not complete at any old one.
    var openCount: Int {
        var (oldest, most) = (0, 0)
        for index in firsts.indices {
            while samples(of: oldest).upperBound <= firsts[index] { oldest += 1 }
            most = max(most, index - oldest + 1)
        }
        return most
    }

    /// The largest number of old samples that make a new one.
    var tapCount: Int { firsts.indices.reduce(0) { max($0, samples(of: $1).count) } }

    /// Makes the numbers of a row of those of another.
    func filter(
        _ numbers: UnsafeRawPointer, _ form: inout resampling_form,
        into sums: UnsafeMutableRawPointer
    ) {
        unsafe firsts.withUnsafeBufferPointer { firsts in
            unsafe offsets.withUnsafeBufferPointer { offsets in
                unsafe weights.withUnsafeBufferPointer { weights in
                    var taps = unsafe resampling_taps(
                        count: firsts.count, firsts: firsts.baseAddress,
                        offsets: offsets.baseAddress, weights: weights.baseAddress)
                    unsafe resampling_filter(&form, &taps, numbers, sums)
                }
            }
        }
    }
}

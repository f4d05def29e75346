/// Expresses the durations of frames in the whole ticks of a format, so that each frame begins at
/// its time to the nearest tick: of thirtieths in milliseconds, every third takes 34 and not 33.
package struct FrameClock: Sendable {
    /// The number of ticks in a second.
    package let ticksPerSecond: Int
    /// The fewest and the most ticks that a frame can be shown for.
    package let range: ClosedRange<Int>
    /// Whether any duration was not a whole number of ticks.
    package private(set) var hasRounded = false
    /// Whether any duration was longer than the range allows.
    package private(set) var hasShortened = false
    /// Whether any duration was shorter than the range allows.
    package private(set) var hasLengthened = false

    /// How far the exact time is ahead of the rounded one, in ticks.
    private var rest = 0.0

    /// Creates a clock.
    ///
    /// - Precondition: There are ticks, and the range has no negative numbers.
    package init(ticksPerSecond: Int, range: ClosedRange<Int>) {
        precondition(ticksPerSecond > 0 && range.lowerBound >= 0)
        self.ticksPerSecond = ticksPerSecond
        self.range = range
    }

    /// Creates a clock for a format that has a choice: one in which both the given duration and
    /// milliseconds are whole, if a second has at most 2³¹ − 1 of its ticks, or of milliseconds.
    package init(for duration: FrameDuration, range: ClosedRange<Int>) {
        let denominator = duration.reduced.denominator
        let common = FrameDuration(1000, denominator).reduced.denominator
        let (ticks, overflow) = common.multipliedReportingOverflow(by: 1000)
        let isUsable = !overflow && ticks <= Int(Int32.max)
        self.init(ticksPerSecond: isUsable ? ticks : 1000, range: range)
    }

    /// The number of ticks for which the next frame is shown.
    package mutating func advance(by duration: FrameDuration) -> Int {
        let (seconds, part) = duration.numerator.quotientAndRemainder(
            dividingBy: duration.denominator)
        let exact = Double(part) * Double(ticksPerSecond) / Double(duration.denominator)
        let whole = seconds.multipliedReportingOverflow(by: ticksPerSecond)
        guard !whole.overflow, whole.partialValue <= range.upperBound else {
            hasShortened = true
            return range.upperBound
        }
        if exact != exact.rounded() { hasRounded = true }
        let rounded = max(0, (exact + rest).rounded())
        rest += exact - rounded
        let ticks = whole.partialValue + Int(rounded)
        if ticks > range.upperBound { hasShortened = true }
        if ticks < range.lowerBound { hasLengthened = true }
        return min(max(range.lowerBound, ticks), range.upperBound)
    }

    /// What is lost of the durations so far.
    package var losses: [Loss] {
        var losses: [String] = []
        if hasRounded { losses.append("rounded to \(unit)") }
        if hasShortened { losses.append("shortened to at most \(range.upperBound) × \(unit)") }
        if hasLengthened { losses.append("lengthened to at least \(range.lowerBound) × \(unit)") }
        return losses.map { .animation("the durations of frames are \($0)") }
    }

    /// What would be lost of the durations of all frames.
    package func losses(of timings: [AnimationTiming]) -> [Loss] {
        var clock = self
        for timing in timings { _ = clock.advance(by: timing.duration) }
        return clock.losses
    }

    private var unit: String {
        ticksPerSecond == 1000 ? "1 ms" : "1/\(ticksPerSecond) s"
    }
}

internal import FormatKit

/// Rounds the durations of frames to milliseconds so that each frame still begins at its time, to
/// the nearest millisecond: of thirtieths, every third takes 34 ms and not 33.
struct MillisecondClock {
    /// 24 bits hold a duration.
    static let limit = 1 << 24 - 1

    /// How far the exact time is ahead of the rounded one, in milliseconds.
    private var rest = 0.0
    /// Whether any duration was not a whole number of milliseconds.
    private(set) var hasRounded = false

    /// The time for which the next frame is shown.
    mutating func advance(by duration: FrameDuration) -> Int {
        let (whole, numerator) = duration.numerator.quotientAndRemainder(
            dividingBy: duration.denominator)
        guard whole <= Self.limit / 1000 else { return duration.milliseconds }
        let exact = Double(numerator) * 1000 / Double(duration.denominator)
        if exact != exact.rounded() { hasRounded = true }
        let rounded = max(0, (exact + rest).rounded())
        rest += exact - rounded
        return whole * 1000 + Int(rounded)
    }
}

/// Guesses how long work will still take from how long it has taken.
package struct RemainingTime: Sendable {
    private let start: Duration

    /// Starts to count at `now`, on any clock.
    package init(start: Duration) {
        self.start = start
    }

    /// The time left if the rest goes as fast, or `nil` while it is too early to say.
    package func estimate(fraction: Double, now: Duration) -> Duration? {
        let elapsed = now - start
        guard fraction >= 0.01, fraction <= 1, elapsed >= .seconds(1) else { return nil }
        return elapsed * ((1 - fraction) / fraction)
    }

    /// A duration as `0:07`, `12:34` or `1:02:03`.
    package static func text(_ duration: Duration) -> String {
        let seconds = Int(duration.components.seconds)
        let (minutes, hours) = (seconds / 60 % 60, seconds / 3600)
        func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return hours > 0
            ? "\(hours):\(twoDigits(minutes)):\(twoDigits(seconds % 60))"
            : "\(minutes):\(twoDigits(seconds % 60))"
    }
}

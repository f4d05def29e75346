/// Passes on warnings and losses of one file, of which a damaged one may cause thousands, only up to
/// a number of each: so where something is lost, something is told.
package struct WarningRelay: Sendable {
    private let warn: @Sendable (String) -> Void
    private let lose: @Sendable (Loss) -> Void
    private var passedCount = 0
    private var lostCount = 0
    private var heldCount = 0

    private static let capacity = 8

    /// Creates a relay that passes warnings on to a context.
    package init(_ context: CodecContext) {
        warn = context.warn
        lose = context.lose
    }

    /// Passes a warning on, or counts it if there were enough; `nil` is one whose text is lost.
    package mutating func take(_ warning: String?) {
        if let warning, passedCount < Self.capacity {
            warn(warning)
            passedCount += 1
        } else {
            heldCount += 1
        }
    }

    /// Passes a loss on, or counts it if there were enough.
    package mutating func take(_ loss: Loss) {
        if lostCount < Self.capacity {
            lose(loss)
            lostCount += 1
        } else {
            heldCount += 1
        }
    }

    /// Tells how many warnings were only counted.
    package mutating func finish() {
        if heldCount > 0 {
            warn("and \(heldCount) more warning\(heldCount == 1 ? "" : "s")")
        }
        heldCount = 0
    }
}

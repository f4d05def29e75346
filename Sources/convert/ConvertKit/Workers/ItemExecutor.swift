internal import FormatKit

/// Whoever does items, one at a time: this process or another one.
protocol ItemExecutor: AnyObject, Sendable {
    /// Does an item.
    ///
    /// - Parameters:
    ///   - item: What to do.
    ///   - gate: Where memory is to be had.
    ///   - committing: Told what files are about to get the names of recorded outputs; throws to
    ///     prevent it.
    ///   - progress: Told now and then how far the item has come.
    /// - Returns: What became of it.
    func perform(
        _ item: Item, gate: MemoryGate,
        committing: @escaping @Sendable ([RecordedOutput]) throws(ImageError) -> Void,
        progress: @escaping @Sendable (Progress) -> Void
    ) -> Outcome

    /// Gets ready for items; `false` if the system refuses, and others must do them.
    func prepare() -> Bool

    /// Ends the executor; no more items come.
    func finish()
}

/// Does items in this process.
final class LocalExecutor: ItemExecutor {
    private let conversion: FileConversion

    init(_ conversion: FileConversion) {
        self.conversion = conversion
    }

    func perform(
        _ item: Item, gate: MemoryGate,
        committing: @escaping @Sendable ([RecordedOutput]) throws(ImageError) -> Void,
        progress: @escaping @Sendable (Progress) -> Void
    ) -> Outcome {
        let admission = MemoryGate.Admission(gate)
        defer { admission.release() }
        var outcome = conversion.perform(
            item,
            FileConversion.Events(
                admit: admission.acquire, commit: committing, progress: progress))
        outcome.peakMemoryByteCount = PeakMemory.byteCount
        return outcome
    }

    func prepare() -> Bool { true }

    func finish() {}
}

import Synchronization

/// Collects what decoders tell of while they decode, from whichever thread.
final class LossLog: Sendable {
    private let entries = Mutex<[Loss]>([])

    /// What was lost so far, each once.
    var losses: [Loss] { entries.withLock { $0 } }

    /// Adds a loss.
    func add(_ loss: Loss) {
        entries.withLock { losses in
            if !losses.contains(loss) { losses.append(loss) }
        }
    }
}

import Synchronization

/// Collects what decoders tell of while they decode, from whichever thread.
final class LossLog: Sendable {
    private let entries = Mutex<[Loss]>([])

    /// What was lost so far, each once; rows are counted together.
    var losses: [Loss] { entries.withLock { $0 } }

    /// Adds a loss.
    func add(_ loss: Loss) {
        entries.withLock { losses in
            guard case .rows(let count) = loss else {
                if !losses.contains(loss) { losses.append(loss) }
                return
            }
            for (index, earlier) in losses.enumerated() {
                if case .rows(let sum) = earlier {
                    losses[index] = .rows(sum + count)
                    return
                }
            }
            losses.append(loss)
        }
    }
}

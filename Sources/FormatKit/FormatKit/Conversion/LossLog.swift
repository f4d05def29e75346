import Synchronization

/// Collects what decoders tell of while they decode, from whichever thread.
final class LossLog: Sendable {
    private struct State {
        var losses: [Loss] = []
        /// The file that is read, if it is one of several.
        var input: Int?
    }

    private let state = Mutex(State())

    /// What was lost so far, each once of a file; the rows of a file are counted together.
    var losses: [Loss] { state.withLock { $0.losses } }

    /// One of several files is read from now on.
    func enter(_ input: Int) { state.withLock { $0.input = input } }

    /// Adds a loss.
    func add(_ loss: Loss) {
        state.withLock { state in
            let input = state.input
            if case .rows(let count) = loss {
                for (index, earlier) in state.losses.enumerated() where earlier.input == input {
                    guard case .rows(let sum) = earlier.plain else { continue }
                    state.losses[index] = Loss.rows(sum + count).of(input: input)
                    return
                }
            }
            let loss = loss.of(input: input)
            if !state.losses.contains(loss) { state.losses.append(loss) }
        }
    }
}

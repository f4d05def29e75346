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
            for (index, earlier) in state.losses.enumerated() where earlier.input == input {
                guard let sum = loss.adding(earlier.plain) else { continue }
                state.losses[index] = sum.of(input: input)
                return
            }
            let loss = loss.of(input: input)
            if !state.losses.contains(loss) { state.losses.append(loss) }
        }
    }
}

extension Loss {
    /// Two losses of rows as one, or `nil` if they are others.
    fileprivate func adding(_ other: Loss) -> Loss? {
        switch (self, other) {
        case (.rows(let count), .rows(let others)): .rows(count + others)
        case (.otherRows(let count), .otherRows(let others)): .otherRows(count + others)
        default: nil
        }
    }
}

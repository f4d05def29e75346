internal import FormatKit

/// Admits work as long as the memory it is expected to need is there.
///
/// Work that alone needs more than there is runs alone.
struct MemoryGate: Sendable {
    private let budget: Int
    private let used = Monitor(0)

    init(budget: Int) {
        self.budget = budget
    }

    /// What one piece of work holds; used by one thread.
    final class Admission {
        private let gate: MemoryGate
        private var held = 0

        init(_ gate: MemoryGate) {
            self.gate = gate
        }

        /// Gives back what is held, and waits until `byteCount` bytes are to be had.
        func acquire(_ byteCount: Int) {
            release()
            let byteCount = max(0, byteCount)
            let budget = gate.budget
            gate.used.change(when: { $0 == 0 || byteCount <= budget - $0 }) { $0 += byteCount }
            held = byteCount
        }

        /// Gives back what is held.
        func release() {
            guard held > 0 else { return }
            gate.used.change { $0 -= held }
            held = 0
        }
    }
}

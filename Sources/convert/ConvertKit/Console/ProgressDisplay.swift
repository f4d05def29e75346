package import FormatKit
internal import Synchronization

/// Shows how far a run has come: a line that changes on a terminal, plain lines elsewhere.
package final class ProgressDisplay: Sendable {
    private struct State {
        var finishedCount = 0
        var failedCount = 0
        /// How far each running job has come, by its index.
        var running: [Int: Progress] = [:]
        var lastUpdate: Duration?
    }

    private let console: Console
    private let jobCount: Int
    let isSingle: Bool
    private let now: @Sendable () -> Duration
    private let remainingTime: RemainingTime
    private let state = Mutex(State())

    /// Creates a display for `jobCount` jobs; `now` tells the time on any clock.
    package init(
        console: Console, jobCount: Int, isSingle: Bool, now: @escaping @Sendable () -> Duration
    ) {
        self.console = console
        self.jobCount = jobCount
        self.isSingle = isSingle
        self.now = now
        remainingTime = RemainingTime(start: now())
    }

    /// Takes a codec's report of a running job.
    package func update(job index: Int, name: String, _ progress: Progress) {
        let time = now()
        // Fast enough for the eye; rare enough for a log.
        let interval: Duration = console.isTerminal ? .milliseconds(100) : .seconds(5)
        let text = state.withLock { state -> String? in
            state.running[index] = progress
            if let last = state.lastUpdate, time - last < interval { return nil }
            state.lastUpdate = time
            return line(state, name: name, progress, time)
        }
        guard let text else { return }
        if console.isTerminal {
            console.showStatus(text)
        } else {
            console.detail(text)
        }
    }

    /// Takes the end of a job; `line` is said where no bar says it.
    package func finish(job index: Int, isFailure: Bool, line text: String) {
        let time = now()
        let finishedCount = state.withLock { state in
            state.running[index] = nil
            state.finishedCount += 1
            state.failedCount += isFailure ? 1 : 0
            return state.finishedCount
        }
        guard !isSingle else {
            console.clearStatus()
            console.detail(text)
            return
        }
        if console.isTerminal {
            console.detail(text)
            console.showStatus(state.withLock { line($0, name: "", Progress(fraction: 0), time) })
        } else if !isFailure {
            console.note("[\(finishedCount)/\(jobCount)] \(text)")
        }
    }

    private func line(
        _ state: State, name: String, _ progress: Progress, _ time: Duration
    ) -> String {
        let running = state.running.values.reduce(0) { $0 + $1.fraction }
        let fraction = (Double(state.finishedCount) + running) / Double(max(jobCount, 1))
        let left = remainingTime.estimate(fraction: fraction, now: time)
            .map { "ETA " + RemainingTime.text($0) }
        let bar = Self.bar(fraction: fraction, width: 20)
        let counts = isSingle ? "" : "\(state.finishedCount)/\(jobCount)"
        let failures = state.failedCount > 0 ? "\(state.failedCount) failed" : ""
        return [bar, counts, failures, left ?? "", name, progress.detail]
            .filter { !$0.isEmpty }.joined(separator: "  ")
    }

    /// A bar such as `[#####---------------]  25 %`.
    static func bar(fraction: Double, width: Int) -> String {
        let fraction = min(max(fraction, 0), 1)
        let filled = Int((fraction * Double(width)).rounded(.down))
        let percent = "\(Int((fraction * 100).rounded(.down)))"
        let padding = String(repeating: " ", count: 3 - percent.count)
        return "[" + String(repeating: "#", count: filled)
            + String(repeating: "-", count: width - filled) + "] \(padding)\(percent) %"
    }
}

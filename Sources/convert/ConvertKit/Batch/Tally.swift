internal import FormatKit

/// What a run has come to.
package struct Tally: Sendable {
    /// Inputs whose output was made.
    package private(set) var convertedCount = 0
    /// Those of which only a part could be had.
    package private(set) var salvagedCount = 0
    /// Inputs whose output would be made.
    package private(set) var plannedCount = 0
    /// Inputs whose output was there.
    package private(set) var skippedCount = 0
    /// Inputs that failed, and folders that could not be listed.
    package private(set) var failedCount = 0
    /// Failures after which trying again may help.
    package private(set) var retryableCount = 0
    /// Failures that are mistakes in the command line.
    package private(set) var usageCount = 0
    /// The size of what was read and of what was written, in bytes.
    package private(set) var byteCounts = (input: 0, output: 0)
    /// The most memory that a process held, in bytes.
    package private(set) var peakMemoryByteCount = 0

    /// The number of inputs that were dealt with.
    package var doneCount: Int { convertedCount + plannedCount + skippedCount + failedCount }

    /// Counts a job; one that was stopped counts as not begun.
    mutating func add(_ outcome: Outcome) {
        switch outcome.result {
        case .converted(let report):
            convertedCount += 1
            if report.goodRowShare != nil { salvagedCount += 1 }
            byteCounts.input = byteCounts.input.addingClamped(report.input.byteCount)
            byteCounts.output = byteCounts.output.addingClamped(report.output.byteCount)
        case .planned: plannedCount += 1
        case .skipped: skippedCount += 1
        case .failed(let failure): add(failure)
        }
        peakMemoryByteCount = max(peakMemoryByteCount, outcome.peakMemoryByteCount ?? 0)
    }

    /// Counts a failure.
    mutating func add(_ failure: Failure) {
        guard failure.disposition != .cancelled else { return }
        failedCount += 1
        retryableCount += failure.disposition == .retryable ? 1 : 0
        usageCount += failure.disposition == .usage ? 1 : 0
    }

    /// The status with which the run ends, unless a signal ended it.
    package var status: ProgramStatus {
        if failedCount == 0, salvagedCount > 0 { return .failure }
        if failedCount == 0 { return doneCount == 0 ? .nothingMatched : .success }
        if retryableCount > 0 { return .retryable }
        // An option that no input can be converted with is a mistake in the command line.
        return usageCount == doneCount ? .usage : .failure
    }

    /// The counts.
    package var json: JSONValue {
        [
            "converted": .integer(convertedCount), "planned": .integer(plannedCount),
            "salvaged": .integer(salvagedCount), "skipped": .integer(skippedCount),
            "failed": .integer(failedCount),
            "retryable": .integer(retryableCount), "input_bytes": .integer(byteCounts.input),
            "output_bytes": .integer(byteCounts.output),
            "peak_memory_bytes": .integer(peakMemoryByteCount),
        ]
    }
}

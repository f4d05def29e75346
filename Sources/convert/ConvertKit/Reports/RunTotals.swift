internal import FormatKit

/// What can be counted of runs.
struct RunTotals: Sendable {
    private(set) var eventCount = 0
    private var counts: [LoggedEvent.Kind: Int] = [:]
    private var byteCounts = (input: 0, output: 0)
    private var milliseconds = 0
    private var peakMemoryByteCount = 0
    /// The number of outputs with each kind of loss.
    private var losses: [String: Int] = [:]
    /// What took longest, the longest first.
    private var slowest: [(input: String, milliseconds: Int)] = []
    private var times: (first: String, last: String)?
    /// Of each way in which runs were divided, the number of parts, those that have ended, and when the
    /// last of them did.
    private var partitions: [String: (count: Int, ended: Set<Int>, time: String)] = [:]

    /// The number of files that were not begun when runs ended, and that their logs do not name; parts of
    /// runs are known to have no end.
    private(set) var unnamedCount = 0

    private static let slowestCount = 10

    /// Counts an event.
    mutating func add(_ event: LoggedEvent) {
        eventCount += 1
        counts[event.kind, default: 0] += 1
        times = (
            min(times?.first ?? event.time, event.time), max(times?.last ?? event.time, event.time)
        )
        let json = event.json
        peakMemoryByteCount = max(peakMemoryByteCount, json["peak_memory_bytes"]?.wholeNumber ?? 0)
        if event.kind == .summary { addPart(json, event.time) }
        guard event.kind == .finished else { return }
        byteCounts.input = byteCounts.input.addingClamped(json["input_bytes"]?.wholeNumber ?? 0)
        byteCounts.output = byteCounts.output.addingClamped(json["output_bytes"]?.wholeNumber ?? 0)
        let kinds = Set((json["losses"]?.elements ?? []).compactMap { $0["kind"]?.text })
        for kind in kinds { losses[kind, default: 0] += 1 }
        let duration = json["milliseconds"]?.wholeNumber ?? 0
        milliseconds = milliseconds.addingClamped(duration)
        addSlow(event.input, duration)
    }

    private mutating func addSlow(_ input: String, _ duration: Int) {
        if slowest.count == Self.slowestCount, duration <= slowest.last?.milliseconds ?? 0 {
            return
        }
        let place = slowest.firstIndex { $0.milliseconds < duration } ?? slowest.count
        slowest.insert((input, duration), at: place)
        if slowest.count > Self.slowestCount { slowest.removeLast() }
    }

    private mutating func addPart(_ json: JSONValue, _ time: String) {
        let numbers = (json["shard"]?.text ?? "").split(separator: "/").compactMap { Int($0) }
        guard numbers.count == 2, let shard = Shard(number: numbers[0], of: numbers[1]),
            let digest = json["partition"]?.text
        else {
            unnamedCount = unnamedCount.addingClamped(json["unnamed"]?.wholeNumber ?? 0)
            return
        }
        var partition = partitions[digest] ?? (shard.count, [], time)
        // Ended by a signal, or before all was begun, is not ended.
        if (json["status"]?.wholeNumber ?? 0) < 128, json["not_done"]?.wholeNumber ?? 0 == 0 {
            partition.ended.insert(shard.number)
        }
        partition.time = max(partition.time, time)
        partitions[digest] = partition
    }

    /// The parts, of the run that was divided last, that have no end.
    var missingParts: [Int] {
        guard let last = partitions.max(by: { $0.value.time < $1.value.time })?.value else {
            return []
        }
        return (1...max(1, last.count)).filter { !last.ended.contains($0) }
    }

    var json: JSONValue {
        [
            "converted": .integer(counts[.finished] ?? 0),
            "skipped": .integer(counts[.skipped] ?? 0),
            "input_bytes": .integer(byteCounts.input),
            "output_bytes": .integer(byteCounts.output), "milliseconds": .integer(milliseconds),
            "peak_memory_bytes": .integer(peakMemoryByteCount),
            "first": times.map { .string($0.first) } ?? .null,
            "last": times.map { .string($0.last) } ?? .null,
            "losses": .object(
                Self.sorted(losses).map { .init(key: $0.key, value: .integer($0.count)) }),
            "slowest": .array(
                slowest.map {
                    ["input": .string($0.input), "milliseconds": .integer($0.milliseconds)]
                }),
            "partitions": .integer(partitions.count),
            "missing_shards": .array(missingParts.map(JSONValue.integer)),
        ]
    }

    /// The totals for people.
    var lines: [String] {
        var lines = [
            "converted: \(counts[.finished] ?? 0) (\(byteCounts.input) -> \(byteCounts.output) bytes,"
                + " \(Double(milliseconds) / 1000) s in all, at most \(peakMemoryByteCount >> 20) MiB)",
            "skipped: \(counts[.skipped] ?? 0)",
        ]
        if let times { lines.append("from \(times.first) to \(times.last)") }
        if !slowest.isEmpty {
            lines.append("slowest:")
            lines += slowest.map { "  \($0.milliseconds) ms \($0.input)" }
        }
        if !losses.isEmpty {
            lines.append("losses:")
            lines += Self.sorted(losses).map { "  \($0.count) \($0.key)" }
        }
        if partitions.count > 1 {
            lines.append("runs that were divided differently: \(partitions.count)")
        }
        if !missingParts.isEmpty {
            lines.append(
                "shards without an end: \(missingParts.map(String.init).joined(separator: ", "))")
        }
        return lines
    }

    /// Counts, the largest first.
    static func sorted(_ counts: [String: Int]) -> [(key: String, count: Int)] {
        counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }
}

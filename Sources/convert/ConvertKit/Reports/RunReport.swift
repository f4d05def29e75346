package import FormatFiles
internal import FormatKit

/// What runs have come to, by their logs.
///
/// Logs are read twice, line by line: first for everything that went wrong, then for what has been put
/// right since. Memory grows only with the former.
package struct RunReport: Sendable {
    /// What has been counted.
    private(set) var totals = RunTotals()
    /// What has failed since it was last converted, in the order of the inputs.
    private(set) var failures: [LoggedEvent] = []
    /// What was begun and has not ended, as runs were killed, or was left when they ended, in the same
    /// order.
    private(set) var unfinished: [LoggedEvent] = []
    /// The number of files of which only a part could be had, and that were not converted since.
    private(set) var salvagedCount = 0
    /// The lines that are none of a log.
    private(set) var foreignLineCount = 0

    /// Reads logs.
    ///
    /// - Throws: ``CommandError`` if one cannot be read.
    package init(_ logs: [Endpoint]) throws(CommandError) {
        var sources: [LogSource] = []
        for log in logs { sources.append(try LogSource(log)) }
        var ledger = Ledger()
        for source in sources {
            try source.forEach { event in
                guard let event else { return foreignLineCount += 1 }
                totals.add(event)
                ledger.open(event)
            }
        }
        for source in sources where !ledger.isEmpty {
            try source.forEach { event in
                if let event { ledger.close(event) }
            }
        }
        unfinished = Self.sorted(Array(ledger.unfinished.values))
        salvagedCount = ledger.salvaged.count
        failures = Self.sorted(Array(ledger.failed.values))
    }

    private static func sorted(_ events: [LoggedEvent]) -> [LoggedEvent] {
        events.sorted {
            ($0.input, $0.output, $0.page ?? 0) < ($1.input, $1.output, $1.page ?? 0)
        }
    }

    /// What the list of ``writeFailures(to:)`` says of a file: why it failed, or that it was not finished.
    private static func error(_ file: LoggedEvent) -> JSONValue {
        guard file.isOpen else { return file.error ?? .null }
        return [
            "kind": .string("unfinished"),
            "message": .string(file.kind == .left ? "not begun" : "begun and not finished"),
        ]
    }

    /// Refuses a list that would replace one of the logs that it is made from.
    ///
    /// - Throws: ``CommandError/usage(_:)``.
    package static func check(_ list: Path, isNoneOf logs: [Endpoint]) throws(CommandError) {
        guard let identity = try? FileStatus.ofFile(at: list)?.identity else { return }
        for case .file(let log) in logs
        where (try? FileStatus.ofFile(at: log)?.identity) == identity {
            throw .usage("--failures would replace the log \(log)")
        }
    }

    /// Whether anything is left to do.
    package var status: ProgramStatus {
        if totals.eventCount == 0 { return foreignLineCount > 0 ? .failure : .nothingMatched }
        let isDone =
            failures.isEmpty && unfinished.isEmpty && salvagedCount == 0
            && totals.unnamedCount == 0 && totals.missingParts.isEmpty
        return isDone ? .success : .failure
    }

    /// Writes the failures, and what was not finished or not begun, as a list that can be run again.
    ///
    /// - Throws: ``CommandError`` if it cannot be written.
    package func writeFailures(to path: Path) throws(CommandError) {
        try CommandError.about(path) { () throws(ImageError) in
            let sink = try Files.sink(at: path, replacing: .anything)
            var lines = ["\(ManifestFrame.head)"]
            // A list has files.
            let files = Self.sorted(failures.filter { !$0.isAboutFolder } + unfinished)
            for file in files {
                lines.append("\(file.entry.json(["error": Self.error(file)]))")
            }
            lines.append("\(ManifestFrame.end(entryCount: files.count))")
            try sink.append(Array((lines.joined(separator: "\n") + "\n").utf8))
            try sink.commit()
        }
    }

    /// The report for machines.
    package var json: JSONValue {
        totals.json + [
            "failed": .integer(failures.count),
            "unfinished": .integer(unfinished.count - leftCount),
            "not_begun": .integer(leftCount.addingClamped(totals.unnamedCount)),
            "salvaged": .integer(salvagedCount),
            "unlisted_folders": .integer(folderCount),
            "foreign_lines": .integer(foreignLineCount),
            "failures": .object(
                failureCounts.map { .init(key: $0.key, value: .integer($0.count)) }),
            "status": .integer(Int(status.rawValue)),
        ]
    }

    /// The report for people.
    package var text: String {
        var lines = totals.lines
        lines.append("failed: \(failures.count)")
        lines += failureCounts.map { "  \($0.count) \($0.key)" }
        if folderCount > 0 { lines.append("  \(folderCount) of them folders, which no list has") }
        if salvagedCount > 0 { lines.append("only salvaged: \(salvagedCount)") }
        let begunCount = unfinished.count - leftCount
        if begunCount > 0 { lines.append("begun and not finished: \(begunCount)") }
        if leftCount > 0 { lines.append("not begun: \(leftCount)") }
        if totals.unnamedCount > 0 {
            lines.append(
                "not begun, and not named in the logs: \(totals.unnamedCount); repeat the command")
        }
        if foreignLineCount > 0 { lines.append("no lines of a log, or cut: \(foreignLineCount)") }
        return lines.map(Console.printable).joined(separator: "\n") + "\n"
    }

    /// The number of files that runs left when they ended.
    private var leftCount: Int { unfinished.count { $0.kind == .left } }

    /// The number of folders that could not be listed.
    private var folderCount: Int { failures.lazy.filter(\.isAboutFolder).count }

    /// The number of failures of each kind, the most frequent first.
    private var failureCounts: [(key: String, count: Int)] {
        RunTotals.sorted(
            failures.reduce(into: [:]) { $0[$1.error?["kind"]?.text ?? "unknown", default: 0] += 1 }
        )
    }
}

/// What is not done, as far as logs have been read.
private struct Ledger {
    /// What was begun, or left, last, and has not ended.
    private(set) var unfinished: [LoggedEvent.Key: LoggedEvent] = [:]
    /// What failed last.
    private(set) var failed: [LoggedEvent.Key: LoggedEvent] = [:]
    /// Those of them that are folders, of which there are few.
    private var failedFolders: Set<LoggedEvent.Key> = []
    /// What could last be had only in part.
    private(set) var salvaged: [LoggedEvent.Key: LoggedEvent] = [:]

    /// Whether there is nothing that could be put right.
    var isEmpty: Bool { unfinished.isEmpty && failed.isEmpty && salvaged.isEmpty }

    /// Takes note of what an event begins, or says to have gone wrong.
    mutating func open(_ event: LoggedEvent) {
        guard let key = event.key else { return }
        if event.isOpen {
            Self.keep(event, at: key, in: &unfinished)
        } else if let begun = unfinished[key], begun <= event {
            // Nearly all end soon after they begin: few are held at a time.
            unfinished[key] = nil
        }
        if event.kind == .failed {
            Self.keep(event, at: key, in: &failed)
            if event.isAboutFolder { failedFolders.insert(key) }
        }
        if event.isSalvaged { Self.keep(event, at: key, in: &salvaged) }
    }

    /// Keeps the last event of a job.
    private static func keep(
        _ event: LoggedEvent, at key: LoggedEvent.Key,
        in events: inout [LoggedEvent.Key: LoggedEvent]
    ) {
        events[key] = events[key].map { max($0, event) } ?? event
    }

    /// Strikes out what an event puts an end to; all must have been opened before.
    mutating func close(_ event: LoggedEvent) {
        if event.kind == .summary { return closeFolders(event) }
        guard let key = event.key else { return }
        if !event.isOpen, let begun = unfinished[key], begun <= event { unfinished[key] = nil }
        if event.kind == .finished, !event.isSalvaged, let part = salvaged[key], part <= event {
            salvaged[key] = nil
        }
        for key in event.endedKeys {
            guard let failure = failed[key], failure <= event, !failure.isAboutFolder else {
                continue
            }
            failed[key] = nil
        }
    }

    /// Strikes out the folders that a later run has listed.
    private mutating func closeFolders(_ event: LoggedEvent) {
        let (folders, unlisted) = event.scanned
        if folders.isEmpty { return }
        for key in failedFolders {
            guard let failure = failed[key], failure.isAboutFolder, failure <= event else {
                continue
            }
            let path = Path(failure.input)
            guard !unlisted.contains(failure.input),
                folders.contains(where: { path == $0 || path.below($0) != nil })
            else { continue }
            failed[key] = nil
            failedFolders.remove(key)
        }
    }
}

/// A log that can be read more than once.
private struct LogSource {
    private let log: Endpoint
    private let source: any ImageSource

    init(_ log: Endpoint) throws(CommandError) {
        self.log = log
        source = try log.textSource()
    }

    /// Reads all lines; `nil` stands for one that is none of a log, or was cut short, as by a kill.
    func forEach(_ body: (LoggedEvent?) -> Void) throws(CommandError) {
        var reader = PieceReader(source, maximumByteCount: 1 << 24)
        while true {
            let line: ArraySlice<UInt8>?
            do throws(ImageError) {
                line = try reader.next()
            } catch {
                throw .failed(log.inputName, error)
            }
            guard let line else { return }
            if line.isEmpty { continue }
            body((try? JSONValue(parsing: Array(line))).flatMap(LoggedEvent.init))
        }
    }
}

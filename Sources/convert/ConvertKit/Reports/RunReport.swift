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
    /// What was begun and has not ended, as runs were killed, in the same order.
    private(set) var unfinished: [LoggedEvent] = []
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
        failures = Self.sorted(Array(ledger.failed.values))
    }

    private static func sorted(_ events: [LoggedEvent]) -> [LoggedEvent] {
        events.sorted {
            ($0.input, $0.output, $0.page ?? 0) < ($1.input, $1.output, $1.page ?? 0)
        }
    }

    /// What the list of ``writeFailures(to:)`` says of a file that was begun and not finished.
    private static let unfinishedError: JSONValue = [
        "kind": .string("unfinished"), "message": .string("begun and not finished"),
    ]

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
        let isDone = failures.isEmpty && unfinished.isEmpty && totals.missingParts.isEmpty
        return isDone ? .success : .failure
    }

    /// Writes the failures, and what was begun and not finished, as a list that can be run again.
    ///
    /// - Throws: ``CommandError`` if it cannot be written.
    package func writeFailures(to path: Path) throws(CommandError) {
        try CommandError.about(path) { () throws(ImageError) in
            let sink = try Files.sink(at: path, replacing: .anything)
            var lines = ["\(ManifestFrame.head)"]
            // A list has files.
            let files = Self.sorted(failures.filter { !$0.isAboutFolder } + unfinished)
            for file in files {
                let error = file.kind == .started ? Self.unfinishedError : file.error ?? .null
                lines.append("\(file.entry.json(["error": error]))")
            }
            lines.append("\(ManifestFrame.end(entryCount: files.count))")
            try sink.append(Array((lines.joined(separator: "\n") + "\n").utf8))
            try sink.commit()
        }
    }

    /// The report for machines.
    package var json: JSONValue {
        totals.json + [
            "failed": .integer(failures.count), "unfinished": .integer(unfinished.count),
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
        if !unfinished.isEmpty { lines.append("begun and not finished: \(unfinished.count)") }
        if foreignLineCount > 0 { lines.append("no lines of a log, or cut: \(foreignLineCount)") }
        return lines.joined(separator: "\n") + "\n"
    }

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
    /// What was begun last, and has not ended.
    private(set) var unfinished: [LoggedEvent.Key: LoggedEvent] = [:]
    /// What failed last.
    private(set) var failed: [LoggedEvent.Key: LoggedEvent] = [:]
    /// Those of them that are folders, of which there are few.
    private var failedFolders: Set<LoggedEvent.Key> = []

    /// Whether there is nothing that could be put right.
    var isEmpty: Bool { unfinished.isEmpty && failed.isEmpty }

    /// Takes note of what an event begins, or says to have gone wrong.
    mutating func open(_ event: LoggedEvent) {
        guard let key = event.key else { return }
        switch event.kind {
        case .started: unfinished[key] = unfinished[key].map { max($0, event) } ?? event
        case .failed:
            unfinished[key] = nil
            failed[key] = failed[key].map { max($0, event) } ?? event
            if event.isAboutFolder { failedFolders.insert(key) }
        default: unfinished[key] = nil
        }
    }

    /// Strikes out what an event puts an end to; all must have been opened before.
    mutating func close(_ event: LoggedEvent) {
        if event.kind == .summary { return closeFolders(event) }
        guard let key = event.key else { return }
        if event.kind != .started, let begun = unfinished[key], begun <= event {
            unfinished[key] = nil
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

package import FormatFiles

/// What is to be done with one job.
package struct Item: Sendable, Equatable {
    /// How far to go.
    package enum Mode: String, Sendable {
        /// Convert it.
        case convert
        /// Open the input and plan, but write nothing.
        case plan
        /// The same, before the output has a name.
        case measure
    }

    /// The input and the output.
    package let job: Job
    /// How far to go.
    package var mode = Mode.convert
    /// Whether digests are taken, for the record of what was done.
    package var isRecorded = false
    /// What the record says of the outputs.
    package var entries: [Path: RecordEntry] = [:]

    /// Creates an item.
    package init(_ job: Job, mode: Mode = .convert) {
        self.job = job
        self.mode = mode
    }
}

extension Item {
    /// The item for ``init(wire:)``.
    var wire: JSONValue {
        [
            "job": job.wire, "mode": .string(mode.rawValue), "recorded": .boolean(isRecorded),
            "entries": .array(job.outputPaths.map { entries[$0]?.wire ?? .null }),
        ]
    }

    /// The item that another process sent.
    init?(wire: JSONValue?) {
        guard let wire, let job = wire["job"].flatMap(Job.init(wire:)),
            let mode = wire["mode"]?.text.flatMap(Mode.init)
        else { return nil }
        self.init(job, mode: mode)
        isRecorded = wire["recorded"] == .boolean(true)
        for (path, entry) in zip(job.outputPaths, wire["entries"]?.elements ?? []) {
            entries[path] = RecordEntry(wire: entry)
        }
    }
}

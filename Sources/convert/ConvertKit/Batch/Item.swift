internal import FormatFiles

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
    /// What the record says of the output.
    package var entry: RecordEntry?

    /// Creates an item.
    package init(
        _ job: Job, mode: Mode = .convert, isRecorded: Bool = false, entry: RecordEntry? = nil
    ) {
        self.job = job
        self.mode = mode
        self.isRecorded = isRecorded
        self.entry = entry
    }
}

extension Item {
    /// The item for ``init(wire:)``.
    var wire: JSONValue {
        [
            "input": job.input.wire, "output": job.output.wire,
            "page": job.page.map(JSONValue.integer) ?? .null,
            "further": .array(job.further.map(\.wire)), "mode": .string(mode.rawValue),
            "recorded": .boolean(isRecorded), "entry": entry?.json ?? .null,
        ]
    }

    /// The item that another process sent.
    init?(wire: JSONValue?) {
        guard let wire, let input = Endpoint(wire: wire["input"]),
            let output = Endpoint(wire: wire["output"]),
            let mode = wire["mode"]?.text.flatMap(Mode.init)
        else { return nil }
        var job = Job(input: input, output: output, page: wire["page"]?.wholeNumber)
        job.further = (wire["further"]?.elements ?? []).compactMap { Endpoint(wire: $0) }
        self.init(
            job, mode: mode,
            isRecorded: wire["recorded"] == .boolean(true),
            entry: wire["entry"].flatMap(RecordEntry.init(json:)))
    }
}

extension Endpoint {
    fileprivate var wire: JSONValue {
        switch self {
        case .standard: .null
        case .file(let path): path.json
        }
    }

    fileprivate init?(wire: JSONValue?) {
        if wire == .null {
            self = .standard
            return
        }
        guard let path = Path(json: wire) else { return nil }
        self = .file(path)
    }
}

internal import FormatFiles

/// A line of a log.
struct LoggedEvent: Sendable {
    /// What happened.
    enum Kind: String, Sendable {
        case started, finished, planned, skipped, failed, left, summary
    }

    /// What two events of one job have in common.
    struct Key: Hashable, Sendable {
        let input: String
        let output: String
        /// Of a job whose output has no name yet, the page, if it is about one.
        let page: Int?

        init(input: String, output: String) {
            (self.input, self.output, page) = (input, output, nil)
        }

        init(unnamed input: String, page: Int?) {
            (self.input, output, self.page) = (input, "", page)
        }
    }

    let kind: Kind
    /// When, as `2026-11-24T20:15:30Z`.
    let time: String
    let input: String
    let output: String
    /// The page that is converted, counted from 1, where it is not for the options to say.
    let page: Int?
    /// Why something failed.
    let error: JSONValue?
    /// Whether it is about a folder that could not be listed, not about a file.
    let isAboutFolder: Bool
    /// The whole line.
    let json: JSONValue

    /// The event that a line says; `nil` if it says none.
    init?(_ json: JSONValue) {
        guard let kind = json["event"]?.text.flatMap(Kind.init), let time = json["time"]?.text
        else {
            return nil
        }
        self.kind = kind
        self.time = time
        input = json["input"]?.text ?? ""
        output = json["output"]?.text ?? ""
        page = json["page"]?.wholeNumber
        error = json["error"]
        isAboutFolder = json["folder"] == .boolean(true)
        self.json = json
    }

    /// Which job it is about, if it is about one.
    var key: Key? {
        if kind == .summary { return nil }
        return output.isEmpty
            ? Key(unnamed: input, page: page) : Key(input: input, output: output)
    }

    /// The jobs that the event puts an end to, what they were before they had a name included: what
    /// names outputs after pictures has opened the input.
    var endedKeys: [Key] {
        guard let key else { return [] }
        // Either the page has been asked for, or it is one of all.
        let unnamed = Set([page, nil]).map { Key(unnamed: input, page: $0) }
        switch kind {
        case .finished, .skipped: return [key] + unnamed
        case .started, .failed, .left: return output.isEmpty ? [] : unnamed
        case .planned, .summary: return []
        }
    }

    /// Whether it says that a job was begun, or was to be, and not what became of it.
    var isOpen: Bool { kind == .started || kind == .left }

    /// Whether it says that only a part of a picture could be had.
    var isSalvaged: Bool {
        kind == .finished && json["good_row_share"].map { $0 != .null } ?? false
    }

    /// The folders that a run has scanned, of which it could list all but the second.
    var scanned: (folders: [Path], unlisted: Set<String>) {
        func texts(_ name: String) -> [String] { (json[name]?.elements ?? []).compactMap(\.text) }
        return (texts("scanned").map { Path($0) }, Set(texts("unlisted")))
    }

    /// The line of a list with which the job can be done again.
    var entry: ListEntry {
        // Logs that do not say it exactly are of runs whose outputs had their own names.
        guard let entry = try? ListEntry(json: json) else { return ListEntry(input: Path(input)) }
        return entry
    }
}

extension LoggedEvent: Comparable {
    /// By time; clocks tell whole seconds, so that of two within one nobody knows which was first.
    static func < (left: LoggedEvent, right: LoggedEvent) -> Bool { left.time < right.time }

    static func == (left: LoggedEvent, right: LoggedEvent) -> Bool { left.time == right.time }
}

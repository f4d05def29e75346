internal import FormatFiles

/// What the record of a batch says of one output.
package struct RecordEntry: Sendable, Equatable {
    /// What a file contains, or is about to.
    package struct Content: Sendable, Equatable {
        /// The SHA-256 of its bytes, in hexadecimal digits.
        package let digest: String
        /// Its size, in bytes.
        package let byteCount: Int
        /// Its number in its file system, where known: it stays when bytes are damaged.
        package let inode: UInt64?
    }

    /// What an output was made from.
    package struct Completion: Sendable, Equatable {
        /// The digest of everything that the output depends on.
        package let key: String
        /// The digest of the input, which is a part of that.
        package let inputDigest: String
        /// What was made.
        package let content: Content
    }

    /// How it was made, unless it was to be replaced since.
    package private(set) var completion: Completion?
    /// What runs of ours may have left there; any other file with this name is somebody else's.
    package private(set) var contents: [Content] = []

    /// The entry of an output of which nothing is known.
    init() {}
}

extension RecordEntry {
    /// An event of which the record has a line.
    enum Event: Equatable {
        /// A run is about to give a file the output's name.
        case committing(Content)
        /// The output is there.
        case done(Completion)
    }

    /// Takes note of an event.
    mutating func add(_ event: Event) {
        switch event {
        case .committing(let content):
            // The old file is there until the new one is: after a kill, it may be either.
            completion = nil
            if !contents.contains(content) { contents.append(content) }
        case .done(let new):
            completion = new
            contents = [new.content]
        }
    }
}

extension RecordEntry.Event {
    /// The event for ``init(json:)``.
    var json: JSONValue {
        switch self {
        case .committing(let content): ["state": .string("committing")] + content.json
        case .done(let completion):
            [
                "state": .string("done"), "key": .string(completion.key),
                "input_sha256": .string(completion.inputDigest),
            ] + completion.content.json
        }
    }

    /// The event that was written down.
    init?(json: JSONValue) {
        guard let content = RecordEntry.Content(json: json) else { return nil }
        switch json["state"]?.text {
        case "committing": self = .committing(content)
        case "done":
            guard let key = json["key"]?.text, let input = json["input_sha256"]?.text else {
                return nil
            }
            self = .done(
                RecordEntry.Completion(key: key, inputDigest: input, content: content))
        default: return nil
        }
    }
}

extension RecordEntry.Content {
    /// What a file that is about to get its name contains.
    init(_ content: OutputSet.Content) {
        digest = content.digest
        byteCount = content.byteCount
        inode = content.inode
    }

    /// The members of a line that say it.
    var json: JSONValue {
        let common: JSONValue = [
            "output_sha256": .string(digest), "output_bytes": .integer(byteCount),
        ]
        return inode.map { common + ["inode": .string("\($0)")] } ?? common
    }

    /// The content that a line says.
    init?(json: JSONValue) {
        guard let digest = json["output_sha256"]?.text,
            let byteCount = json["output_bytes"]?.wholeNumber
        else { return nil }
        self.digest = digest
        self.byteCount = byteCount
        inode = json["inode"]?.text.flatMap { UInt64($0) }
    }
}

extension RecordEntry {
    /// The entry for ``init(wire:)``.
    var wire: JSONValue {
        [
            "completion": completion.map { Event.done($0).json } ?? .null,
            "contents": .array(contents.map(\.json)),
        ]
    }

    /// The entry that another process sent.
    init?(wire: JSONValue) {
        guard let contents = wire["contents"] else { return nil }
        self.contents = contents.elements.compactMap(Content.init(json:))
        if case .done(let completion)? = wire["completion"].flatMap(Event.init(json:)) {
            self.completion = completion
        }
    }
}

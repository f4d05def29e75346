internal import FormatFiles

/// What the record will say of the outputs of one item.
package struct ItemCompletion: Sendable, Equatable {
    /// The digest of everything that the outputs depend on.
    let key: String
    /// The digest of the input, which is a part of that.
    let inputDigest: String
    /// The files that were made, the one that was asked for last.
    let outputs: [RecordedOutput]
}

/// A file that has an output's name, or is about to get it.
package struct RecordedOutput: Sendable, Equatable {
    /// The output.
    let path: Path
    /// What the file contains.
    let content: RecordEntry.Content

    init(_ content: OutputSet.Content) {
        path = content.path
        self.content = RecordEntry.Content(content)
    }
}

extension RecordedOutput {
    /// The output for ``init(wire:)``.
    var wire: JSONValue { ["path": path.json] + content.json }

    /// The output that another process sent.
    init?(wire: JSONValue) {
        guard let path = Path(json: wire["path"]), let content = RecordEntry.Content(json: wire)
        else { return nil }
        self.path = path
        self.content = content
    }
}

extension ItemCompletion {
    /// The completion for ``init(wire:)``.
    var wire: JSONValue {
        [
            "key": .string(key), "input": .string(inputDigest),
            "outputs": .array(outputs.map(\.wire)),
        ]
    }

    /// The completion that another process sent.
    init?(wire: JSONValue) {
        guard let key = wire["key"]?.text, let input = wire["input"]?.text,
            let outputs = wire["outputs"]
        else { return nil }
        self.init(
            key: key, inputDigest: input,
            outputs: outputs.elements.compactMap(RecordedOutput.init(wire:)))
    }
}

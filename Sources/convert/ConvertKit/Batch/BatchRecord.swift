internal import FormatFiles
internal import FormatKit

/// What runs into a folder have done: a file in it for each writer, one line an event.
///
/// A line says of an output that a file of a given content is about to get its name, or that it has
/// it. The first is written, and safe, before the name is given, so that, however a run ends, the next
/// one can tell outputs of its own, old and new, from files that somebody else has put there.
///
/// A run that does all writes `.convert-record.jsonl`; each part of a divided one writes a file of its
/// own in `.convert-record.d`. Every run reads what all of them say of its outputs.
final class BatchRecord: Sendable {
    private let files: RecordFiles
    /// `nil` where only what is written is wanted.
    private let file: LineFile?
    private let index: RecordIndex

    /// Reads what is recorded of some outputs, and takes a file for the events of this run.
    ///
    /// - Parameters:
    ///   - root: The folder that all outputs go into.
    ///   - outputs: The outputs of this run.
    ///   - part: The part of a run that this one is, if it is one.
    ///   - isReadOnly: Whether nothing is to be written.
    /// - Throws: ``/FormatKit/ImageError`` if a file cannot be read or, unless `isReadOnly`, written, or
    ///   another run is making outputs that may be among these.
    init(
        in root: Path, outputs: some Sequence<Path>, part: BatchPlan.Part? = nil, isReadOnly: Bool
    ) throws(ImageError) {
        let files = RecordFiles(root: root, part: part)
        self.files = files
        file = isReadOnly ? nil : try files.open()
        var reader = RecordReader(
            try files.relevant(isReadOnly: isReadOnly),
            of: NameSet(outputs.map { files.name(of: $0).stableHash }))
        let lastRun = try reader.read()
        index = reader.index
        try file?.append(files.head(after: lastRun))
    }

    /// What was known of an output when this run began.
    ///
    /// - Throws: ``/FormatKit/ImageError`` if it cannot be read any more.
    func entry(for output: Path) throws(ImageError) -> RecordEntry? {
        try index.entry(for: files.name(of: output))
    }

    /// Writes down, and makes safe, that files are about to get the names of outputs.
    ///
    /// - Throws: ``/FormatKit/ImageError``; then they must not.
    func commit(_ outputs: [RecordedOutput]) throws(ImageError) {
        try file?.append(outputs.map { line(for: $0.path, .committing($0.content)) })
        try file?.synchronize()
    }

    /// Writes down that all outputs of an item are there, the one that was asked for last.
    ///
    /// - Throws: ``/FormatKit/ImageError``.
    func finish(_ completion: ItemCompletion) throws(ImageError) {
        try file?.append(
            completion.outputs.map { output in
                line(
                    for: output.path,
                    .done(
                        RecordEntry.Completion(
                            key: completion.key, inputDigest: completion.inputDigest,
                            content: output.content)))
            })
    }

    /// Lets other runs write the record.
    func close() { file?.unlock() }

    private func line(for output: Path, _ event: RecordEntry.Event) -> String {
        "\((["output": files.name(of: output).json] as JSONValue) + event.json)"
    }
}

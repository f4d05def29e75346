internal import FormatFiles
internal import FormatKit
internal import Synchronization

/// What runs into a folder have done: `.convert-record.jsonl` in it, one line an event.
///
/// A line says of an output that a file of a given content is about to get its name, or that it has
/// it. The first is written, and safe, before the name is given, so that, however a run ends, the next
/// one can tell outputs of its own, old and new, from files that somebody else has put there.
final class BatchRecord: Sendable {
    static let name = Path(".convert-record.jsonl")
    /// How the names of all files begin that are no outputs.
    static let namePrefix = Array(".convert-record".utf8)
    private static let version = 1

    private let root: Path
    /// `nil` where only what is written is wanted.
    private let file: LineFile?
    private let entries: Mutex<[Path: RecordEntry]>

    /// Reads the record in a folder.
    ///
    /// - Throws: ``/FormatKit/ImageError`` if it cannot be read or, unless `isReadOnly`, written, or
    ///   another run is writing it.
    init(in root: Path, isReadOnly: Bool) throws(ImageError) {
        let path = root.appending(Self.name)
        self.root = root
        file = isReadOnly ? nil : try LineFile(appendingTo: path)
        guard file?.lock() ?? true else {
            throw .io(
                "use \(path)", code: 0, reason: "another run into this folder is under way")
        }
        let entries = try Self.entries(at: path)
        self.entries = Mutex(entries ?? [:])
        if entries == nil {
            try file?.append(["\(["convert_record": .integer(Self.version)] as JSONValue)"])
        }
    }

    /// The entries of a file; `nil` if there is nothing in it.
    private static func entries(at path: Path) throws(ImageError) -> [Path: RecordEntry]? {
        guard try FileStatus.ofFile(at: path)?.byteCount ?? 0 > 0 else { return nil }
        let source = try FileSource(path: path)
        let bytes = try source.bytes(at: 0, count: source.byteCount)
        var lines = bytes.split(separator: UInt8(ascii: "\n"))[...]
        let first = lines.popFirst().flatMap { try? JSONValue(parsing: Array($0)) }
        guard first?["convert_record"] == .integer(version) else {
            throw .io(
                "use \(path)", code: 0, reason: "it is not a record of this version; remove it")
        }
        var entries: [Path: RecordEntry] = [:]
        // A line that was cut short, as by a kill, says nothing.
        for line in lines {
            guard let json = try? JSONValue(parsing: Array(line)),
                let output = Path(json: json["output"]), let event = RecordEntry.Event(json: json)
            else { continue }
            entries[output, default: RecordEntry()].add(event)
        }
        return entries
    }

    /// What is known of an output.
    func entry(for output: Path) -> RecordEntry? {
        entries.withLock { $0[name(of: output)] }
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
        "\((["output": name(of: output).json] as JSONValue) + event.json)"
    }

    /// The path below the folder, so that the folder can be moved.
    private func name(of output: Path) -> Path {
        let prefix = root.appending("").bytes
        guard output.bytes.starts(with: prefix) else { return output }
        return Path(bytes: output.bytes.dropFirst(prefix.count))
    }
}

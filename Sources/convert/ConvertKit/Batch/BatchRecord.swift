internal import FormatFiles
internal import FormatKit
internal import Synchronization

/// What runs into a folder have done: `.convert-record.jsonl` in it, one line an event.
///
/// A line says of an output that it was begun or that it is done; the last one counts. A run first
/// writes down what it will begin and waits until that is safe, so that, however it ends, the next
/// one can tell outputs of its own from files that somebody else has put there.
final class BatchRecord: Sendable {
    static let name = Path(".convert-record.jsonl")
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
                let output = Path(json: json["output"]), let entry = RecordEntry(json: json)
            else { continue }
            entries[output] = entry
        }
        return entries
    }

    /// What is known of an output.
    func entry(for output: Path) -> RecordEntry? {
        entries.withLock { $0[name(of: output)] }
    }

    /// Writes down that outputs will be begun: those that are new, so that they are ours.
    ///
    /// - Throws: ``/FormatKit/ImageError``.
    func begin(_ outputs: [Path]) throws(ImageError) {
        var new: [Path] = []
        for output in outputs where entry(for: output) == nil {
            if try FileStatus.ofFile(at: output) == nil { new.append(output) }
        }
        guard !new.isEmpty else { return }
        try file?.append(new.map { line(for: $0, .begun) })
        try file?.synchronize()
        entries.withLock { entries in
            for output in new { entries[name(of: output)] = .begun }
        }
    }

    /// Writes down that an output that is done will be replaced.
    ///
    /// - Throws: ``/FormatKit/ImageError``.
    func beginReplacing(_ output: Path) throws(ImageError) {
        guard entry(for: output)?.completion != nil else { return }
        try file?.append([line(for: output, .begun)])
        try file?.synchronize()
    }

    /// Writes down that an output is done.
    ///
    /// - Throws: ``/FormatKit/ImageError``.
    func finish(_ output: Path, _ entry: RecordEntry) throws(ImageError) {
        try file?.append([line(for: output, entry)])
    }

    /// Lets other runs write the record.
    func close() { file?.unlock() }

    private func line(for output: Path, _ entry: RecordEntry) -> String {
        "\((["output": name(of: output).json] as JSONValue) + entry.json)"
    }

    /// The path below the folder, so that the folder can be moved.
    private func name(of output: Path) -> Path {
        let prefix = root.appending("").bytes
        guard output.bytes.starts(with: prefix) else { return output }
        return Path(bytes: output.bytes.dropFirst(prefix.count))
    }
}

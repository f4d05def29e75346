internal import FormatFiles
internal import FormatKit

/// Writes a manifest, and makes sure that no two outputs in it are one.
struct ManifestWriter {
    private let sink: FileSink
    private var buffer: [UInt8] = []
    /// Of each output, a number: eight bytes for each, whatever its name.
    private var hashes: [UInt64] = []
    private(set) var entryCount = 0

    private static let bufferByteCount = 1 << 18

    /// Starts a manifest.
    ///
    /// - Throws: ``/FormatKit/ImageError``.
    init(path: Path, isReplacing: Bool) throws(ImageError) {
        sink = try FileSink(path: path, isReplacing: isReplacing)
        try write(ManifestFrame.head)
    }

    /// Adds an entry, with what else is known of it.
    ///
    /// - Throws: ``/FormatKit/ImageError``.
    mutating func add(_ entry: ListEntry, _ more: JSONValue) throws(ImageError) {
        try write(entry.json(more))
        entryCount += 1
        if let output = entry.output { hashes.append(Self.key(output).stableHash) }
    }

    /// Checks all outputs, and gives the manifest its name.
    ///
    /// - Throws: ``CommandError``; then there is no manifest.
    mutating func finish() throws(CommandError) {
        do throws(ImageError) {
            try write(ManifestFrame.end(entryCount: entryCount))
            try flush()
        } catch {
            throw .failed(sink.path.description, error)
        }
        try checkCollisions()
        do throws(ImageError) {
            try sink.commit()
        } catch {
            throw .failed(sink.path.description, error)
        }
    }

    private mutating func write(_ line: JSONValue) throws(ImageError) {
        buffer += "\(line)\n".utf8
        if buffer.count >= Self.bufferByteCount { try flush() }
    }

    private mutating func flush() throws(ImageError) {
        try sink.append(buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    /// Outputs with equal keys are one file.
    private static func key(_ output: Path) -> Path {
        #if canImport(Darwin)
            // File systems there usually ignore case.
            return Path(output.description.lowercased())
        #else
            return output
        #endif
    }

    /// Looks for equal numbers, and, if there are any, into the lines that they come from.
    private mutating func checkCollisions() throws(CommandError) {
        hashes.sort()
        let suspects = Set(zip(hashes, hashes.dropFirst()).lazy.filter { $0 == $1 }.map(\.0))
        hashes = []
        if suspects.isEmpty { return }
        var (owners, collisions) = ([Path: Path](), [String]())
        do throws(ImageError) {
            var reader = PieceReader(SinkSource(sink))
            while let line = try reader.next() {
                guard let json = try? JSONValue(parsing: Array(line)),
                    let entry = try? ListEntry(json: json), let output = entry.output
                else { continue }
                let key = Self.key(output)
                guard suspects.contains(key.stableHash) else { continue }
                if let first = owners.updateValue(entry.input, forKey: key) {
                    collisions.append("\(first) and \(entry.input) would both become \(output)")
                }
            }
        } catch {
            throw .failed(sink.path.description, error)
        }
        guard let first = collisions.first else { return }
        let rest = collisions.count > 1 ? " (and \(collisions.count - 1) more)" : ""
        throw .usage("nothing is planned: \(first)\(rest)")
    }
}

/// What has been written to a sink, to be read again.
private final class SinkSource: ImageSource {
    private let sink: FileSink

    init(_ sink: FileSink) {
        self.sink = sink
    }

    var byteCount: Int { sink.byteCount }

    func read(
        at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ImageError) -> Int {
        try unsafe sink.read(at: offset, into: buffer)
    }
}

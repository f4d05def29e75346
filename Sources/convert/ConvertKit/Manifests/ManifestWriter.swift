internal import FormatFiles
internal import FormatKit

/// Writes a manifest, and makes sure that no two outputs in it are one.
struct ManifestWriter {
    private let path: Path
    private let sink: any ImageSink
    private var buffer: [UInt8] = []
    /// What the outputs will be on another machine is not known: names count, not links.
    private var finder = CollisionFinder(followsLinks: false)
    private let previewCount: Int
    private(set) var entryCount = 0

    private static let bufferByteCount = 1 << 18

    /// Starts a manifest.
    ///
    /// - Parameters:
    ///   - path: The manifest; a pipe or a device gets it at the end, all of it at once.
    ///   - isReplacing: Whether it may take the place of a file.
    ///   - previewCount: The number of pictures that runs of it write for each entry.
    /// - Throws: ``/FormatKit/ImageError``.
    init(path: Path, isReplacing: Bool, previewCount: Int) throws(ImageError) {
        self.previewCount = previewCount
        self.path = path
        sink = try Files.sink(at: path, replacing: isReplacing ? .anything : .nothing)
        try write(ManifestFrame.head)
    }

    /// Adds an entry, with what else is known of it.
    ///
    /// - Throws: ``/FormatKit/ImageError``.
    mutating func add(_ entry: ListEntry, _ more: JSONValue) throws(ImageError) {
        try write(entry.json(more))
        entryCount += 1
        if let job = job(entry) { finder.add(job) }
    }

    /// Checks all outputs, and gives the manifest its name.
    ///
    /// - Throws: ``CommandError``; then there is no manifest.
    mutating func finish() throws(CommandError) {
        try CommandError.about(path) { () throws(ImageError) in
            try write(ManifestFrame.end(entryCount: entryCount))
            try flush()
        }
        try checkCollisions()
        try CommandError.about(path) { () throws(ImageError) in try sink.commit() }
    }

    private mutating func write(_ line: JSONValue) throws(ImageError) {
        buffer += "\(line)\n".utf8
        if buffer.count >= Self.bufferByteCount { try flush() }
    }

    private mutating func flush() throws(ImageError) {
        try sink.append(buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    /// All that a run of an entry writes; `nil` if it does not say so.
    private func job(_ entry: ListEntry) -> Job? {
        guard let output = entry.output else { return nil }
        var job = Job(input: .file(entry.input), output: .file(output))
        job.addPreviews(count: previewCount)
        return job
    }

    /// Looks for outputs that may be one and, if there are any, into the lines that they come from.
    private mutating func checkCollisions() throws(CommandError) {
        var suspects = finder.takeSuspects()
        if suspects.isEmpty { return }
        do throws(ImageError) {
            var reader = PieceReader(SinkSource(sink))
            while let line = try reader.next() {
                guard let json = try? JSONValue(parsing: Array(line)),
                    let entry = try? ListEntry(json: json), let job = job(entry)
                else { continue }
                suspects.look(at: job, job.input.description)
            }
        } catch {
            throw .failed(path.description, error)
        }
        try suspects.check(verb: "planned", hint: "")
    }
}

/// What has been written to a sink, to be read again.
private final class SinkSource: ImageSource {
    private let sink: any ImageSink

    init(_ sink: any ImageSink) {
        self.sink = sink
    }

    var byteCount: Int { sink.byteCount }

    func read(
        at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ImageError) -> Int {
        try unsafe sink.read(at: offset, into: buffer)
    }
}

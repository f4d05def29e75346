public import FormatKit

/// The outputs of one piece of work: all of them appear, or none does.
///
/// Each sink is written, and committed, as if it were alone; that only makes its bytes safe. The
/// names are given by ``commit()``, once all are there. If one name is refused, those given before
/// are taken back, and files that were replaced are there again.
///
/// ```swift
/// let outputs = OutputSet()
/// for (number, bytes) in parts.enumerated() {
///     let path = folder.appending(Path("part\(number)"))
///     let sink = try outputs.sink(at: path, replacing: .nothing)
///     try sink.append(bytes)
///     try sink.commit()
/// }
/// try outputs.commit()  // All of them appear, or none does.
/// ```
public final class OutputSet {
    private var sinks: [(path: Path?, sink: any ImageSink)] = []

    /// The output that an error was about, if it was about one.
    public private(set) var failedPath: Path?

    /// Creates an empty set.
    public init() {}

    /// What an output file will be.
    public struct Content: Sendable, Equatable {
        /// Its path, as it was given.
        public let path: Path
        /// The SHA-256 of its bytes, in hexadecimal digits.
        public let digest: String
        /// Its size, in bytes.
        public let byteCount: Int
        /// Its number in its file system.
        public let inode: UInt64
    }

    /// Adds an output.
    ///
    /// - Parameters:
    ///   - path: A file to make, or an existing pipe or device.
    ///   - replacing: Which existing file may be replaced.
    /// - Returns: A sink.
    /// - Throws: ``/FormatKit/ImageError``.
    public func sink(
        at path: Path, replacing: FileSink.Replacing
    ) throws(ImageError) -> any ImageSink {
        add(
            try blaming(path) { () throws(ImageError) in
                try Files.sink(at: path, replacing: replacing)
            }, path)
    }

    /// Adds standard output.
    public func standardOutput() -> any ImageSink { add(StreamSink.standardOutput(), nil) }

    /// What the files will be, once all are written; pipes and devices have no content to keep.
    ///
    /// - Throws: ``/FormatKit/ImageError`` if a file cannot be read back, or somebody cancels.
    public func contents(isCancelled: () -> Bool) throws(ImageError) -> [Content] {
        var contents: [Content] = []
        for case (let path?, let sink as FileSink) in sinks {
            let source = try FileSource(path: sink.temporaryPath)
            contents.append(
                Content(
                    path: path, digest: try SHA256.digest(of: source, isCancelled: isCancelled),
                    byteCount: source.byteCount, inode: source.status.inode))
        }
        return contents
    }

    /// Gives all files their names; pipes and devices, which cannot take bytes back, come last.
    ///
    /// - Throws: ``/FormatKit/ImageError``; then no name has changed.
    public func commit() throws(ImageError) {
        defer { discard() }
        var named: [FileSink] = []
        do throws(ImageError) {
            for case (let path?, let sink as FileSink) in sinks {
                try blaming(path) { () throws(ImageError) in
                    try sink.publish(isUndoable: sinks.count > 1)
                }
                named.append(sink)
            }
            for (path, sink) in sinks where !(sink is FileSink) {
                try blaming(path) { () throws(ImageError) in try sink.commit() }
            }
        } catch {
            for sink in named.reversed() { sink.undo() }
            throw error
        }
    }

    /// Forgets all bytes.
    public func discard() {
        for (_, sink) in sinks { sink.discard() }
        sinks = []
    }

    private func add(_ sink: any ImageSink, _ path: Path?) -> any ImageSink {
        sinks.append((path, sink))
        return MemberSink(sink)
    }

    private func blaming<Result>(
        _ path: Path?, _ body: () throws(ImageError) -> Result
    ) throws(ImageError) -> Result {
        do throws(ImageError) {
            return try body()
        } catch {
            failedPath = path
            throw error
        }
    }
}

/// One of several sinks, whose bytes become visible together with those of the others.
private final class MemberSink: ImageSink {
    private let sink: any ImageSink

    init(_ sink: any ImageSink) {
        self.sink = sink
    }

    var byteCount: Int { sink.byteCount }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(ImageError) {
        try unsafe sink.write(bytes, at: offset)
    }

    func read(
        at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ImageError) -> Int {
        try unsafe sink.read(at: offset, into: buffer)
    }

    func commit() throws(ImageError) { try (sink as? FileSink)?.synchronize() }

    func discard() { sink.discard() }
}

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif
public import FormatKit

/// A file that appears complete or not at all.
///
/// Bytes go to a temporary file in the same folder; committing gives it its name. Until then,
/// and after any failure, what had that name before is untouched.
public final class FileSink: ImageSink {
    /// The file that will appear.
    public let path: Path
    private let temporaryPath: Path
    private let isReplacing: Bool
    /// The open temporary file, or -1 once it is committed or discarded.
    private var descriptor: Int32

    /// The number of bytes from the start to the last one written.
    public private(set) var byteCount = 0

    /// Starts a file.
    ///
    /// Where an existing file may be replaced, a symbolic link to it stays a link and its
    /// permissions stay as they are.
    ///
    /// - Parameters:
    ///   - path: The file to make.
    ///   - isReplacing: Whether an existing file may be replaced.
    /// - Throws: ``/FormatKit/ImageError/outputExists``, or
    ///   ``/FormatKit/ImageError/io(_:code:reason:)`` if the folder is missing or refuses.
    public init(path: Path, isReplacing: Bool) throws(ImageError) {
        let existing = try FileStatus.ofFile(at: path)
        if let existing {
            guard existing.kind == .regular else {
                throw .system("write \(path)", code: existing.kind == .directory ? EISDIR : EINVAL)
            }
            guard isReplacing else { throw .outputExists }
        }
        let isDangling = existing == nil && FileStatus.isLink(at: path)
        if isDangling, !isReplacing { throw .outputExists }
        self.path =
            isDangling
            ? Self.target(ofLink: path) : existing == nil ? path : Self.resolvingLinks(path)
        self.isReplacing = isReplacing
        (descriptor, temporaryPath) = try TemporaryFiles.create(for: self.path)
        if let existing { fchmod(descriptor, mode_t(existing.permissions)) }
    }

    deinit {
        discard()
    }

    /// Writes bytes at `offset`, which may lie before, at or after the end.
    ///
    /// - Throws: ``/FormatKit/ImageError/io(_:code:reason:)``.
    public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(ImageError) {
        precondition(offset >= 0)
        var count = 0
        while count < bytes.count {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[count...])
            let written = retrying {
                unsafe pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + count))
            }
            guard written > 0 else {
                throw .system("write \(path)", code: written == 0 ? ENOSPC : errno)
            }
            count += written
        }
        byteCount = max(byteCount, offset + count)
    }

    /// Reads back bytes already written.
    ///
    /// - Returns: The number of bytes read; fewer than asked for at the end.
    /// - Throws: ``/FormatKit/ImageError/io(_:code:reason:)``.
    public func read(
        at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ImageError) -> Int {
        try unsafe readFully(descriptor, at: offset, into: buffer, "read back \(path)")
    }

    /// Gives the file its name, all of it at once.
    ///
    /// - Throws: ``/FormatKit/ImageError/outputExists`` if a file has appeared under that name
    ///   that may not be replaced, or ``/FormatKit/ImageError/io(_:code:reason:)``.
    public func commit() throws(ImageError) {
        precondition(descriptor >= 0, "a sink is committed once")
        defer { discard() }
        // The bytes must be safe before the name points to them.
        let code = retrying { fsync(descriptor) } == 0 ? 0 : errno
        // Some file systems have nothing to synchronize, and say so.
        guard [0, EINVAL, ENOTSUP].contains(code) else {
            throw .system("write \(path)", code: code)
        }
        try isReplacing ? rename() : link()
    }

    /// Removes the temporary file; nothing after the first commit or discard.
    public func discard() {
        guard descriptor >= 0 else { return }
        TemporaryFiles.remove(temporaryPath)
        close(descriptor)
        descriptor = -1
    }

    private func rename() throws(ImageError) {
        let result = unsafe temporaryPath.withCString { from in
            unsafe path.withCString { unsafe moveFile(from, $0) }
        }
        guard result == 0 else { throw .system("write \(path)") }
    }

    /// Names the file without ever replacing another one; `discard` removes the first name.
    private func link() throws(ImageError) {
        let code = unsafe temporaryPath.withCString { from in
            unsafe path.withCString { unsafe linkFile(from, $0) == 0 ? 0 : errno }
        }
        switch code {
        case 0: return
        case EEXIST: throw .outputExists
        case ENOENT, ENOSPC, EDQUOT, EROFS, EIO: throw .system("write \(path)", code: code)
        default:
            // A file system without hard links: look once more, then rename.
            guard try FileStatus.ofFile(at: path) == nil else { throw .outputExists }
            try rename()
        }
    }

    /// Where a link leads that leads to no file yet.
    private static func target(ofLink path: Path) -> Path {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = unsafe path.withCString { unsafe readlink($0, &buffer, buffer.count) }
        guard count > 0 else { return path }
        let target = Path(bytes: buffer.prefix(count).map { UInt8(bitPattern: $0) })
        return target.bytes.first == Path.slash ? target : path.directory.appending(target)
    }

    private static func resolvingLinks(_ path: Path) -> Path {
        guard let resolved = unsafe path.withCString({ unsafe realpath($0, nil) }) else {
            return path
        }
        defer { unsafe free(resolved) }
        return Path(bytes: unsafe String(cString: resolved).utf8)
    }
}

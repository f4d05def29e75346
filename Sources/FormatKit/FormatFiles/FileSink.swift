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
///
/// ```swift
/// let sink = try FileSink(path: output, isReplacing: true)
/// try sink.append(bytes)
/// try sink.commit()  // Now the file has its name, and another that had it is gone.
/// ```
public final class FileSink: ImageSink {
    /// The file that will appear.
    public let path: Path
    let temporaryPath: Path
    private let replacing: Replacing
    /// The open temporary file, or -1 once it is committed or discarded.
    private var descriptor: Int32
    /// How to take back the name that was given last.
    private var undoing = Undoing.nothing

    /// What may be replaced.
    public enum Replacing: Sendable, Equatable {
        /// No file.
        case nothing
        /// Whatever file has the name.
        case anything
        /// The file that this was the status of, unchanged.
        case only(FileStatus)
    }

    private enum Undoing {
        case nothing
        /// There was no file before.
        case removing
        /// The file that was there before has this second name.
        case restoring(Path)
    }

    /// The number of bytes from the start to the last one written.
    public private(set) var byteCount = 0

    /// Starts a file.
    ///
    /// Where an existing file may be replaced, a symbolic link to it stays a link and its
    /// permissions stay as they are.
    ///
    /// - Parameters:
    ///   - path: The file to make.
    ///   - replacing: Which existing file may be replaced.
    /// - Throws: ``/FormatKit/ImageError/outputExists``, or
    ///   ``/FormatKit/ImageError/io(_:code:reason:)`` if the folder is missing or refuses.
    public init(path: Path, replacing: Replacing) throws(ImageError) {
        let existing = try FileStatus.ofFile(at: path)
        if let existing {
            guard existing.kind == .regular else {
                throw .system("write \(path)", code: existing.kind == .directory ? EISDIR : EINVAL)
            }
            guard replacing.allows(existing) else { throw .outputExists }
        }
        if existing == nil, FileStatus.isLink(at: path), replacing == .nothing {
            throw .outputExists
        }
        self.path = path.resolvingLinks
        self.replacing = replacing
        (descriptor, temporaryPath) = try TemporaryFiles.create(for: self.path)
        if let existing { fchmod(descriptor, mode_t(existing.permissions)) }
    }

    /// Starts a file that replaces any other, or none.
    ///
    /// - Throws: ``/FormatKit/ImageError`` as ``init(path:replacing:)`` does.
    public convenience init(path: Path, isReplacing: Bool) throws(ImageError) {
        try self.init(path: path, replacing: isReplacing ? .anything : .nothing)
    }

    deinit {
        discard()
    }

    /// Writes bytes at `offset`, which may lie before, at or after the end.
    ///
    /// - Throws: ``/FormatKit/ImageError/io(_:code:reason:)``.
    public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(ImageError) {
        precondition(offset >= 0)
        try unsafe writeFully(descriptor, bytes, at: offset, "write \(path)")
        byteCount = max(byteCount, offset + bytes.count)
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
        try synchronize()
        try publish(isUndoable: false)
    }

    /// Waits until the bytes are safe: they must be before the name points to them.
    func synchronize() throws(ImageError) {
        let code = retrying { fsync(descriptor) } == 0 ? 0 : errno
        // Some file systems have nothing to synchronize, and say so.
        guard [0, EINVAL, ENOTSUP].contains(code) else {
            throw .system("write \(path)", code: code)
        }
    }

    /// Gives the file its name.
    ///
    /// - Parameter isUndoable: Whether ``undo()`` can restore the file that it replaces.
    /// - Throws: ``/FormatKit/ImageError`` as ``commit()`` does.
    func publish(isUndoable: Bool) throws(ImageError) {
        switch replacing {
        case .nothing: try link()
        case .anything:
            if isUndoable { keepOldFile() }
            try rename()
        case .only(let expected):
            // Looked at again: somebody may have put another file there meanwhile.
            guard let status = try FileStatus.ofFile(at: path) else {
                try link()
                break
            }
            guard status == expected else { throw .outputExists }
            if isUndoable { keepOldFile() }
            try rename()
        }
        Directory.synchronize(path.directory)
    }

    /// Takes the name back: what was there before is there again.
    func undo() {
        switch undoing {
        case .nothing: return
        case .removing:
            // Not what somebody else has put there since.
            let ours = try? FileStatus.ofDescriptor(descriptor).identity
            guard ours != nil, (try? FileStatus.ofFile(at: path))?.identity == ours else { return }
            TemporaryFiles.remove(path)
        case .restoring(let kept):
            _ = unsafe kept.withCString { from in
                unsafe path.withCString { unsafe moveFile(from, $0) }
            }
            TemporaryFiles.forget(kept)
        }
        undoing = .nothing
    }

    /// Removes the temporary file; nothing after the first commit or discard.
    public func discard() {
        guard descriptor >= 0 else { return }
        if case .restoring(let kept) = undoing { TemporaryFiles.remove(kept) }
        undoing = .nothing
        TemporaryFiles.remove(temporaryPath)
        close(descriptor)
        descriptor = -1
    }

    /// Gives the file that will be replaced a second name; without one it cannot be restored.
    private func keepOldFile() {
        let kept = TemporaryFiles.reserveName(for: path)
        let code = unsafe path.withCString { from in
            unsafe kept.withCString { unsafe linkFile(from, $0) == 0 ? 0 : errno }
        }
        if code == 0 {
            undoing = .restoring(kept)
        } else {
            TemporaryFiles.forget(kept)
            undoing = code == ENOENT ? .removing : .nothing
        }
    }

    private func rename() throws(ImageError) {
        let result = unsafe temporaryPath.withCString { from in
            unsafe path.withCString { unsafe moveFile(from, $0) }
        }
        guard result == 0 else {
            let error = ImageError.system("write \(path)")
            if case .restoring(let kept) = undoing { TemporaryFiles.remove(kept) }
            undoing = .nothing
            throw error
        }
    }

    /// Names the file without ever replacing another one; `discard` removes the first name.
    private func link() throws(ImageError) {
        let code = unsafe temporaryPath.withCString { from in
            unsafe path.withCString { unsafe linkFile(from, $0) == 0 ? 0 : errno }
        }
        switch code {
        case 0: break
        case EEXIST: throw .outputExists
        case ENOENT, ENOSPC, EDQUOT, EROFS, EIO: throw .system("write \(path)", code: code)
        default:
            // A file system without hard links: look once more, then rename.
            guard try FileStatus.ofFile(at: path) == nil else { throw .outputExists }
            try rename()
        }
        undoing = .removing
    }
}

extension FileSink.Replacing {
    /// Whether a file with this status may be replaced.
    func allows(_ status: FileStatus) -> Bool {
        switch self {
        case .nothing: false
        case .anything: true
        case .only(let expected): status == expected
        }
    }
}

extension Path {
    /// The file that writing to this name makes or replaces: links are followed, also one that leads
    /// to no file yet.
    public var resolvingLinks: Path {
        if let resolved = unsafe withCString({ unsafe realpath($0, nil) }) {
            defer { unsafe free(resolved) }
            // Not through a string: a name need not be UTF-8.
            return unsafe Path(
                bytes: UnsafeRawBufferPointer(start: resolved, count: strlen(resolved)))
        }
        return FileStatus.isLink(at: self) ? linkTarget : self
    }

    /// Where a link leads.
    private var linkTarget: Path {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = unsafe withCString { unsafe readlink($0, &buffer, buffer.count) }
        guard count > 0 else { return self }
        let target = Path(bytes: buffer.prefix(count).map { UInt8(bitPattern: $0) })
        return target.bytes.first == Path.slash ? target : directory.appending(target)
    }
}

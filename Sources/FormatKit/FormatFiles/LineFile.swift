#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif
public import FormatKit
internal import Synchronization

/// A file to which whole lines are added at the end, by several threads.
///
/// A line reaches the system in one piece, so that a run that is killed leaves at most the last
/// line incomplete.
public final class LineFile: Sendable {
    /// The file.
    public let path: Path
    private let descriptor: Int32
    /// Whether the last line, perhaps of another run, is complete.
    private let isAtStartOfLine: Mutex<Bool>

    /// Opens a file, or makes it.
    ///
    /// - Throws: ``/FormatKit/ImageError/io(_:code:reason:)``.
    public init(appendingTo path: Path) throws(ImageError) {
        let descriptor = retrying {
            unsafe path.withCString {
                unsafe open($0, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
            }
        }
        guard descriptor >= 0 else { throw .system("open") }
        self.path = path
        self.descriptor = descriptor
        var last: UInt8 = 0
        let size = (try? FileStatus.ofDescriptor(descriptor).byteCount) ?? 0
        // A new file is found after a power cut, too.
        if size == 0 { Directory.synchronize(path.directory) }
        let count = size > 0 ? unsafe pread(descriptor, &last, 1, off_t(size - 1)) : 0
        isAtStartOfLine = Mutex(count != 1 || last == UInt8(ascii: "\n"))
    }

    deinit {
        close(descriptor)
    }

    /// Takes the file for this process alone, until it ends or gives it back.
    ///
    /// - Returns: Whether no other process has it.
    public func lock() -> Bool {
        // A file system without locks is no reason not to work.
        flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
    }

    /// Whether another process, or another opening in this one, has taken a file for itself.
    ///
    /// - Throws: ``/FormatKit/ImageError/io(_:code:reason:)`` if the file cannot be opened; one that is
    ///   not there is not taken.
    public static func isLocked(at path: Path) throws(ImageError) -> Bool {
        let descriptor = retrying {
            unsafe path.withCString { unsafe open($0, O_RDONLY | O_CLOEXEC) }
        }
        guard descriptor >= 0 else {
            if errno == ENOENT { return false }
            throw .system("open \(path)")
        }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    /// Gives the file back to others.
    public func unlock() {
        flock(descriptor, LOCK_UN)
    }

    /// Adds lines.
    ///
    /// - Throws: ``/FormatKit/ImageError/io(_:code:reason:)``.
    public func append(_ lines: [String]) throws(ImageError) {
        guard !lines.isEmpty else { return }
        let code = isAtStartOfLine.withLock { isAtStart -> Int32 in
            let text = (isAtStart ? "" : "\n") + lines.map { $0 + "\n" }.joined()
            let code = write(Array(text.utf8))
            isAtStart = code == 0
            return code
        }
        if code != 0 { throw .system("write \(path)", code: code) }
    }

    /// Waits until what was added is safe.
    ///
    /// - Throws: ``/FormatKit/ImageError/io(_:code:reason:)``.
    public func synchronize() throws(ImageError) {
        // A pipe or a terminal has nothing to wait for.
        if retrying({ fsync(descriptor) }) != 0, errno != EINVAL { throw .system("write \(path)") }
    }

    private func write(_ bytes: [UInt8]) -> Int32 {
        unsafe bytes.withUnsafeBytes { buffer in
            var rest = unsafe buffer[...]
            while unsafe !rest.isEmpty {
                let written = retrying {
                    unsafe writeBytes(descriptor, UnsafeRawBufferPointer(rebasing: rest))
                }
                if written <= 0 { return written == 0 ? ENOSPC : errno }
                unsafe rest = rest.dropFirst(written)
            }
            return 0
        }
    }
}

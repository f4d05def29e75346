#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif
public import FormatKit

/// A regular file, read in place.
public final class FileSource: ImageSource {
    private let descriptor: Int32

    /// The number of bytes when the file was opened.
    public var byteCount: Int { status.byteCount }
    /// The file when it was opened.
    public let status: FileStatus

    /// Opens a file.
    ///
    /// - Throws: ``/FormatKit/ImageError/io(_:code:reason:)`` if there is none, it may not be
    ///   read, or it is a folder or a stream.
    public init(path: Path) throws(ImageError) {
        // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
        let descriptor = retrying {
            unsafe path.withCString { unsafe open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        }
        guard descriptor >= 0 else { throw .system("open") }
        do throws(ImageError) {
            let status = try FileStatus.ofDescriptor(descriptor)
            switch status.kind {
            case .regular: break
            case .directory: throw .system("read", code: EISDIR)
            case .stream: throw .system("read", code: ESPIPE)
            }
            self.status = status
            self.descriptor = descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit {
        close(descriptor)
    }

    /// The file as it is now.
    ///
    /// - Throws: ``/FormatKit/ImageError/io(_:code:reason:)``.
    public func currentStatus() throws(ImageError) -> FileStatus {
        try FileStatus.ofDescriptor(descriptor)
    }

    /// Reads bytes from `offset` on.
    ///
    /// - Returns: The number of bytes read: as many as `buffer` holds, or fewer at the end.
    /// - Throws: ``/FormatKit/ImageError/io(_:code:reason:)``.
    public func read(
        at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ImageError) -> Int {
        try unsafe readFully(descriptor, at: offset, into: buffer, "read")
    }
}

/// Reads until `buffer` is full or the file ends.
func readFully(
    _ descriptor: Int32, at offset: Int, into buffer: UnsafeMutableRawBufferPointer,
    _ operation: @autoclosure () -> String
) throws(ImageError) -> Int {
    guard offset >= 0 else { return 0 }
    var count = 0
    while count < buffer.count {
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
        let read = retrying {
            unsafe pread(descriptor, rest.baseAddress, rest.count, off_t(offset + count))
        }
        guard read >= 0 else { throw .system(operation()) }
        if read == 0 { break }
        count += read
    }
    return count
}

/// Writes all of `bytes`.
func writeFully(
    _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int,
    _ operation: @autoclosure () -> String
) throws(ImageError) {
    var count = 0
    while count < bytes.count {
        let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[count...])
        let written = retrying {
            unsafe pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + count))
        }
        guard written > 0 else {
            throw .system(operation(), code: written == 0 ? ENOSPC : errno)
        }
        count += written
    }
}

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif
public import FormatKit

/// A file without a name, for what does not fit into memory; it goes away with the process.
public final class ScratchFile: ImageSource {
    private let descriptor: Int32

    /// The number of bytes.
    public private(set) var byteCount = 0

    /// Makes an empty file in the folder that `TMPDIR` names, or in `/tmp`.
    ///
    /// - Throws: ``/FormatKit/ImageError/io(_:code:reason:)``.
    public init() throws(ImageError) {
        let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        var template = Array("\(folder)/convert-XXXXXX".utf8CString)
        let descriptor = unsafe template.withUnsafeMutableBufferPointer { name -> Int32 in
            guard let base = name.baseAddress else { preconditionFailure("never empty") }
            let descriptor = unsafe mkstemp(base)
            if descriptor >= 0 { unsafe unlink(base) }
            return descriptor
        }
        guard descriptor >= 0 else { throw .system("create a file in \(folder)") }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Adds bytes at the end.
    ///
    /// - Throws: ``/FormatKit/ImageError/io(_:code:reason:)``.
    public func append(_ bytes: [UInt8]) throws(ImageError) {
        try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(ImageError) in
            try unsafe writeFully(
                descriptor, UnsafeRawBufferPointer(buffer), at: byteCount,
                "write a temporary file")
        }
        byteCount += bytes.count
    }

    /// Reads bytes from `offset` on.
    ///
    /// - Returns: The number of bytes read: as many as `buffer` holds, or fewer at the end.
    /// - Throws: ``/FormatKit/ImageError/io(_:code:reason:)``.
    public func read(
        at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ImageError) -> Int {
        try unsafe readFully(descriptor, at: offset, into: buffer, "read a temporary file")
    }
}

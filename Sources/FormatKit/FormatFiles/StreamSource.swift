#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif
public import FormatKit

/// Collects what comes through a pipe, a terminal or a device.
public enum StreamSource {
    /// Reads standard input to its end.
    ///
    /// - Parameters:
    ///   - limit: The most bytes to accept.
    ///   - formats: Those of which the stream has to be, if they matter: what does not begin as one is
    ///     refused at once.
    ///   - isCancelled: Asked while nothing comes.
    /// - Returns: The bytes as a source.
    /// - Throws: ``/FormatKit/ImageError`` if reading fails, the bytes are of no format, more comes
    ///   than `limit` allows, or the caller wants to stop.
    public static func standardInput(
        limit: Int, formats: FormatRegistry? = nil, isCancelled: () -> Bool = { false }
    ) throws(ImageError) -> MemorySource {
        try collect(STDIN_FILENO, limit: limit, formats: formats, isCancelled: isCancelled)
    }

    /// Reads a pipe or device that has a name.
    ///
    /// - Parameters:
    ///   - path: Its name.
    ///   - limit: The most bytes to accept.
    ///   - formats: Those of which the stream has to be, if they matter.
    ///   - isCancelled: Asked while nothing comes.
    /// - Returns: The bytes as a source.
    /// - Throws: ``/FormatKit/ImageError`` as ``standardInput(limit:formats:isCancelled:)``.
    public static func named(
        _ path: Path, limit: Int, formats: FormatRegistry? = nil,
        isCancelled: () -> Bool = { false }
    ) throws(ImageError) -> MemorySource {
        let descriptor = retrying {
            unsafe path.withCString { unsafe open($0, O_RDONLY | O_CLOEXEC) }
        }
        guard descriptor >= 0 else { throw .system("open") }
        defer { close(descriptor) }
        return try collect(descriptor, limit: limit, formats: formats, isCancelled: isCancelled)
    }

    private static let chunkByteCount = 1 << 18

    private static func collect(
        _ descriptor: Int32, limit: Int, formats: FormatRegistry?, isCancelled: () -> Bool
    ) throws(ImageError) -> MemorySource {
        var bytes: [UInt8] = []
        // The end of a stream may never come, as that of /dev/zero.
        var unrecognized = formats
        // Small files of the system are read when all else has been allocated.
        let chunkByteCount = min(Self.chunkByteCount, max(1 << 12, limit / 16))
        try AvailableMemory.check(chunkByteCount)
        var chunk = [UInt8](repeating: 0, count: chunkByteCount)
        while true {
            try wait(for: descriptor, isCancelled: isCancelled)
            let count = retrying {
                unsafe chunk.withUnsafeMutableBytes {
                    unsafe read(descriptor, $0.baseAddress, $0.count)
                }
            }
            guard count >= 0 else { throw .system("read") }
            if count == 0 { return MemorySource(bytes) }
            guard count <= limit - bytes.count else {
                throw .limitExceeded(.memory, requested: bytes.count + count, allowed: limit)
            }
            // Arrays grow by doubling.
            if bytes.count + count > bytes.capacity {
                try AvailableMemory.check(2 * (bytes.count + count))
            }
            bytes += chunk[..<count]
            if let formats = unrecognized, bytes.count >= formats.startByteCount {
                try formats.recognized(Array(bytes.prefix(formats.startByteCount)))
                unrecognized = nil
            }
        }
    }

    /// Waits until there is something to read, and asks now and then whether to go on.
    private static func wait(
        for descriptor: Int32, isCancelled: () -> Bool
    ) throws(ImageError) {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while !isCancelled() {
            // An error shows again, with its reason, when the caller reads.
            if unsafe poll(&request, 1, 100) != 0 { return }
        }
        throw .cancelled
    }
}

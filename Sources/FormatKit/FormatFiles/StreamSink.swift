#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif
public import FormatKit

/// Standard output, a pipe or a device: bytes are collected and leave in order at the end.
///
/// A reader that has gone away is an error, provided that the program ignores `SIGPIPE`.
public final class StreamSink: ImageSink {
    private enum Destination {
        case descriptor(Int32)
        case named(Path)
    }

    private let destination: Destination
    private let memory = MemorySink()

    /// The number of bytes collected so far.
    public private(set) var byteCount = 0

    private init(_ destination: Destination) {
        self.destination = destination
    }

    /// A sink that writes to standard output.
    public static func standardOutput() -> StreamSink {
        StreamSink(.descriptor(STDOUT_FILENO))
    }

    /// A sink that writes to an existing pipe or device.
    public static func named(_ path: Path) -> StreamSink {
        StreamSink(.named(path))
    }

    /// Keeps bytes for later.
    ///
    /// - Throws: ``/FormatKit/ImageError/outOfMemory``.
    public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(ImageError) {
        let end = offset + bytes.count
        // Arrays grow by doubling.
        if end > memory.bytes.capacity { try AvailableMemory.check(2 * end) }
        unsafe memory.write(bytes, at: offset)
        byteCount = memory.byteCount
    }

    /// Reads back bytes already written.
    public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        unsafe memory.read(at: offset, into: buffer)
    }

    /// Writes all bytes.
    ///
    /// - Throws: ``/FormatKit/ImageError/io(_:code:reason:)``.
    public func commit() throws(ImageError) {
        switch destination {
        case .descriptor(let descriptor):
            try emit(to: descriptor, name: "standard output")
        case .named(let path):
            let descriptor = retrying {
                unsafe path.withCString { unsafe open($0, O_WRONLY | O_CLOEXEC) }
            }
            guard descriptor >= 0 else { throw .system("open \(path)") }
            defer { close(descriptor) }
            try emit(to: descriptor, name: path.description)
        }
    }

    /// Forgets the bytes.
    public func discard() {
        memory.discard()
    }

    private func emit(to descriptor: Int32, name: String) throws(ImageError) {
        try unsafe memory.bytes.withUnsafeBufferPointer { (buffer) throws(ImageError) in
            var rest = unsafe UnsafeRawBufferPointer(buffer)[...]
            while unsafe !rest.isEmpty {
                let chunk = unsafe UnsafeRawBufferPointer(rebasing: rest)
                let written = retrying { unsafe writeBytes(descriptor, chunk) }
                guard written >= 0 else { throw .system("write \(name)") }
                unsafe rest = unsafe rest.dropFirst(written)
            }
        }
    }
}

/// Where encoded bytes go.
///
/// Nothing is visible to others before ``commit()``; after ``discard()`` nothing ever is.
public protocol ImageSink: AnyObject {
    /// The number of bytes from the start to the last one written.
    var byteCount: Int { get }

    /// Writes bytes at `offset`, which may lie before, at or after the end.
    ///
    /// - Throws: ``ImageError/io(_:code:reason:)``.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(ImageError)

    /// Reads back bytes already written, which some codecs need.
    ///
    /// - Returns: The number of bytes read; fewer than asked for at the end.
    /// - Throws: ``ImageError/io(_:code:reason:)``.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(ImageError) -> Int

    /// Makes the bytes visible, all at once.
    ///
    /// - Throws: ``ImageError/io(_:code:reason:)``; then nothing is visible.
    func commit() throws(ImageError)

    /// Forgets the bytes.
    func discard()
}

extension ImageSink {
    /// Writes bytes at the end.
    ///
    /// - Throws: ``ImageError/io(_:code:reason:)``.
    public func append(_ bytes: [UInt8]) throws(ImageError) {
        let end = byteCount
        try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(ImageError) in
            try unsafe write(UnsafeRawBufferPointer(buffer), at: end)
        }
    }
}

/// A sink that collects bytes in memory.
public final class MemorySink: ImageSink {
    /// The bytes written so far.
    public private(set) var bytes: [UInt8] = []

    /// Creates an empty sink.
    public init() {}

    /// The number of bytes written so far.
    public var byteCount: Int { bytes.count }

    /// Writes bytes at `offset`; a gap is filled with zeros.
    public func write(_ newBytes: UnsafeRawBufferPointer, at offset: Int) {
        precondition(offset >= 0)
        if offset == bytes.count {
            unsafe bytes.append(contentsOf: newBytes)
            return
        }
        let end = offset + newBytes.count
        if end > bytes.count {
            bytes.append(contentsOf: repeatElement(0, count: end - bytes.count))
        }
        unsafe bytes.replaceSubrange(offset..<end, with: newBytes)
    }

    /// Copies bytes already written.
    public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard offset >= 0, offset < bytes.count else { return 0 }
        let count = min(buffer.count, bytes.count - offset)
        unsafe buffer.copyBytes(from: bytes[offset..<offset + count])
        return count
    }

    /// Does nothing: the bytes are there.
    public func commit() {}

    /// Forgets the bytes.
    public func discard() { bytes = [] }
}

/// Bytes to decode, readable at any place.
///
/// What comes through a pipe is collected first, so that every format reads the same way.
public protocol ImageSource: AnyObject {
    /// The number of bytes.
    var byteCount: Int { get }

    /// Reads bytes from `offset` on.
    ///
    /// - Returns: The number of bytes read: as many as `buffer` holds, or fewer at the end.
    /// - Throws: ``ImageError/io(_:code:reason:)``.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(ImageError) -> Int
}

extension ImageSource {
    /// Reads up to `count` bytes from `offset` on; fewer at the end.
    ///
    /// - Throws: ``ImageError/io(_:code:reason:)``.
    public func bytes(at offset: Int, count: Int) throws(ImageError) -> [UInt8] {
        let available = max(0, min(count, byteCount - offset))
        var bytes = [UInt8](repeating: 0, count: available)
        let readCount = try unsafe bytes.withUnsafeMutableBufferPointer {
            (buffer) throws(ImageError) -> Int in
            try unsafe read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
        }
        bytes.removeLast(available - readCount)
        return bytes
    }
}

/// A source of bytes in memory.
///
/// ```swift
/// let registry = try BuiltInFormats.makeRegistry()
/// let source = MemorySource(bytes)
/// let (_, reader) = try registry.makeReader(source: source, context: CodecContext())
/// let image = try Image(reading: reader)
/// ```
public final class MemorySource: ImageSource {
    private let bytes: [UInt8]

    /// Creates a source.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The number of bytes.
    public var byteCount: Int { bytes.count }

    /// Copies bytes from `offset` on.
    public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard offset >= 0, offset < bytes.count else { return 0 }
        let count = min(buffer.count, bytes.count - offset)
        unsafe buffer.copyBytes(from: bytes[offset..<offset + count])
        return count
    }
}

/// A source for a C library, which reads it through callbacks, through which no error gets.
///
/// The callbacks' context is the address of this object, which whoever owns the library's handle
/// keeps alive.
package final class CallbackSource {
    private let source: any ImageSource
    private let context: CodecContext
    /// Why a read failed.
    package private(set) var failure: ImageError?

    /// Creates a source.
    ///
    /// - Parameters:
    ///   - source: The file.
    ///   - context: Who is asked whether to go on.
    package init(_ source: any ImageSource, context: CodecContext) {
        self.source = source
        self.context = context
    }

    /// The size of the file, in bytes.
    package var byteCount: Int { source.byteCount }

    /// The context of the callbacks.
    package var address: UnsafeMutableRawPointer {
        unsafe Unmanaged.passUnretained(self).toOpaque()
    }

    /// The object at an ``address``.
    private static func at(_ address: UnsafeMutableRawPointer) -> CallbackSource {
        unsafe Unmanaged<CallbackSource>.fromOpaque(address).takeUnretainedValue()
    }

    /// Reads for a callback.
    ///
    /// - Returns: The number of bytes read, fewer than `count` only at the end; -1 where it failed.
    package static func read(
        _ address: UnsafeMutableRawPointer?, at offset: some BinaryInteger,
        into start: UnsafeMutableRawPointer?, count: Int
    ) -> Int {
        guard let address = unsafe address, let start = unsafe start, count >= 0 else { return -1 }
        let input = unsafe at(address)
        // Far behind the end there is nothing to read.
        guard let offset = Int(exactly: offset), (0..<input.byteCount).contains(offset) else {
            return 0
        }
        do throws(ImageError) {
            return try unsafe input.source.read(
                at: offset, into: UnsafeMutableRawBufferPointer(start: start, count: count))
        } catch {
            input.failure = error
            return -1
        }
    }

    /// The size of the file, for a callback.
    package static func byteCount(_ address: UnsafeMutableRawPointer?) -> Int {
        guard let address = unsafe address else { return 0 }
        return unsafe at(address).byteCount
    }

    /// Whether the work is to end, for a callback.
    package static func isCancelled(_ address: UnsafeMutableRawPointer?) -> Bool {
        guard let address = unsafe address else { return false }
        return unsafe at(address).context.isCancelled()
    }
}

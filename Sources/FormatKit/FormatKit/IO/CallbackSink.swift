/// A sink for a C library, which writes to it through callbacks, through which no error gets.
///
/// What is in the sink already stays: the library's bytes go behind it. The callbacks' context is the
/// address of this object, which whoever owns the library's handle keeps alive.
package final class CallbackSink {
    private let sink: any ImageSink
    private let start: Int
    /// Why a write failed.
    package private(set) var failure: ImageError?

    /// Creates a sink that passes bytes on to another.
    package init(_ sink: any ImageSink) {
        self.sink = sink
        start = sink.byteCount
    }

    /// The context of the callbacks.
    package var address: UnsafeMutableRawPointer {
        unsafe Unmanaged.passUnretained(self).toOpaque()
    }

    /// The object at an ``address``.
    private static func at(_ address: UnsafeMutableRawPointer) -> CallbackSink {
        unsafe Unmanaged<CallbackSink>.fromOpaque(address).takeUnretainedValue()
    }

    /// Writes for a callback, at an offset of what the library writes, or at the end.
    ///
    /// - Returns: 0, or -1 where it failed.
    package static func write(
        _ address: UnsafeMutableRawPointer?, _ bytes: UnsafePointer<UInt8>?, count: Int,
        at offset: Int? = nil
    ) -> Int32 {
        guard let address = unsafe address, let bytes = unsafe bytes else { return -1 }
        let output = unsafe at(address)
        do throws(ImageError) {
            try unsafe output.sink.write(
                UnsafeRawBufferPointer(start: bytes, count: count),
                at: offset.map { output.start + $0 } ?? output.sink.byteCount)
            return 0
        } catch {
            output.failure = error
            return -1
        }
    }

    /// Reads for a callback, at an offset of what the library has written.
    ///
    /// - Returns: The number of bytes read, fewer than `count` only at the end; -1 where it failed.
    package static func read(
        _ address: UnsafeMutableRawPointer?, at offset: Int,
        into start: UnsafeMutableRawPointer?, count: Int
    ) -> Int {
        guard let address = unsafe address, let start = unsafe start, count >= 0 else { return -1 }
        let output = unsafe at(address)
        do throws(ImageError) {
            return try unsafe output.sink.read(
                at: output.start + offset,
                into: UnsafeMutableRawBufferPointer(start: start, count: count))
        } catch {
            output.failure = error
            return -1
        }
    }

    /// How many bytes the library has written, for a callback.
    package static func byteCount(_ address: UnsafeMutableRawPointer?) -> Int {
        guard let address = unsafe address else { return 0 }
        let output = unsafe at(address)
        return output.sink.byteCount - output.start
    }
}

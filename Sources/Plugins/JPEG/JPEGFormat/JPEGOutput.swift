internal import CJPEGShim
internal import FormatKit

/// Where libjpeg's bytes go.
final class JPEGOutput {
    private let sink: any ImageSink
    /// Why a write failed.
    private(set) var failure: ImageError?

    init(_ sink: any ImageSink) {
        self.sink = sink
    }

    /// What the shim calls; its context is a ``JPEGOutput``.
    static let write: cjpeg_write = { context, bytes, count in
        guard let context = unsafe context, let bytes = unsafe bytes else { return -1 }
        let output = unsafe Unmanaged<JPEGOutput>.fromOpaque(context).takeUnretainedValue()
        let buffer = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
        do throws(ImageError) {
            try unsafe output.sink.write(buffer, at: output.sink.byteCount)
            return 0
        } catch {
            output.failure = error
            return -1
        }
    }
}

internal import CJP2Shim
internal import FormatKit

/// Where OpenJPEG's bytes go: behind what is in the sink already.
final class JP2Output {
    private let sink: any ImageSink
    private let start: Int
    /// Why a write failed.
    private(set) var failure: ImageError?

    init(_ sink: any ImageSink) {
        self.sink = sink
        start = sink.byteCount
    }

    /// What the shim calls; its context is a ``JP2Output``.
    static let write: cjp2_write = { context, bytes, count, offset in
        guard let context = unsafe context, let bytes = unsafe bytes else { return -1 }
        let output = unsafe Unmanaged<JP2Output>.fromOpaque(context).takeUnretainedValue()
        let buffer = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
        do throws(ImageError) {
            try unsafe output.sink.write(buffer, at: output.start + offset)
            return 0
        } catch {
            output.failure = error
            return -1
        }
    }
}

internal import CPNGShim
internal import FormatKit

/// Takes libpng's bytes, few at a time, and passes them on in larger pieces.
final class PNGOutput {
    private let sink: any ImageSink
    private var buffer: [UInt8] = []
    /// Why a write failed.
    private(set) var failure: ImageError?

    private static let bufferByteCount = 1 << 16

    init(_ sink: any ImageSink) {
        self.sink = sink
    }

    /// What libpng calls; its context is a ``PNGOutput``.
    static let callback: shim_append = { context, bytes, count in
        guard let context = unsafe context, let bytes = unsafe bytes else { return -1 }
        let output = unsafe Unmanaged<PNGOutput>.fromOpaque(context).takeUnretainedValue()
        do throws(ImageError) {
            try unsafe output.append(UnsafeBufferPointer(start: bytes, count: count))
            return 0
        } catch {
            output.failure = error
            return -1
        }
    }

    private func append(_ bytes: UnsafeBufferPointer<UInt8>) throws(ImageError) {
        unsafe buffer.append(contentsOf: bytes)
        if buffer.count >= Self.bufferByteCount { try flush() }
    }

    /// Passes on what is left.
    func flush() throws(ImageError) {
        try sink.append(buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}

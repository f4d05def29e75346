internal import CJPEGShim
internal import FormatKit

/// The file as libjpeg reads it.
final class JPEGInput {
    private let source: any ImageSource
    private let context: CodecContext
    /// Why a read failed.
    private(set) var failure: ImageError?

    init(_ source: any ImageSource, context: CodecContext) {
        self.source = source
        self.context = context
    }

    /// The size of the file, in bytes.
    var byteCount: Int { source.byteCount }

    /// What the shim calls; its context is a ``JPEGInput``.
    static let read: cjpeg_read = { context, offset, bytes, count in
        guard let context = unsafe context, let bytes = unsafe bytes else { return -1 }
        let input = unsafe Unmanaged<JPEGInput>.fromOpaque(context).takeUnretainedValue()
        guard let offset = Int(exactly: offset), offset < input.byteCount else { return 0 }
        let buffer = unsafe UnsafeMutableRawBufferPointer(start: bytes, count: count)
        do throws(ImageError) {
            return try unsafe input.source.read(at: offset, into: buffer)
        } catch {
            input.failure = error
            return -1
        }
    }

    /// What the shim asks now and then; its context is a ``JPEGInput``.
    static let isCancelled: cjpeg_is_cancelled = { context in
        guard let context = unsafe context else { return 0 }
        let input = unsafe Unmanaged<JPEGInput>.fromOpaque(context).takeUnretainedValue()
        return input.context.isCancelled() ? 1 : 0
    }
}

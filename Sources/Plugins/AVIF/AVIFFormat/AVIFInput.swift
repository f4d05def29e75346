internal import CAVIFShim
internal import FormatKit

/// The file as libavif reads it.
final class AVIFInput {
    private let source: any ImageSource
    /// Why a read failed.
    private(set) var failure: ImageError?

    init(_ source: any ImageSource) {
        self.source = source
    }

    /// The size of the file, in bytes.
    var byteCount: Int { source.byteCount }

    /// What the shim calls; its context is an ``AVIFInput``.
    static let read: cavif_read = { context, offset, bytes, count in
        guard let context = unsafe context, let bytes = unsafe bytes else { return -1 }
        let input = unsafe Unmanaged<AVIFInput>.fromOpaque(context).takeUnretainedValue()
        guard let offset = Int(exactly: offset), offset < input.byteCount else { return 0 }
        let buffer = unsafe UnsafeMutableRawBufferPointer(start: bytes, count: count)
        do throws(ImageError) {
            return try unsafe input.source.read(at: offset, into: buffer)
        } catch {
            input.failure = error
            return -1
        }
    }
}

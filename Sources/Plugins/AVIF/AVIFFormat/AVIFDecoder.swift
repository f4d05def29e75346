internal import CAVIFShim
internal import FormatKit

/// The owner of a libavif decoder.
@safe
final class AVIFDecoder {
    private let input: CallbackSource
    private let handle: OpaquePointer

    /// Creates a decoder.
    ///
    /// - Throws: ``ImageError/outOfMemory``.
    init(input: CallbackSource) throws(ImageError) {
        let read: cavif_read = {
            unsafe CallbackSource.read($0, at: $1, into: $2, count: $3)
        }
        guard let handle = unsafe cavif_reader_create(read, input.address, input.byteCount) else {
            throw .outOfMemory
        }
        self.input = input
        unsafe self.handle = handle
    }

    deinit {
        unsafe cavif_reader_destroy(handle)
    }

    /// Reads all but pixels.
    func readContents(frameLimit: Int, threadCount: Int) throws(ImageError) -> AVIFContents {
        let limits = cavif_limits(
            frame_count: UInt32(clamping: frameLimit), thread_count: Int32(clamping: threadCount))
        var contents = unsafe cavif_contents()
        try check(unsafe cavif_reader_read_contents(handle, limits, &contents))
        return unsafe AVIFContents(contents)
    }

    /// For how long a picture of a sequence is shown.
    func duration(of index: Int) throws(ImageError) -> FrameDuration {
        var (ticks, ticksPerSecond) = (UInt64(0), UInt64(0))
        try check(
            unsafe cavif_reader_read_duration(handle, UInt32(index), &ticks, &ticksPerSecond))
        return FrameDuration(Int(clamping: ticks), max(1, Int(clamping: ticksPerSecond)))
            .normalized
    }

    /// Decodes a picture.
    func decode(_ index: Int) throws(ImageError) {
        try check(unsafe cavif_reader_decode(handle, UInt32(index)))
    }

    /// Copies rows, from `row` on, to all of `buffer`.
    func copyRows(
        from row: Int, count: Int, to buffer: UnsafeMutableRawBufferPointer
    ) throws(ImageError) {
        guard count > 0, let start = buffer.baseAddress else { return }
        try check(
            unsafe cavif_reader_copy_rows(
                handle, UInt32(row), UInt32(count), start.assumingMemoryBound(to: UInt8.self)))
    }

    private func check(_ status: cavif_status) throws(ImageError) {
        let message = unsafe String(cString: cavif_reader_message(handle))
        switch status {
        case .ok: return
        case .malformed: throw .malformed(.avif, message)
        case .truncated: throw .truncated(.avif, message, offset: input.byteCount)
        case .unsupported: throw .unsupported(.avif, message)
        case .callbackFailed: throw input.failure ?? .codecFailure(.avif, message)
        case .outOfMemory: throw .outOfMemory
        case .failed: throw .codecFailure(.avif, message)
        }
    }
}

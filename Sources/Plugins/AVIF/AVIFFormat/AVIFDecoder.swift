internal import CAVIFShim
internal import FormatKit
internal import ShimKit

/// The owner of a libavif decoder.
@safe
final class AVIFDecoder: ShimReporter {
    private let input: CallbackSource
    private let handle: OpaquePointer

    /// Creates a decoder.
    ///
    /// - Throws: ``ImageError/outOfMemory``.
    init(input: CallbackSource) throws(ImageError) {
        guard
            let handle = unsafe cavif_reader_create(
                CallbackSource.shimRead, input.address, input.byteCount)
        else { throw .outOfMemory }
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

    var report: UnsafePointer<shim_report> { unsafe cavif_reader_report(handle) }

    private func check(_ status: shim_status) throws(ImageError) {
        try status.checkReading(
            .avif, message, endingAt: input.byteCount, failure: input.failure)
    }
}

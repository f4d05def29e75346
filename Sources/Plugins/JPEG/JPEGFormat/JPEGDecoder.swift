internal import CJPEGShim
internal import FormatKit
internal import ShimKit

/// The owner of a libjpeg reader.
@safe
final class JPEGDecoder: ShimReporter {
    private let input: CallbackSource
    /// The reader, from which ``JPEGEncoder`` takes coefficients.
    let handle: OpaquePointer

    /// Creates a decoder.
    ///
    /// - Throws: ``ImageError/outOfMemory``.
    init(input: CallbackSource, isSalvaging: Bool = false) throws(ImageError) {
        guard
            let handle = unsafe cjpeg_reader_create(
                CallbackSource.shimRead, CallbackSource.shimIsCancelled, input.address)
        else { throw .outOfMemory }
        self.input = input
        unsafe self.handle = handle
        if isSalvaging { unsafe cjpeg_reader_salvage(handle) }
    }

    deinit {
        unsafe cjpeg_reader_destroy(handle)
    }

    /// Has CMYK without Adobe's marker taken as it is, not inverted.
    func takePlainCMYK() { unsafe cjpeg_reader_take_plain_cmyk(handle) }

    /// Reads up to the first scan.
    func readHeader() throws(ImageError) -> cjpeg_frame {
        var frame = unsafe cjpeg_frame()
        try check(unsafe cjpeg_reader_read_header(handle, &frame))
        return unsafe frame
    }

    /// Has the image delivered with one sample for `factor` by `factor` of its own.
    ///
    /// - Returns: The size, which is rounded up.
    func shrink(by factor: Int) throws(ImageError) -> ImageSize {
        var (width, height) = (UInt32(0), UInt32(0))
        try check(unsafe cjpeg_reader_shrink(handle, UInt32(factor), &width, &height))
        return ImageSize(width: Int(width), height: Int(height))
    }

    /// Reads all scans if there are several.
    func start() throws(ImageError) {
        try check(unsafe cjpeg_reader_start(handle))
    }

    /// Reads the next rows into all of `buffer`.
    func readRows(
        into buffer: UnsafeMutableRawBufferPointer, bytesPerRow: Int
    ) throws(ImageError) {
        precondition(buffer.count % bytesPerRow == 0)
        guard let start = buffer.baseAddress else { return }
        try check(
            unsafe cjpeg_reader_read_rows(
                handle, start.assumingMemoryBound(to: UInt8.self), bytesPerRow,
                UInt32(buffer.count / bytesPerRow)))
    }

    /// Reads all coefficients, in place of rows, to be turned.
    func readCoefficients(turned turn: cjpeg_turn) throws(ImageError) {
        var turn = turn
        try check(unsafe cjpeg_reader_read_coefficients(handle, &turn))
    }

    /// Reads up to the end of the image.
    func finish() throws(ImageError) {
        try check(unsafe cjpeg_reader_finish(handle))
    }

    /// The first row that may be wrong, of what was salvaged.
    var damagedRow: Int? {
        let row = unsafe cjpeg_reader_damaged_row(handle)
        return row == UInt32.max ? nil : Int(row)
    }

    /// The number of comments and application segments behind the start of the first scan, which are not
    /// read; complete once all rows have been.
    var lateSegmentCount: Int { Int(unsafe cjpeg_reader_late_segment_count(handle)) }

    /// The offset in the file of the next byte.
    var offset: Int { min(Int(clamping: unsafe cjpeg_reader_offset(handle)), input.byteCount) }

    var report: UnsafePointer<shim_report> { unsafe cjpeg_reader_report(handle) }

    private func check(_ status: shim_status) throws(ImageError) {
        try status.checkReading(.jpeg, message, at: offset, failure: input.failure)
    }
}

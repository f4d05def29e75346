internal import CJPEGShim
internal import FormatKit
internal import ShimKit

/// The owner of a libjpeg writer.
@safe
final class JPEGEncoder: ShimReporter {
    private let output: CallbackSink
    private let handle: OpaquePointer

    /// Creates an encoder.
    ///
    /// - Throws: ``ImageError/outOfMemory``.
    init(output: CallbackSink) throws(ImageError) {
        guard
            let handle = unsafe cjpeg_writer_create(CallbackSink.shimAppend, output.address)
        else { throw .outOfMemory }
        self.output = output
        unsafe self.handle = handle
    }

    deinit {
        unsafe cjpeg_writer_destroy(handle)
    }

    /// Writes the first markers.
    func start(_ image: cjpeg_image) throws(ImageError) {
        var image = image
        try check(unsafe cjpeg_writer_start(handle, &image))
    }

    /// Writes a segment before the rows.
    ///
    /// - Precondition: The content fits into one.
    func writeSegment(_ marker: JPEGMarker, _ content: [UInt8]) throws(ImageError) {
        precondition(content.count <= JPEGSegment.contentLimit)
        try check(
            unsafe content.withUnsafeBufferPointer { bytes in
                unsafe cjpeg_writer_write_segment(
                    handle, marker.rawValue, bytes.baseAddress, bytes.count)
            })
    }

    /// Writes whole rows.
    func writeRows(_ rows: UnsafeRawBufferPointer, bytesPerRow: Int) throws(ImageError) {
        precondition(rows.count % bytesPerRow == 0)
        guard let start = rows.baseAddress else { return }
        try check(
            unsafe cjpeg_writer_write_rows(
                handle, start.assumingMemoryBound(to: UInt8.self), bytesPerRow,
                UInt32(rows.count / bytesPerRow)))
    }

    /// Writes a whole file of the coefficients that a decoder has read for the same turn.
    func write(_ coefficients: JPEGDecoder, turned turn: cjpeg_turn) throws(ImageError) {
        var turn = turn
        try check(unsafe cjpeg_writer_write_turned(handle, coefficients.handle, &turn))
    }

    /// Writes what remains.
    func finish() throws(ImageError) {
        try check(unsafe cjpeg_writer_finish(handle))
    }

    var report: UnsafePointer<shim_report> { unsafe cjpeg_writer_report(handle) }

    private func check(_ status: shim_status) throws(ImageError) {
        try status.checkWriting(.jpeg, message, failure: output.failure)
    }
}

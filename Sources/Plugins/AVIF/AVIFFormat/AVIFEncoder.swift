internal import CAVIFShim
internal import FormatKit
internal import ShimKit

/// The owner of a libavif encoder, which holds a whole picture and the file.
@safe
final class AVIFEncoder: ShimReporter {
    private let handle: OpaquePointer

    /// Creates an encoder.
    ///
    /// - Throws: ``ImageError/outOfMemory``.
    init(_ settings: cavif_settings) throws(ImageError) {
        var settings = settings
        guard let handle = unsafe cavif_writer_create(&settings) else {
            throw .outOfMemory
        }
        unsafe self.handle = handle
    }

    deinit {
        unsafe cavif_writer_destroy(handle)
    }

    func setMetadata(icc: [UInt8]?, exif: [UInt8]?, xmp: [UInt8]?) throws(ImageError) {
        try check(
            unsafe Self.withBytes(icc) { icc in
                unsafe Self.withBytes(exif) { exif in
                    unsafe Self.withBytes(xmp) { xmp in
                        unsafe cavif_writer_set_metadata(handle, icc, exif, xmp)
                    }
                }
            })
    }

    private static func withBytes<R>(_ block: [UInt8]?, _ body: (cavif_bytes) -> R) -> R {
        guard let block, !block.isEmpty else { return unsafe body(cavif_bytes()) }
        return unsafe block.withUnsafeBufferPointer {
            unsafe body(cavif_bytes(start: $0.baseAddress, count: $0.count))
        }
    }

    func add(_ band: PixelBand) {
        unsafe band.withFilledBytes { rows in
            guard let start = rows.baseAddress else { return }
            unsafe cavif_writer_add_rows(
                handle, start.assumingMemoryBound(to: UInt8.self), UInt32(band.rowCount))
        }
    }

    /// Encodes the picture whose rows have all come, shown for `ticks` if it is one of several.
    func endPicture(ticks: Int) throws(ImageError) {
        try check(unsafe cavif_writer_end_picture(handle, UInt64(ticks)))
    }

    /// Writes the file after the last picture.
    func write(to sink: any ImageSink) throws(ImageError) {
        var file = unsafe cavif_bytes()
        try check(unsafe cavif_writer_finish(handle, &file))
        let bytes = unsafe UnsafeRawBufferPointer(start: file.start, count: file.count)
        try unsafe sink.write(bytes, at: sink.byteCount)
    }

    var report: UnsafePointer<shim_report> { unsafe cavif_writer_report(handle) }

    private func check(_ status: shim_status) throws(ImageError) {
        try status.checkWriting(.avif, message)
    }
}

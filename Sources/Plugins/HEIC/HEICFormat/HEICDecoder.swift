internal import CHEIFShim
internal import FormatKit
internal import ShimKit

/// The owner of a libheif context.
@safe
final class HEICDecoder: ShimReporter {
    private let input: CallbackSource
    private let handle: OpaquePointer

    /// Creates a decoder.
    ///
    /// - Throws: ``ImageError/outOfMemory``.
    init(input: CallbackSource) throws(ImageError) {
        guard
            let handle = unsafe cheif_reader_create(
                CallbackSource.shimRead, input.address, input.byteCount)
        else { throw .outOfMemory }
        self.input = input
        unsafe self.handle = handle
    }

    deinit {
        unsafe cheif_reader_destroy(handle)
    }

    /// Reads all but pixels and blocks.
    func readContents(threadCount: Int) throws(ImageError) -> HEICContents {
        var contents = cheif_contents()
        try check(
            unsafe cheif_reader_read_contents(handle, Int32(clamping: threadCount), &contents))
        return HEICContents(contents)
    }

    /// The blocks that a file has, whose sizes are checked first.
    func blocks(
        _ contents: HEICContents, _ limits: Limits
    ) throws(ImageError) -> (icc: [UInt8]?, exif: [UInt8]?, xmp: [UInt8]?) {
        let counts = contents.blockByteCounts
        for count in counts { try limits.checkMetadata(count) }
        var icc = [UInt8](repeating: 0, count: counts[0])
        var exif = [UInt8](repeating: 0, count: counts[1])
        var xmp = [UInt8](repeating: 0, count: counts[2])
        let status = unsafe icc.withUnsafeMutableBufferPointer { icc in
            unsafe exif.withUnsafeMutableBufferPointer { exif in
                unsafe xmp.withUnsafeMutableBufferPointer { xmp in
                    unsafe cheif_reader_copy_blocks(
                        handle, icc.baseAddress, exif.baseAddress, xmp.baseAddress)
                }
            }
        }
        try check(status)
        return (
            icc.isEmpty ? nil : icc, exif.isEmpty ? nil : exif, xmp.isEmpty ? nil : xmp
        )
    }

    /// Decodes the picture.
    func decode() throws(ImageError) {
        try check(unsafe cheif_reader_decode(handle))
    }

    /// Copies rows, from `row` on, to all of `buffer`.
    func copyRows(from row: Int, count: Int, to buffer: UnsafeMutableRawBufferPointer) {
        guard count > 0, let start = buffer.baseAddress else { return }
        unsafe cheif_reader_copy_rows(
            handle, UInt32(row), UInt32(count), start.assumingMemoryBound(to: UInt8.self))
    }

    var report: UnsafePointer<shim_report> { unsafe cheif_reader_report(handle) }

    private func check(_ status: shim_status) throws(ImageError) {
        // What one version does not support another may.
        let version = "(libheif \(HEICPlugin.libraryVersion ?? "of no version"))"
        try status.checkReading(
            .heic, status == .unsupported ? "\(message) \(version)" : message,
            endingAt: input.byteCount, failure: input.failure)
    }
}

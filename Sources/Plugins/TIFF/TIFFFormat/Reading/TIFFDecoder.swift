import FormatKit

import CTIFFShim
import ShimKit

/// A page opened by libtiff: the only place of the reader that touches C.
@safe final class TIFFDecoder: ShimReporter {
    private let input: CallbackSource
    private let file: OpaquePointer
    private let context: CodecContext
    /// The number of warnings that may still be passed on.
    private var warningAllowance = 8

    /// Opens the file by a directory, of which libtiff sees what concerns the samples.
    init(
        source: any ImageSource, directory: TIFFDirectory, context: CodecContext
    ) throws(ImageError) {
        input = CallbackSource(source, context: context)
        self.context = context
        let io = unsafe ctiff_io(
            context: input.address, read: CallbackSource.shimRead, write: nil,
            byte_count: { unsafe UInt64(CallbackSource.byteCount($0)) })
        let limit = Int64(max(1, context.limits.memoryByteCount))
        let bytes = directory.bytesForDecoding(source)
        let opened = unsafe ctiff_open_reader(io, bytes, UInt64(bytes.count), limit)
        guard let file = unsafe opened else { throw .outOfMemory }
        unsafe self.file = unsafe file
        try check(unsafe ctiff_opening(file))
        // What libtiff calls an error and survives concerns tags, not samples.
        passOnWarnings(andError: true)
    }

    deinit {
        unsafe ctiff_close(file)
    }

    /// The layout of the samples.
    var layout: ctiff_layout {
        var layout = ctiff_layout()
        unsafe ctiff_get_layout(file, &layout)
        return layout
    }

    /// Has JPEG data decoded to RGB.
    func decodeAsRGB() throws(ImageError) {
        try check(unsafe ctiff_decode_ycbcr_as_rgb(file))
    }

    /// Has SGILog data decoded to floats.
    func decodeAsFloat() throws(ImageError) {
        try check(unsafe ctiff_decode_logluv_as_float(file))
    }

    /// The luma coefficients of red, green and blue, and the codes of black and white of Y, Cb, Cr.
    var ycbcrFields: (luma: [Float], blackAndWhite: [Float]) {
        var luma = [Float](repeating: 0, count: 3)
        var range = [Float](repeating: 0, count: 6)
        unsafe ctiff_get_ycbcr(file, &luma, &range)
        return (luma, range)
    }

    /// What an extra sample means.
    func extraSample(_ index: Int) -> UInt16 {
        unsafe ctiff_extra_sample(file, UInt16(clamping: index))
    }

    /// The color map, if there is one of that size.
    func colorMap(entryCount: Int) -> [UInt16]? {
        var map = [UInt16](repeating: 0, count: entryCount)
        return unsafe ctiff_get_color_map(file, &map, entryCount) == 1 ? map : nil
    }

    /// Decodes the strip or tile of some rows that holds a column; it must fill `buffer`.
    func readBlock(
        x: Int, rows: Range<Int>, plane: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ImageError) {
        let y = rows.lowerBound
        let status = unsafe ctiff_read_block(
            file, UInt32(x), UInt32(y), UInt16(plane), buffer.baseAddress, UInt64(buffer.count))
        try check(status, at: offset(x: x, y: y, plane: plane))
        let missingCount = Int(unsafe ctiff_take_missing_rows(file))
        if missingCount > 0 { context.loseRows(missingCount, among: rows) }
        passOnWarnings()
    }

    /// Decodes the next `rowCount` rows; they must fill `buffer`.
    func readRows(
        from row: Int, count: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ImageError) {
        let status = unsafe ctiff_read_rows(
            file, UInt32(row), UInt32(count), buffer.baseAddress, UInt64(buffer.count / count))
        try check(status, at: offset(x: 0, y: row, plane: 0))
        passOnWarnings()
    }

    private func offset(x: Int, y: Int, plane: Int) -> Int? {
        let offset = unsafe ctiff_block_offset(file, UInt32(x), UInt32(y), UInt16(plane))
        return offset == 0 ? nil : Int(exactly: offset)
    }

    var report: UnsafePointer<shim_report> { unsafe ctiff_report(file) }

    private func check(
        _ status: shim_status, at offset: @autoclosure () -> Int? = nil
    ) throws(ImageError) {
        guard status == .malformed || status == .truncated else {
            return try status.checkReading(.tiff, message, failure: input.failure)
        }
        let refused = unsafe ctiff_refused_alloc(file)
        if refused > 0 {
            throw .limitExceeded(
                .memory, requested: Int(clamping: refused),
                allowed: context.limits.memoryByteCount)
        }
        // libtiff's word for a row before the first.
        let text = message.replacing(" at scanline 4294967295", with: "")
        let lacks = ["No space for", "Out of memory", "Failed to allocate memory", "out of memory"]
        if lacks.contains(where: text.contains) { throw .outOfMemory }
        try status.checkReading(.tiff, text, at: offset(), endingAt: input.byteCount)
    }

    private func passOnWarnings(andError includesError: Bool = false) {
        var texts = (0..<warningCount).compactMap(warning)
        if includesError, hasMessage { texts.insert(message, at: 0) }
        for text in texts.prefix(warningAllowance) { context.warn(text) }
        if warningAllowance > 0, texts.count >= warningAllowance {
            context.warn("further warnings are left out")
        }
        warningAllowance = max(0, warningAllowance - texts.count)
        unsafe ctiff_clear_diagnosis(file)
    }
}

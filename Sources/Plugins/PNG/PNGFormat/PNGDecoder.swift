internal import CPNGShim
internal import FormatKit
internal import ShimKit

/// The owner of a libpng reader.
@safe
final class PNGDecoder: ShimReporter {
    private let input: PNGInput
    private let handle: OpaquePointer

    /// Creates a decoder.
    ///
    /// - Throws: ``ImageError/outOfMemory``.
    init(input: PNGInput, _ settings: CodecContext) throws(ImageError) {
        let context = unsafe Unmanaged.passUnretained(input).toOpaque()
        guard
            let handle = unsafe cpng_reader_create(
                PNGInput.callback, context, max(1, settings.limits.metadataByteCount))
        else { throw .outOfMemory }
        self.input = input
        unsafe self.handle = handle
        if settings.isSalvaging { unsafe cpng_reader_use_small_pieces(handle) }
    }

    deinit {
        unsafe cpng_reader_destroy(handle)
    }

    /// Reads up to the pixels.
    func readHeader() throws(ImageError) -> cpng_pixel_form {
        var form = cpng_pixel_form()
        try check(unsafe cpng_reader_read_header(handle, &form))
        return form
    }

    /// Reads the next rows of the current pass into all of `buffer`.
    func readRows(
        into buffer: UnsafeMutableRawBufferPointer, bytesPerRow: Int
    ) throws(ImageError) {
        precondition(buffer.count % bytesPerRow == 0)
        guard let start = buffer.baseAddress else { return }
        try check(
            unsafe cpng_reader_read_rows(
                handle, start.assumingMemoryBound(to: UInt8.self), bytesPerRow,
                UInt32(buffer.count / bytesPerRow)))
    }

    /// Reads what follows the pixels.
    func finish() throws(ImageError) {
        try check(unsafe cpng_reader_finish(handle))
    }

    /// The color profile, once the header has been read.
    var icc: [UInt8]? {
        var count = 0
        guard let start = unsafe cpng_reader_icc(handle, &count) else { return nil }
        return unsafe Array(UnsafeBufferPointer(start: start, count: count))
    }

    /// The compressed texts, once the header has been read.
    var texts: [PNGText] {
        let count = unsafe cpng_reader_text_count(handle)
        return (0..<count).map { index in
            let text = unsafe cpng_reader_text(handle, index)
            let bytes = unsafe UnsafeRawBufferPointer(start: text.text, count: text.length)
            let keyword = unsafe UnsafeRawBufferPointer(
                start: text.keyword, count: text.keyword_length)
            return unsafe PNGText(
                decompressed: Array(bytes), keyword: String(latin1: keyword),
                isInternational: text.is_international != 0,
                language: text.language.map { unsafe String(cString: $0) } ?? "",
                translatedKeyword: text.translated_keyword.map { unsafe String(cString: $0) }
                    ?? "")
        }
    }

    /// Whether the file says what is transparent in a way that libpng cannot use.
    var hasLostTransparency: Bool { unsafe cpng_reader_has_lost_transparency(handle) != 0 }

    /// The first of the rows read so far that has a color which the palette lacks.
    var firstRowLackingColor: Int? {
        var row: UInt32 = 0
        return unsafe cpng_reader_lacks_color(handle, &row) != 0 ? Int(row) : nil
    }

    var report: UnsafePointer<shim_report> { unsafe cpng_reader_report(handle) }

    private func check(_ status: shim_status) throws(ImageError) {
        try status.checkReading(.png, message, at: input.offset, failure: input.failure)
    }
}

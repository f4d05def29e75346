internal import CPNGShim
internal import FormatKit
internal import ShimKit

/// The owner of a libpng writer.
@safe
final class PNGEncoder: ShimReporter {
    private let output: PNGOutput
    private let handle: OpaquePointer

    /// Creates an encoder.
    ///
    /// - Throws: ``ImageError/outOfMemory``.
    init(output: PNGOutput) throws(ImageError) {
        let context = unsafe Unmanaged.passUnretained(output).toOpaque()
        guard let handle = unsafe cpng_writer_create(PNGOutput.callback, context) else {
            throw .outOfMemory
        }
        self.output = output
        unsafe self.handle = handle
    }

    deinit {
        unsafe cpng_writer_destroy(handle)
    }

    func writeHeader(_ image: cpng_image, icc: [UInt8]?) throws(ImageError) {
        var image = image
        let status: shim_status
        if let icc {
            status = unsafe icc.withUnsafeBufferPointer { profile in
                unsafe cpng_writer_write_header(
                    handle, &image, profile.baseAddress, profile.count)
            }
        } else {
            status = unsafe cpng_writer_write_header(handle, &image, nil, 0)
        }
        try check(status)
    }

    /// Whether the profile of an image is written: libpng leaves out those that it finds fault with,
    /// of which those are written all the same that others may use.
    static func takesProfile(of header: ImageHeader) -> Bool {
        guard let icc = header.metadata.icc else { return true }
        let image = cpng_image(
            width: 1, height: 1, channel_count: Int32(header.layout.channelCount),
            sample_bits: Int32(header.layout.sample.bitCount), is_palette: 0, is_interlaced: 0,
            compression: 1, filter: .none)
        guard let encoder = try? PNGEncoder(output: PNGOutput(MemorySink())),
            (try? encoder.writeHeader(image, icc: icc)) != nil
        else { return false }
        return encoder.hasProfile || PNGProfile.isUsable(icc, header.layout.model)
    }

    /// Whether the header that was written has a profile.
    var hasProfile: Bool { unsafe cpng_writer_has_profile(handle) != 0 }

    /// Ends what comes before the palette, and writes it and its transparency, if there are any.
    func writePalette(_ colors: [UInt8], _ transparency: [UInt8]) throws(ImageError) {
        try check(
            unsafe colors.withUnsafeBufferPointer { colors in
                unsafe transparency.withUnsafeBufferPointer { alphas in
                    unsafe cpng_writer_write_palette(
                        handle, colors.baseAddress, colors.count / 3, alphas.baseAddress,
                        alphas.count)
                }
            })
    }

    func writeChunk(_ type: PNGChunkType, _ content: [UInt8]) throws(ImageError) {
        try check(
            unsafe content.withUnsafeBufferPointer { bytes in
                unsafe cpng_writer_write_chunk(
                    handle, type.description, bytes.baseAddress, bytes.count)
            })
    }

    /// Writes whole rows of the current pass.
    func writeRows(_ rows: UnsafeRawBufferPointer, bytesPerRow: Int) throws(ImageError) {
        precondition(rows.count % bytesPerRow == 0)
        guard let start = rows.baseAddress else { return }
        try check(
            unsafe cpng_writer_write_rows(
                handle, start.assumingMemoryBound(to: UInt8.self), bytesPerRow,
                UInt32(rows.count / bytesPerRow)))
    }

    /// Writes what follows the pixels, and passes everything on to the sink.
    func finish() throws(ImageError) {
        try check(unsafe cpng_writer_finish(handle))
        try output.flush()
    }

    var report: UnsafePointer<shim_report> { unsafe cpng_writer_report(handle) }

    private func check(_ status: shim_status) throws(ImageError) {
        try status.checkWriting(.png, message, failure: output.failure)
    }
}

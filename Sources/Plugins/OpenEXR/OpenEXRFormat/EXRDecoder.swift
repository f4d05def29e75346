internal import CEXRShim
internal import FormatKit
internal import ShimKit

/// The owner of a decoder of one part.
@safe
final class EXRDecoder: ShimReporter {
    private let input: CallbackSource
    private let handle: OpaquePointer

    /// Whether the library decompresses what is compressed by DWA.
    static var hasDWA: Bool { cexr_library_has_dwa() != 0 }

    /// Creates a decoder.
    ///
    /// - Throws: ``ImageError/outOfMemory``.
    init(_ source: EXRPartSource, context: CodecContext) throws(ImageError) {
        let input = CallbackSource(source, context: context)
        guard
            let handle = unsafe cexr_reader_create(
                CallbackSource.shimRead, CallbackSource.shimIsCancelled, input.address,
                source.byteCount)
        else { throw .outOfMemory }
        self.input = input
        unsafe self.handle = handle
    }

    deinit {
        unsafe cexr_reader_destroy(handle)
    }

    /// Reads the header.
    ///
    /// - Throws: ``ImageError``.
    func open() throws(ImageError) {
        try check(unsafe cexr_reader_open(handle), at: nil)
    }

    /// Decodes scan lines, of which the first has a number.
    func decode(linesFrom number: Int, at offset: Int) throws(ImageError) {
        try check(unsafe cexr_reader_decode_lines(handle, Int32(number)), at: offset)
    }

    /// Decodes a tile.
    func decode(tileAtColumn column: Int, row: Int, at offset: Int) throws(ImageError) {
        try check(unsafe cexr_reader_decode_tile(handle, Int32(column), Int32(row)), at: offset)
    }

    /// The size of what has been decoded.
    var size: ImageSize {
        ImageSize(
            width: Int(unsafe cexr_reader_width(handle)),
            height: Int(unsafe cexr_reader_height(handle)))
    }

    /// Copies samples of a row of what has been decoded.
    ///
    /// - Parameters:
    ///   - channel: The number of the channel.
    ///   - row: The row, counted from the first that has been decoded.
    ///   - samples: Where they go; as many are copied as have room.
    ///   - stride: How far each lies behind the one before.
    func copy(
        channel: Int, row: Int, to samples: UnsafeMutableBufferPointer<Float>, stride: Int
    ) {
        guard let start = samples.baseAddress else { return }
        unsafe cexr_reader_copy(
            handle, UInt32(row), UInt32(channel), start, stride,
            samples.count.dividedRoundingUp(by: stride))
    }

    var report: UnsafePointer<shim_report> { unsafe cexr_reader_report(handle) }

    private func check(_ status: shim_status, at offset: Int?) throws(ImageError) {
        try status.checkReading(
            .exr, "OpenEXR: \(message)", at: offset, failure: input.failure)
    }
}

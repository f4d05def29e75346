internal import CEXRShim
internal import FormatKit

/// The owner of a decoder of one part.
@safe
final class EXRDecoder {
    private let input: CallbackSource
    private let handle: OpaquePointer

    /// Whether the library decompresses what is compressed by DWA.
    static var hasDWA: Bool { cexr_library_has_dwa() != 0 }

    /// Creates a decoder.
    ///
    /// - Throws: ``ImageError/outOfMemory``.
    init(_ source: EXRPartSource, context: CodecContext) throws(ImageError) {
        let input = CallbackSource(source, context: context)
        let read: cexr_read = { unsafe CallbackSource.read($0, at: $1, into: $2, count: $3) }
        let isCancelled: cexr_is_cancelled = { unsafe CallbackSource.isCancelled($0) ? 1 : 0 }
        guard
            let handle = unsafe cexr_reader_create(
                read, isCancelled, input.address, source.byteCount)
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

    private func check(_ status: cexr_status, at offset: Int?) throws(ImageError) {
        guard status != .ok else { return }
        let message = "OpenEXR: " + (unsafe String(cString: cexr_reader_message(handle)))
        switch status {
        case .ok: return
        case .malformed: throw .malformed(.exr, message, offset: offset)
        case .unsupported: throw .unsupported(.exr, message)
        case .callbackFailed: throw input.failure ?? .codecFailure(.exr, message)
        case .cancelled: throw .cancelled
        case .outOfMemory: throw .outOfMemory
        case .failed: throw .codecFailure(.exr, message)
        }
    }
}

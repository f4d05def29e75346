internal import CJPEGShim
internal import FormatKit

/// Turns the picture of a file by its coefficients: what is reversed or transposed is blocks, and
/// within them frequencies, so that nothing is rounded.
///
/// Sequential files stay sequential and progressive ones progressive, arithmetic coding and restarts
/// stay; Huffman tables are made anew.
enum JPEGTurning {
    /// The memory that turning takes, in bytes: coefficients as they are, and as they become.
    static func heldByteCount(of frame: cjpeg_frame) -> Int {
        Int(clamping: unsafe frame.coefficient_byte_count).multipliedClamped(by: 2)
    }

    /// The picture of a file, turned upright, as a file without any metadata.
    ///
    /// - Parameters:
    ///   - file: A file that is known to be sound.
    ///   - orientation: The one it has; one of ``CodedStream/turns``. With ``Orientation/up`` it becomes
    ///     what it would be had it been turned there and back.
    ///   - memory: Where the memory is reserved, also that of the result.
    ///   - context: Whether to go on.
    /// - Returns: The file.
    /// - Throws: ``ImageError/streamRefused(_:_:)`` if libjpeg cannot write such a file.
    static func turned(
        _ file: [UInt8], from orientation: Orientation, reserving memory: MemoryShare,
        context: CodecContext
    ) throws(ImageError) -> [UInt8] {
        let decoder = try JPEGDecoder(
            input: CallbackSource(MemorySource(file), context: context))
        let frame = try unsafe decoder.readHeader()
        try memory.reserve(unsafe Self.heldByteCount(of: frame))
        let turn = cjpeg_turn(orientation)
        try decoder.readCoefficients(turned: turn)
        let sink = MemorySink()
        do throws(ImageError) {
            try JPEGEncoder(output: CallbackSink(sink)).write(decoder, turned: turn)
        } catch {
            guard case .codecFailure(_, let reason) = error else { throw error }
            throw .streamRefused(.jpeg, "libjpeg cannot turn it: \(reason)")
        }
        try memory.reserve(sink.byteCount)
        return sink.bytes
    }
}

extension cjpeg_turn {
    /// What turns a picture with an orientation upright.
    fileprivate init(_ orientation: Orientation) {
        self.init(
            transposes: orientation.isTransposing ? 1 : 0,
            reverses_rows: orientation.isReversingRows ? 1 : 0,
            reverses_columns: orientation.isReversingColumns ? 1 : 0)
    }
}

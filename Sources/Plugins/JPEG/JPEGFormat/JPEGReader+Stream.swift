internal import CJPEGShim
internal import FormatKit
internal import ShimKit

/// A file is its own stream.
extension JPEGReader: StreamReader {
    /// What other codecs need to know of it.
    static func stream(_ frame: cjpeg_frame) -> CodedStream {
        let isArithmetic = unsafe frame.is_arithmetic != 0
        let isInk = unsafe frame.color == .cmyk
        return unsafe CodedStream(
            format: .jpeg,
            traits: (isArithmetic ? ["arithmetic coding"] : []) + (isInk ? ["CMYK"] : []),
            turns: StreamTurns(
                of: ImageSize(width: Int(frame.width), height: Int(frame.height)),
                blockSize: ImageSize(
                    width: Int(frame.unit_width), height: Int(frame.unit_height)),
                heldByteCount: JPEGTurning.heldByteCount(of: frame)))
    }

    func readStream(reserving memory: MemoryShare) throws(ImageError) -> [UInt8] {
        try checkRows()
        try memory.reserve(source.byteCount)
        return try source.bytes(at: 0, count: source.byteCount)
    }

    /// Looks at all rows with a decoder of its own.
    private func checkRows() throws(ImageError) {
        // Of the two decoders only one holds coefficients at a time.
        let heldByteCount = memory.byteCount
        memory.giveBack()
        try decodeRows()
        try memory.reserve(heldByteCount)
    }

    private func decodeRows() throws(ImageError) {
        var context = context
        // What is left out here is in the stream.
        context.warn = { _ in }
        context.lose = { _ in }
        let reader = try JPEGReader(source: source, context: context)
        try reader.checkRows(context)
        // What libjpeg has to say since the header is of the picture, which is as it was.
        let count = reader.decoder.warningCount
        // There may be fewer, if the file has changed since.
        for index in min(takenWarningCount, count)..<count {
            warnings.take(reader.decoder.warning(at: index).map { "libjpeg: \($0)" })
        }
        warnings.finish()
    }
}

internal import FormatKit
internal import ShimKit

/// A file with boxes is its own stream; a bare codestream is none, as nothing in it says what its
/// colors are.
extension JP2Reader: StreamReader {
    /// What other codecs need to know of it.
    static func stream(
        _ boxes: JP2Boxes, _ codestream: Codestream, _ channels: JP2Channels
    ) -> CodedStream? {
        guard codestream.format == .jp2, codestream.range.lowerBound > 0, !codestream.isCut,
            !codestream.isEndMissing, !boxes.isCut, codestream.incompleteTileCount == 0
        else { return nil }
        var traits: [String] = []
        // Parts 2 and 15 of the standard.
        if codestream.grid.capabilities & 0xC000 != 0 {
            traits.append("a codestream beyond part 1 of JPEG 2000")
        }
        if channels.layout.hasAlpha { traits.append("alpha") }
        if boxes.palette != nil { traits.append("a palette") }
        if channels.form.contains(.signed) { traits.append("signed samples") }
        switch boxes.color {
        case .codePoints: traits.append("colors by code points")
        case nil: traits.append("colors of which it says nothing")
        default: break
        }
        let hasMore = boxes.losses.contains { if case .frames = $0 { true } else { false } }
        let hasUnused = channels.losses.contains { if case .channels = $0 { true } else { false } }
        if hasMore || hasUnused { traits.append("more than one picture of colors") }
        return CodedStream(format: .jp2, traits: traits)
    }

    func readStream(reserving memory: MemoryShare) throws(ImageError) -> [UInt8] {
        try checkRows()
        try memory.reserve(source.byteCount)
        return try source.bytes(at: 0, count: source.byteCount)
    }

    /// Looks at all rows with a decoder of its own.
    private func checkRows() throws(ImageError) {
        // Of the two decoders only one holds tiles at a time.
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
        let reader = try JP2Reader(source: source, format: .jp2, context: context)
        try reader.checkRows(context)
        // What the library has to say since the header is of the picture, which is as it was.
        let count = reader.decoder.warningCount
        for index in min(takenWarningCount, count)..<count {
            warnings.take(reader.decoder.warning(at: index).map { "OpenJPEG: \($0)" })
        }
        warnings.finish()
    }
}

internal import FormatKit

/// Samples in the caller's memory, as a format that is written.
struct PixelOutput: FormatPlugin {
    /// What the format is.
    let descriptor: FormatDescriptor
    private let memory: PixelMemory?

    /// A format with given layouts, all of whose metadata callers get.
    ///
    /// - Parameters:
    ///   - layouts: The layouts to choose from.
    ///   - memory: Where the samples go; without it, nothing can be written.
    init(layouts: Set<PixelLayout>, memory: PixelMemory? = nil) {
        descriptor = FormatDescriptor(
            id: FormatID("pixels"), name: "Samples in memory", fileExtensions: [], mediaTypes: [],
            signatures: [], read: nil,
            write: WriteCapabilities(
                layouts: layouts, maximumDimension: Int(Int32.max),
                metadata: Set(MetadataKind.allCases), losslessness: .always, streaming: .rows))
        self.memory = memory
    }

    /// All layouts that callers can have.
    static let layouts = Set(
        (1...4).flatMap { channels in
            [8, 16].compactMap { PixelLayout(channelCount: channels, bitDepth: $0) }
        })

    /// Reads nothing: there is ``PixelFormat``.
    func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        throw .unsupported(descriptor.id, "reading")
    }

    /// Begins to fill the memory.
    func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        guard let memory, memory.holds(header) else {
            throw .codecFailure(descriptor.id, "the picture has changed since it was opened")
        }
        return PixelWriter(memory, WrittenPictures(in: descriptor.id, header), context)
    }
}

/// Memory of the caller's that rows go into.
///
/// Sendable, since one call writes into it.
@safe struct PixelMemory: @unchecked Sendable {
    private let start: UnsafeMutableRawPointer
    private let byteCount: Int
    private let stride: Int

    @unsafe init(start: UnsafeMutableRawPointer, byteCount: Int, stride: Int) {
        unsafe self.start = start
        self.byteCount = byteCount
        self.stride = stride
    }

    /// Whether there is room for a picture.
    func holds(_ header: ImageHeader) -> Bool {
        let row = header.layout.bytesPerRow(width: header.size.width)
        guard byteCount >= row, stride >= row else { return false }
        return header.size.height - 1 <= (byteCount - row) / stride
    }

    /// Writes rows, from `row` on.
    func write(_ band: PixelBand, row: Int) {
        unsafe band.withFilledBytes { bytes in
            for place in 0..<band.rowCount {
                let source = place * band.bytesPerRow..<(place + 1) * band.bytesPerRow
                unsafe UnsafeMutableRawBufferPointer(
                    start: start + (row + place) * stride, count: band.bytesPerRow
                ).copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[source]))
            }
        }
    }
}

private final class PixelWriter: ImageWriter {
    private let memory: PixelMemory
    private let context: CodecContext
    private var written: WrittenPictures

    init(_ memory: PixelMemory, _ written: WrittenPictures, _ context: CodecContext) {
        self.memory = memory
        self.written = written
        self.context = context
    }

    func writeRows(_ band: PixelBand) throws(ImageError) {
        try context.checkCancellation()
        let row = written.rowCount
        written.add(band)
        memory.write(band, row: row)
    }

    func finish() throws(ImageError) {
        try written.endPicture()
        try written.checkComplete()
    }
}

internal import FormatKit

/// Writes one file, or a bare codestream.
final class JP2Writer: ImageWriter {
    private let sink: any ImageSink
    private let encoder: JP2Encoder
    private let context: CodecContext
    private let memory: MemoryShare
    private let head: JP2FileHead?
    private let depth: Int
    private var pictures: WrittenPictures

    init(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, format: FormatID,
        context: CodecContext
    ) throws(ImageError) {
        let options = try JP2WriteOptions(settings, for: header, format)
        memory = context.memory.makeShare()
        try memory.reserve(options.heldByteCount(header))
        depth = options.depth
        head = format == .jp2 ? JP2FileHead(header, depth: depth) : nil
        // Up to the end, unless the size turns out to fit.
        if let head { try sink.append(head.bytes + JP2FileHead.word(0) + Array("jp2c".utf8)) }
        encoder = try JP2Encoder(
            header, options, format, threadCount: context.threadCount, output: CallbackSink(sink))
        pictures = WrittenPictures(in: format, header)
        self.sink = sink
        self.context = context
    }

    func writeRows(_ band: PixelBand) throws(ImageError) {
        try context.checkCancellation()
        pictures.add(band)
        try encoder.add(band)
    }

    func finish() throws(ImageError) {
        try pictures.endPicture()
        try context.checkCancellation()
        try encoder.finish()
        guard let head else { return }
        let boxByteCount = sink.byteCount - head.bytes.count
        if boxByteCount <= Int(UInt32.max) {
            try write(JP2FileHead.word(boxByteCount), at: head.bytes.count)
        }
        if encoder.depth != depth {
            try write([UInt8(encoder.depth - 1)], at: head.depthOffset)
        }
    }

    private func write(_ bytes: [UInt8], at offset: Int) throws(ImageError) {
        try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(ImageError) in
            try unsafe sink.write(UnsafeRawBufferPointer(buffer), at: offset)
        }
    }
}

internal import FormatKit

/// Writes one file, chunk by chunk.
final class EXRWriter: ImageWriter {
    private let encoder: EXREncoder
    private let context: CodecContext
    private let memory: MemoryShare
    private var pictures: WrittenPictures

    init(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) {
        let options = try EXRWriteOptions(settings, for: header)
        memory = context.memory.makeShare()
        try memory.reserve(options.heldByteCount)
        encoder = try EXREncoder(header, options, output: CallbackSink(sink))
        pictures = WrittenPictures(in: .exr, header)
        self.context = context
        try encoder.start(header.metadata)
    }

    func writeRows(_ band: PixelBand) throws(ImageError) {
        try context.checkCancellation()
        pictures.add(band)
        try encoder.add(band)
    }

    func finish() throws(ImageError) {
        try pictures.endPicture()
        try encoder.finish()
        let (clamped, transparent) = (encoder.clampedCount, encoder.transparentCount)
        if clamped > 0 {
            context.lose(
                .picture(
                    clamped == 1
                        ? "1 sample that is too large for a real of 16 bits becomes the largest"
                        : "\(clamped) samples that are too large for reals of 16 bits become the "
                            + "largest"))
        }
        if transparent > 0 {
            context.lose(
                .picture(
                    transparent == 1
                        ? "the color of 1 pixel that is transparent is left out"
                        : "the colors of \(transparent) pixels that are transparent are left out"))
        }
    }
}

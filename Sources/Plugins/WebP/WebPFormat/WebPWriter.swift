internal import CWebPShim
internal import FormatKit

/// Writes one WebP file; several pictures become the frames of an animation.
final class WebPWriter: MultiImageWriter {
    private let sink: any ImageSink
    /// What the file holds but for pixels.
    private let metadata: ImageMetadata
    private let options: WebPWriteOptions
    private let context: CodecContext
    private let memory: MemoryShare
    private let encoder: WebPEncoder
    private var pictures: WrittenPictures
    private var animation: WebPAnimationWriter?

    init(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) {
        options = try WebPWriteOptions(settings, isThreaded: context.threadCount > 1)
        memory = context.memory.makeShare()
        try memory.reserve(Self.heldByteCount(header, options))
        self.sink = sink
        metadata = header.metadata
        pictures = WrittenPictures(in: .webp, header)
        self.context = context
        encoder = try WebPEncoder(
            size: header.size, hasAlpha: header.layout.hasAlpha, context: context)
        if header.frameCount > 1 {
            animation = try WebPAnimationWriter(
                encoder: encoder, header: header, options: options)
        }
    }

    /// The memory for a picture; of an animation without its frames that have been encoded, which
    /// the file's size bounds.
    static func heldByteCount(_ header: ImageHeader, _ options: WebPWriteOptions) -> Int {
        header.size.byteCount(
            perPixel: memoryPerPixel(options) + (header.frameCount > 1 ? memoryPerCanvasPixel : 0))
    }

    /// What libwebp 1.2.4 was seen to take for photographs, in bytes, rounded up.
    private static func memoryPerPixel(_ options: WebPWriteOptions) -> Int {
        options.settings.is_lossless != 0 || options.isMixed ? 28 : 12
    }

    /// For an animation libwebp holds the frame before, with and without what is cleared, and a
    /// copy of the frame.
    private static let memoryPerCanvasPixel = 12

    func writeRows(_ band: PixelBand) throws(ImageError) {
        pictures.add(band)
        encoder.add(band)
    }

    func beginPage(_ header: ImageHeader) throws(ImageError) {
        try endPicture()
        pictures.beginPicture(header)
    }

    func finish() throws(ImageError) {
        try endPicture()
        try pictures.checkComplete()
        try animation?.finish()
        try encoder.addChunk("ICCP", metadata.icc)
        try encoder.addChunk("EXIF", metadata.exifCarryingOrientation)
        try encoder.addChunk("XMP ", metadata.xmp)
        try encoder.write(to: sink)
    }

    private func endPicture() throws(ImageError) {
        try pictures.endPicture()
        try context.checkCancellation()
        guard let animation else { return try encoder.encode(options.settings) }
        try animation.endFrame(duration: pictures.duration)
        context.progress(pictures.progress)
    }
}

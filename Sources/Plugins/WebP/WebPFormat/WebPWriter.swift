internal import CWebPShim
internal import FormatKit

/// Writes one WebP file; several pictures become the frames of an animation.
final class WebPWriter: MultiImageWriter {
    private let sink: any ImageSink
    private let header: ImageHeader
    private let options: WebPWriteOptions
    private let context: CodecContext
    private let encoder: WebPEncoder
    private var rowCount = 0
    private var animation: WebPAnimationWriter?

    init(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) {
        options = try WebPWriteOptions(settings, isThreaded: context.threadCount > 1)
        let range = 1...WebPPlugin.maximumDimension
        guard range.contains(header.size.width), range.contains(header.size.height) else {
            throw .unstorable(
                .webp, "size \(header.size), expected 1 to \(range.upperBound) each")
        }
        guard WebPPlugin.layouts.contains(header.layout) else {
            throw .unstorable(.webp, "pixels are \(header.layout)")
        }
        let isAnimated = header.frameCount > 1
        try context.limits.checkMemory(
            header.size.pixelCount
                * (Self.memoryPerPixel(options) + (isAnimated ? Self.memoryPerCanvasPixel : 0)))
        self.sink = sink
        self.header = header
        self.context = context
        encoder = try WebPEncoder(
            size: header.size, hasAlpha: header.layout.hasAlpha, context: context)
        if isAnimated {
            animation = try WebPAnimationWriter(
                encoder: encoder, header: header, options: options, context: context)
        }
    }

    /// What libwebp 1.2.4 was seen to take for photographs, in bytes, rounded up.
    private static func memoryPerPixel(_ options: WebPWriteOptions) -> Int {
        options.settings.is_lossless != 0 || options.isMixed ? 28 : 12
    }

    /// For an animation libwebp holds the frame before, with and without what is cleared, and a
    /// copy of the frame.
    private static let memoryPerCanvasPixel = 12

    func writeRows(_ band: PixelBand) throws(ImageError) {
        precondition(band.width == header.size.width && band.layout == header.layout)
        precondition(rowCount + band.rowCount <= header.size.height)
        encoder.add(band)
        rowCount += band.rowCount
    }

    func beginPage(_ header: ImageHeader) throws(ImageError) {
        precondition(header.size == self.header.size && header.layout == self.header.layout)
        guard let animation else { preconditionFailure("the first header tells of more pages") }
        try checkRows()
        try animation.endFrame()
        animation.beginFrame(header)
        rowCount = 0
    }

    func finish() throws(ImageError) {
        try checkRows()
        try context.checkCancellation()
        if let animation {
            try animation.finish()
        } else {
            try encoder.encode(options.settings)
        }
        try encoder.addChunk("ICCP", header.metadata.icc)
        try encoder.addChunk("EXIF", header.metadata.exifCarryingOrientation)
        try encoder.addChunk("XMP ", header.metadata.xmp)
        try encoder.write(to: sink)
    }

    private func checkRows() throws(ImageError) {
        guard rowCount == header.size.height else {
            throw .codecFailure(.webp, "\(rowCount) rows written, expected \(header.size.height)")
        }
    }
}

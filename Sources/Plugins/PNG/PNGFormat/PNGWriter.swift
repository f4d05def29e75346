internal import CPNGShim
internal import FormatKit

/// Writes one PNG file; several pictures become the frames of an animation.
final class PNGWriter: MultiImageWriter {
    /// Writes the file, and the pixels of the first picture.
    private let encoder: PNGEncoder
    /// The header of the picture that is being written.
    private var header: ImageHeader
    private let options: PNGWriteOptions
    private let context: CodecContext
    private let indexing: PNGIndexing?
    private var rows: PNGRowWriter
    private var animation: PNGAnimationWriter?

    init(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) {
        let options = try PNGWriteOptions(settings)
        try Self.check(header, options, context.limits)
        let encoder = try PNGEncoder(output: PNGOutput(sink))
        indexing = Self.indexing(header, options)
        rows = PNGRowWriter(
            encoder: encoder, header: header, indexing: indexing, options: options,
            context: context)
        self.encoder = encoder
        self.header = header
        self.options = options
        self.context = context
        if header.frameCount > 1 {
            animation = PNGAnimationWriter(encoder: encoder, frameCount: header.frameCount)
        }
        try writeHeader()
    }

    private static func indexing(
        _ header: ImageHeader, _ options: PNGWriteOptions
    ) -> PNGIndexing? {
        // The frames of an animation share one palette, but not one set of colors.
        guard options.isKeepingStorage, header.frameCount == 1 else { return nil }
        return header.storage.flatMap { PNGIndexing($0, layout: header.layout) }
    }

    private static func chunks(
        _ header: ImageHeader, _ indexing: PNGIndexing?
    ) -> PNGMetadataChunks {
        let isPalette = indexing?.palette.isEmpty == false
        return PNGMetadataChunks(
            header.metadata, channelCount: isPalette ? 3 : header.layout.channelCount,
            bitDepth: isPalette ? 8 : indexing?.bitCount ?? header.layout.sample.bitCount,
            palette: indexing?.palette ?? [])
    }

    /// What has no place in chunks.
    static func losses(_ header: ImageHeader, _ settings: WriteSettings) -> [Loss] {
        let indexing = (try? PNGWriteOptions(settings)).flatMap { Self.indexing(header, $0) }
        return Self.chunks(header, indexing).losses
            + (PNGEncoder.takesProfile(of: header) ? [] : [.metadata(.icc)])
    }

    private static func check(
        _ header: ImageHeader, _ options: PNGWriteOptions, _ limits: Limits
    ) throws(ImageError) {
        let size = header.size
        let range = 1...Int(Int32.max)
        guard range.contains(size.width), range.contains(size.height) else {
            throw .unstorable(.png, "size \(size), expected 1 to \(range.upperBound) each")
        }
        guard PNGPlugin.layouts.contains(header.layout) else {
            throw .unstorable(.png, "pixels are \(header.layout)")
        }
        guard options.isInterlaced else { return }
        let (byteCount, overflow) = size.pixelCount.multipliedReportingOverflow(
            by: header.layout.bytesPerPixel)
        try limits.checkMemory(overflow ? .max : byteCount)
    }

    private func writeHeader() throws(ImageError) {
        let image = rows.image
        try encoder.writeHeader(image, icc: header.metadata.icc)
        let metadata = Self.chunks(header, indexing)
        for chunk in metadata.early { try encoder.writeChunk(chunk.type, chunk.content) }
        try encoder.writePalette(indexing?.palette ?? [], indexing?.transparency ?? [])
        for chunk in metadata.late { try encoder.writeChunk(chunk.type, chunk.content) }
        try animation?.begin(header)
        var warnings = WarningRelay(context)
        if header.animation?.namesBackground == true {
            warnings.take("the background of the animation is left out")
        }
        for index in 0..<encoder.warningCount {
            warnings.take(encoder.warning(at: index).map { "libpng: \($0)" })
        }
        warnings.finish()
    }

    func writeRows(_ band: PixelBand) throws(ImageError) {
        precondition(band.width == header.size.width && band.layout == header.layout)
        try rows.write(band)
    }

    func beginPage(_ header: ImageHeader) throws(ImageError) {
        precondition(header.size == self.header.size && header.layout == self.header.layout)
        guard let animation else { preconditionFailure("the first header tells of more pages") }
        try rows.finish()
        try animation.finishFrame()
        self.header = header
        let frameEncoder = try animation.makeEncoder(header)
        rows = PNGRowWriter(
            encoder: frameEncoder, header: header, indexing: nil, options: options,
            context: context)
        try frameEncoder.writeHeader(rows.image, icc: nil)
        try frameEncoder.writePalette([], [])
    }

    func finish() throws(ImageError) {
        try rows.finish()
        try animation?.finish()
        try encoder.finish()
    }
}

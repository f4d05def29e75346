internal import CPNGShim
internal import FormatKit
internal import ShimKit

/// Writes one PNG file; several pictures become the frames of an animation.
final class PNGWriter: MultiImageWriter {
    /// Writes the file, and the pixels of the first picture.
    private let encoder: PNGEncoder
    private var pictures: WrittenPictures
    private let options: PNGWriteOptions
    private let context: CodecContext
    private let memory: MemoryShare
    private let indexing: PNGIndexing?
    private var rows: PNGRowWriter
    private var animation: PNGAnimationWriter?

    init(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) {
        let options = try PNGWriteOptions(settings)
        memory = context.memory.makeShare()
        if options.isInterlaced {
            try memory.reserve(header.size, bytesPerPixel: header.layout.bytesPerPixel)
        }
        let encoder = try PNGEncoder(output: PNGOutput(sink))
        indexing = Self.indexing(header, options)
        rows = PNGRowWriter(
            encoder: encoder, header: header, indexing: indexing, options: options,
            context: context)
        self.encoder = encoder
        pictures = WrittenPictures(in: .png, header)
        self.options = options
        self.context = context
        if header.frameCount > 1 {
            animation = PNGAnimationWriter(encoder: encoder, frameCount: header.frameCount)
        }
        try writeHeader(header)
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
        guard let options = try? PNGWriteOptions(settings) else { return [] }
        var (header, losses) = (header, [Loss]())
        if options.colors != nil {
            losses = PNGPaletteWriter.losses(header)
            header = PNGPaletteWriter.indexed(header)
        }
        let indexing = Self.indexing(header, options)
        return losses + Self.chunks(header, indexing).losses
            + (PNGEncoder.takesProfile(of: header) ? [] : [.metadata(.icc)])
    }

    private func writeHeader(_ header: ImageHeader) throws(ImageError) {
        let image = rows.image
        try encoder.writeHeader(image, icc: header.metadata.icc)
        if let icc = header.metadata.icc, !encoder.hasProfile,
            PNGProfile.isUsable(icc, header.layout.model), let content = PNGProfile.content(icc)
        {
            try encoder.writeChunk(.profile, content)
        }
        let metadata = Self.chunks(header, indexing)
        for chunk in metadata.early { try encoder.writeChunk(chunk.type, chunk.content) }
        try encoder.writePalette(indexing?.palette ?? [], indexing?.transparency ?? [])
        for chunk in metadata.late { try encoder.writeChunk(chunk.type, chunk.content) }
        try animation?.begin(header)
        var warnings = WarningRelay(context)
        for index in 0..<encoder.warningCount {
            warnings.take(encoder.warning(at: index).map { "libpng: \($0)" })
        }
        warnings.finish()
    }

    func writeRows(_ band: PixelBand) throws(ImageError) {
        pictures.add(band)
        try rows.write(band)
    }

    func beginPage(_ header: ImageHeader) throws(ImageError) {
        guard let animation else { preconditionFailure("the first header tells of more pages") }
        try endPicture()
        pictures.beginPicture(header)
        let frameEncoder = try animation.makeEncoder(header)
        rows = PNGRowWriter(
            encoder: frameEncoder, header: header, indexing: nil, options: options,
            context: context)
        try frameEncoder.writeHeader(rows.image, icc: nil)
        try frameEncoder.writePalette([], [])
    }

    func finish() throws(ImageError) {
        try endPicture()
        try pictures.checkComplete()
        try encoder.finish()
    }

    private func endPicture() throws(ImageError) {
        try pictures.endPicture()
        try rows.finish()
        try animation?.finishFrame()
    }
}

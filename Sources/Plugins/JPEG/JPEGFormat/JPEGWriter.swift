internal import CJPEGShim
internal import FormatKit

/// Writes one JPEG file.
final class JPEGWriter: ImageWriter {
    private let encoder: JPEGEncoder
    private let context: CodecContext
    private let memory: MemoryShare
    private var pictures: WrittenPictures

    init(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) {
        let options = try JPEGWriteOptions(settings)
        memory = context.memory.makeShare()
        try memory.reserve(Self.heldByteCount(header, options))
        encoder = try JPEGEncoder(output: CallbackSink(sink))
        pictures = WrittenPictures(in: .jpeg, header)
        self.context = context
        let segments = JPEGMetadataSegments(header.metadata)
        try encoder.start(Self.image(header, options, segments.density))
        for segment in segments.segments {
            try encoder.writeSegment(segment.marker, segment.content)
        }
    }

    /// Coefficients of two bytes, for whole blocks, where all are needed before the first is coded.
    static func heldByteCount(_ header: ImageHeader, _ options: JPEGWriteOptions) -> Int {
        guard options.optimizesCoding else { return 0 }
        let size = header.size
        let blocks = ImageSize(
            width: (size.width + 15) / 16 * 16, height: (size.height + 15) / 16 * 16)
        return blocks.pixelCount * header.layout.channelCount * 2
    }

    private static func image(
        _ header: ImageHeader, _ options: JPEGWriteOptions, _ density: JFIFDensity?
    ) -> cjpeg_image {
        let color: cjpeg_color =
            switch header.layout.model {
            case .gray: .gray
            case .rgb: .rgb
            case .cmyk: .cmyk
            }
        return cjpeg_image(
            width: UInt32(header.size.width), height: UInt32(header.size.height), color: color,
            quantization_scale: options.quantizationScale,
            horizontal_subsampling: Int32(options.subsampling.horizontal),
            vertical_subsampling: Int32(options.subsampling.vertical),
            is_progressive: options.isProgressive ? 1 : 0,
            optimizes_coding: options.optimizesCoding ? 1 : 0,
            has_density: density == nil ? 0 : 1, density_unit: density?.unit ?? 0,
            horizontal_density: density?.horizontal ?? 1,
            vertical_density: density?.vertical ?? 1)
    }

    func writeRows(_ band: PixelBand) throws(ImageError) {
        pictures.add(band)
        let (encoder, bytesPerRow) = (encoder, band.bytesPerRow)
        try unsafe band.withFilledBytes { (rows) throws(ImageError) in
            try unsafe encoder.writeRows(rows, bytesPerRow: bytesPerRow)
        }
    }

    func finish() throws(ImageError) {
        try pictures.endPicture()
        try context.checkCancellation()
        try encoder.finish()
    }
}

internal import CAVIFShim
internal import FormatKit

/// Writes one AVIF file.
final class AVIFWriter: ImageWriter {
    private let sink: any ImageSink
    private let header: ImageHeader
    private let context: CodecContext
    private let encoder: AVIFEncoder
    private var rowCount = 0

    init(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) {
        let options = try AVIFWriteOptions(settings, for: header)
        try Self.check(header, options, context)
        self.sink = sink
        self.header = header
        self.context = context
        let metadata = header.metadata
        encoder = try AVIFEncoder(
            cavif_settings(
                width: UInt32(header.size.width), height: UInt32(header.size.height),
                channel_count: Int32(header.layout.channelCount),
                sample_bits: Int32(header.layout.sample.bitCount), depth: Int32(options.depth),
                chroma: options.chroma, quantizer: Int32(options.quantizer),
                alpha_quantizer: Int32(options.alphaQuantizer), speed: Int32(options.speed),
                color: options.color(metadata),
                transformation: metadata.orientation.transformation))
        // The transformation counts; an entry in Exif, where there is one, must not contradict it.
        let exif = metadata.exif.flatMap { ExifOrientation.setting(metadata.orientation, in: $0) }
        try encoder.setMetadata(icc: metadata.icc, exif: exif, xmp: metadata.xmp)
    }

    private static func check(
        _ header: ImageHeader, _ options: AVIFWriteOptions, _ context: CodecContext
    ) throws(ImageError) {
        let range = 1...AVIFPlugin.maximumDimension
        guard range.contains(header.size.width), range.contains(header.size.height) else {
            throw .unstorable(
                .avif, "size \(header.size), expected 1 to \(range.upperBound) each")
        }
        guard AVIFPlugin.layouts.contains(header.layout) else {
            throw .unstorable(.avif, "pixels are \(header.layout)")
        }
        try context.limits.checkMemory(header.size.pixelCount * Self.memoryPerPixel(header.layout))
        guard header.significantBits > options.depth else { return }
        if options.isLossless {
            throw .unstorable(
                .avif, "\(header.significantBits)-bit samples; at most 12 bits are lossless")
        }
        context.warn("\(header.significantBits)-bit samples become \(options.depth)-bit")
    }

    /// The picture as it comes and as planes, and what libaom was seen to take for photographs.
    private static func memoryPerPixel(_ layout: PixelLayout) -> Int {
        2 * layout.bytesPerPixel + 60
    }

    func writeRows(_ band: PixelBand) throws(ImageError) {
        precondition(band.width == header.size.width && band.layout == header.layout)
        precondition(rowCount + band.rowCount <= header.size.height)
        encoder.add(band)
        rowCount += band.rowCount
    }

    func finish() throws(ImageError) {
        guard rowCount == header.size.height else {
            throw .codecFailure(.avif, "\(rowCount) rows written, expected \(header.size.height)")
        }
        try context.checkCancellation()
        try encoder.write(to: sink)
    }
}

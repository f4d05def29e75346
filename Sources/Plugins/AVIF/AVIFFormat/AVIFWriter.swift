internal import CAVIFShim
internal import FormatKit

/// Writes one AVIF file; several pictures become a sequence.
final class AVIFWriter: MultiImageWriter {
    private let sink: any ImageSink
    /// The header of the picture that is being written.
    private var header: ImageHeader
    private let frameCount: Int
    private let context: CodecContext
    private let encoder: AVIFEncoder
    private var clock: FrameClock
    private var encodedCount = 0
    private var rowCount = 0

    init(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) {
        let options = try AVIFWriteOptions(settings, for: header)
        try Self.check(header, options, settings, context)
        self.sink = sink
        self.header = header
        self.context = context
        frameCount = header.frameCount
        let timing = header.animation ?? .default
        clock = FrameClock(for: timing.duration, range: 1...Int(UInt32.max))
        let loopCount = Self.loopCount(timing, context)
        if timing.namesBackground { context.warn("the background of the animation is left out") }
        let metadata = header.metadata
        encoder = try AVIFEncoder(
            cavif_settings(
                width: UInt32(header.size.width), height: UInt32(header.size.height),
                channel_count: Int32(header.layout.channelCount),
                sample_bits: Int32(header.layout.sample.bitCount), depth: Int32(options.depth),
                chroma: options.chroma, quantizer: Int32(options.quantizer),
                alpha_quantizer: Int32(options.alphaQuantizer), speed: Int32(options.speed),
                color: options.color(metadata),
                transformation: metadata.orientation.transformation,
                frame_count: UInt32(clamping: frameCount),
                ticks_per_second: UInt64(clock.ticksPerSecond), loop_count: Int32(loopCount)))
        // The transformation counts; an entry in Exif, where there is one, must not contradict it.
        let exif = Self.exif(metadata).flatMap {
            ExifOrientation.setting(metadata.orientation, in: $0)
        }
        try encoder.setMetadata(icc: metadata.icc, exif: exif, xmp: metadata.xmp)
    }

    /// How often the library will say that the sequence is shown.
    private static func loopCount(_ timing: AnimationTiming, _ context: CodecContext) -> Int {
        guard timing.loopCount > 0 else { return 0 }
        guard cavif_can_write_loops() != 0 else {
            context.warn(
                "the sequence will be shown for ever, not \(timing.loopCount) times: this version "
                    + "of libavif cannot say so")
            return 0
        }
        return min(timing.loopCount, Int(Int32.max))
    }

    /// The Exif block, unless it is one that libavif would refuse the picture for.
    static func exif(_ metadata: ImageMetadata) -> [UInt8]? {
        metadata.exif.flatMap { ExifBlock.begins($0) ? $0 : nil }
    }

    private static func check(
        _ header: ImageHeader, _ options: AVIFWriteOptions, _ settings: WriteSettings,
        _ context: CodecContext
    ) throws(ImageError) {
        let range = 1...AVIFPlugin.maximumDimension
        guard range.contains(header.size.width), range.contains(header.size.height) else {
            throw .unstorable(
                .avif, "size \(header.size), expected 1 to \(range.upperBound) each")
        }
        guard AVIFPlugin.layouts.contains(header.layout) else {
            throw .unstorable(.avif, "pixels are \(header.layout)")
        }
        let memoryPerPixel =
            AVIFMemory.writing(header.layout, settings)
            + (header.frameCount > 1 ? Self.memoryPerSequencePixel : 0)
        try context.limits.checkMemory(header.size.pixelCount * memoryPerPixel)
        if header.significantBits > options.depth, options.isLossless {
            throw .unstorable(
                .avif, "\(header.significantBits)-bit samples; at most 12 bits are lossless")
        }
    }

    /// What libaom was seen to take more where pictures depend on each other.
    private static let memoryPerSequencePixel = 200

    func writeRows(_ band: PixelBand) throws(ImageError) {
        precondition(band.width == header.size.width && band.layout == header.layout)
        precondition(rowCount + band.rowCount <= header.size.height)
        encoder.add(band)
        rowCount += band.rowCount
    }

    func beginPage(_ header: ImageHeader) throws(ImageError) {
        precondition(header.size == self.header.size && header.layout == self.header.layout)
        precondition(encodedCount + 1 < frameCount, "the first header tells of more pages")
        try endPicture()
        self.header = header
    }

    func finish() throws(ImageError) {
        try endPicture()
        guard encodedCount == frameCount else {
            throw .codecFailure(.avif, "\(encodedCount) frames written, expected \(frameCount)")
        }
        clock.warnings.forEach(context.warn)
        try encoder.write(to: sink)
    }

    private func endPicture() throws(ImageError) {
        guard rowCount == header.size.height else {
            throw .codecFailure(.avif, "\(rowCount) rows written, expected \(header.size.height)")
        }
        try context.checkCancellation()
        let duration = (header.animation ?? .default).duration
        try encoder.endPicture(ticks: frameCount > 1 ? clock.advance(by: duration) : 1)
        encodedCount += 1
        context.progress(Progress(fraction: Double(encodedCount) / Double(frameCount)))
        rowCount = 0
    }
}

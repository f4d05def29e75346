internal import CAVIFShim
internal import FormatKit
internal import MetadataBlocks

/// Writes one AVIF file; several pictures become a sequence.
final class AVIFWriter: MultiImageWriter {
    private let sink: any ImageSink
    private let context: CodecContext
    private let memory: MemoryShare
    private let encoder: AVIFEncoder
    private var clock: FrameClock
    private var pictures: WrittenPictures

    init(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) {
        let options = try AVIFWriteOptions(settings, for: header)
        memory = context.memory.makeShare()
        try Self.check(header, options, settings, memory)
        self.sink = sink
        self.context = context
        pictures = WrittenPictures(in: .avif, header)
        let timing = header.animation ?? .default
        clock = Self.clock(timing)
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
                frame_count: UInt32(clamping: header.frameCount),
                ticks_per_second: UInt64(clock.ticksPerSecond),
                loop_count: Int32(min(timing.loopCount, Self.loopLimit))))
        // The transformation counts; an entry in Exif, where there is one, must not contradict it.
        let exif = Self.exif(metadata).flatMap {
            ExifOrientation.setting(metadata.orientation, in: $0)
        }
        try encoder.setMetadata(icc: metadata.icc, exif: exif, xmp: metadata.xmp)
    }

    /// How often at most the library can say that a sequence is shown; 0 if only for ever.
    private static var loopLimit: Int { cavif_can_write_loops() != 0 ? Int(Int32.max) : 0 }

    /// A clock for a sequence whose first picture has this timing.
    private static func clock(_ first: AnimationTiming) -> FrameClock {
        FrameClock(for: first.duration, range: 1...Int(UInt32.max))
    }

    /// What a file cannot say of the timings of all pictures.
    static func losses(of timings: [AnimationTiming]) -> [Loss] {
        guard let first = timings.first else { return [] }
        let loops =
            first.loopCount > 0 && loopLimit == 0
            ? [
                Loss.animation(
                    "the sequence will be shown for ever, not \(first.loopCount) times: this "
                        + "version of libavif cannot say so")
            ] : first.lossOfLoops(limit: loopLimit)
        return loops + first.lossOfBackground + clock(first).losses(of: timings)
    }

    /// The Exif block, unless it is one that libavif would refuse the picture for.
    static func exif(_ metadata: ImageMetadata) -> [UInt8]? {
        metadata.exif.flatMap { ExifBlock.begins($0) ? $0 : nil }
    }

    private static func check(
        _ header: ImageHeader, _ options: AVIFWriteOptions, _ settings: WriteSettings,
        _ memory: MemoryShare
    ) throws(ImageError) {
        let memoryPerPixel =
            AVIFMemory.writing(header.layout, settings)
            + (header.frameCount > 1 ? Self.memoryPerSequencePixel : 0)
        try memory.reserve(header.size, bytesPerPixel: memoryPerPixel)
        if header.significantBits > options.depth, options.isLossless {
            throw .unstorable(
                .avif, "\(header.significantBits)-bit samples; at most 12 bits are lossless")
        }
    }

    /// What libaom was seen to take more where pictures depend on each other.
    private static let memoryPerSequencePixel = 200

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
        try encoder.write(to: sink)
    }

    private func endPicture() throws(ImageError) {
        try pictures.endPicture()
        try context.checkCancellation()
        try encoder.endPicture(
            ticks: pictures.count > 1 ? clock.advance(by: pictures.duration) : 1)
        context.progress(pictures.progress)
    }
}

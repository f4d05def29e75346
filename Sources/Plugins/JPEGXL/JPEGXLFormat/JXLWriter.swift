internal import FormatKit

/// Writes one JPEG XL file; several pictures become the frames of an animation.
final class JXLWriter: MultiImageWriter {
    private let sink: any ImageSink
    private let context: CodecContext
    private let encoder: JXLEncoder
    private var clock: FrameClock
    private var pictures: WrittenPictures
    private var pixels: [UInt8] = []

    init(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) {
        let options = try JXLWriteOptions(settings)
        try context.limits.checkMemory(
            header.size, bytesPerPixel: JXLMemory.writing(header.layout, settings))
        pixels.reserveCapacity(header.size.pixelCount * header.layout.bytesPerPixel)
        self.sink = sink
        self.context = context
        pictures = WrittenPictures(in: .jxl, header)
        let timing = header.animation ?? .default
        // A frame that is shown for no time would be a layer of the next.
        clock = FrameClock(for: timing.duration, range: 1...Int(UInt32.max))
        if timing.loopCount > Int(UInt32.max) {
            context.warn("\(timing.loopCount) loops become \(UInt32.max)")
        }
        if timing.namesBackground { context.warn("the background of the animation is left out") }
        encoder = try JXLEncoder(
            header, options, ticksPerSecond: clock.ticksPerSecond,
            loopCount: min(timing.loopCount, Int(UInt32.max)), threadCount: context.threadCount)
    }

    func writeRows(_ band: PixelBand) throws(ImageError) {
        pictures.add(band)
        pixels += band.filledBytes
    }

    func beginPage(_ header: ImageHeader) throws(ImageError) {
        try endPicture()
        pictures.beginPicture(header)
    }

    func finish() throws(ImageError) {
        try endPicture()
        try pictures.checkComplete()
        clock.warnings.forEach(context.warn)
        try encoder.write(to: sink)
    }

    private func endPicture() throws(ImageError) {
        try pictures.endPicture()
        try context.checkCancellation()
        let isLast = pictures.endedCount == pictures.count
        try encoder.add(
            pixels, ticks: pictures.count > 1 ? clock.advance(by: pictures.duration) : 0,
            isLast: isLast)
        context.progress(pictures.progress)
        pixels.removeAll(keepingCapacity: !isLast)
    }
}

internal import FormatKit

/// Writes one JPEG XL file; several pictures become the frames of an animation.
final class JXLWriter: MultiImageWriter {
    private let sink: any ImageSink
    /// The header of the picture that is being written.
    private var header: ImageHeader
    private let frameCount: Int
    private let context: CodecContext
    private let encoder: JXLEncoder
    private var clock: FrameClock
    private var encodedCount = 0
    private var pixels: [UInt8] = []
    private var rowCount = 0

    init(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) {
        let options = try JXLWriteOptions(settings)
        let range = 1...(1 << 18)
        guard range.contains(header.size.width), range.contains(header.size.height) else {
            throw .unstorable(.jxl, "size \(header.size), expected 1 to \(range.upperBound) each")
        }
        guard JXLPlugin.layouts.contains(header.layout) else {
            throw .unstorable(.jxl, "pixels are \(header.layout)")
        }
        let (byteCount, overflow) = header.size.pixelCount.multipliedReportingOverflow(
            by: JXLMemory.writing(header.layout, settings))
        try context.limits.checkMemory(overflow ? .max : byteCount)
        pixels.reserveCapacity(header.size.pixelCount * header.layout.bytesPerPixel)
        self.sink = sink
        self.header = header
        self.context = context
        frameCount = header.frameCount
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
        precondition(band.width == header.size.width && band.layout == header.layout)
        precondition(rowCount + band.rowCount <= header.size.height)
        pixels += band.filledBytes
        rowCount += band.rowCount
    }

    func beginPage(_ header: ImageHeader) throws(ImageError) {
        precondition(header.size == self.header.size && header.layout == self.header.layout)
        precondition(encodedCount + 1 < frameCount, "the first header tells of more pages")
        try encode()
        self.header = header
    }

    func finish() throws(ImageError) {
        try encode()
        guard encodedCount == frameCount else {
            throw .codecFailure(.jxl, "\(encodedCount) frames written, expected \(frameCount)")
        }
        clock.warnings.forEach(context.warn)
        try encoder.write(to: sink)
    }

    private func encode() throws(ImageError) {
        guard rowCount == header.size.height else {
            throw .codecFailure(.jxl, "\(rowCount) rows written, expected \(header.size.height)")
        }
        try context.checkCancellation()
        let isLast = encodedCount + 1 == frameCount
        let duration = (header.animation ?? .default).duration
        try encoder.add(
            pixels, ticks: frameCount > 1 ? clock.advance(by: duration) : 0, isLast: isLast)
        encodedCount += 1
        context.progress(Progress(fraction: Double(encodedCount) / Double(frameCount)))
        pixels.removeAll(keepingCapacity: !isLast)
        rowCount = 0
    }
}

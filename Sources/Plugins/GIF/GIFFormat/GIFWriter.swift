internal import FormatKit

/// Writes one GIF file; several pictures become the frames of an animation.
///
/// Of a frame, what is as it was is left out. Where something becomes transparent, the whole canvas
/// is cleared in front of it, which the frame before has to say: so each waits for the next.
final class GIFWriter: MultiImageWriter {
    private let options: GIFWriteOptions
    private let context: CodecContext
    private let memory: MemoryShare
    private let stream: GIFStream
    private let header: ImageHeader
    private var pictures: WrittenPictures
    private var rows: PackedPixels
    /// The pixels of the frame that waits.
    private var shown: [PackedColor] = []
    private var waiting: (frame: GIFIndexedFrame, delay: Int)?
    /// The colors of the file, once the first frame is written.
    private var colors: [PackedColor]?
    private var clock = GIFWriter.clock
    private var losses = GIFColorLosses()

    init(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) {
        options = try GIFWriteOptions(settings)
        memory = context.memory.makeShare()
        try memory.reserve(Self.heldByteCount(header))
        self.header = header
        self.context = context
        stream = GIFStream(sink, size: header.size, context: context)
        rows = PackedPixels(header.size)
        pictures = WrittenPictures(in: .gif, header)
    }

    /// Pixels of four bytes and their indices; of an animation the frame before, and what differs.
    static func heldByteCount(_ header: ImageHeader) -> Int {
        header.size.byteCount(
            perPixel: header.frameCount > 1 ? 15 : 5, besides: 2 * ColorCensus.byteCount)
    }

    /// 16 bits hold a duration.
    private static let clock = FrameClock(ticksPerSecond: 100, range: 0...65_535)

    /// The first time, and as many again as 16 bits can say.
    private static let loopLimit = 65_536

    /// What a file cannot say of the timings of all frames.
    static func losses(of timings: [AnimationTiming]) -> [Loss] {
        (timings.first?.lossOfLoops(limit: loopLimit) ?? [])
            + (timings.first?.lossOfBackground ?? []) + clock.losses(of: timings)
    }

    func writeRows(_ band: PixelBand) throws(ImageError) {
        pictures.add(band)
        rows.add(band)
        if options.isLossless, rows.partialCount + rows.hiddenCount > 0 {
            throw .unstorable(
                .gif,
                rows.partialCount > 0
                    ? "a pixel is partly transparent" : "a transparent pixel has a color")
        }
    }

    func beginPage(_ header: ImageHeader) throws(ImageError) {
        try endPicture()
        pictures.beginPicture(header)
    }

    func finish() throws(ImageError) {
        try endPicture()
        try pictures.checkComplete()
        try writeWaiting(isCleared: false)
        try stream.finish()
        losses.tell(context)
        rows.losses.forEach(context.lose)
    }

    private func endPicture() throws(ImageError) {
        try pictures.endPicture()
        try context.checkCancellation()
        let pixels = rows.take()
        let isFirst = waiting == nil
        let isCleared = zip(shown, pixels).contains { $0.isVisible && !$1.isVisible }
        try writeWaiting(isCleared: isCleared)
        let frame = GIFIndexedFrame(
            pixels, over: isFirst || isCleared ? nil : shown, size: header.size, options: options)
        if options.isLossless, !frame.isExact {
            throw .unstorable(
                .gif,
                "a picture of \(frame.colorCount) colors; without loss it has at most "
                    + "\(options.colorCount), transparency among them")
        }
        losses.note(frame)
        let delay = header.frameCount > 1 ? clock.advance(by: pictures.duration) : 0
        waiting = (frame, delay)
        if header.frameCount > 1 {
            shown = pixels
            context.progress(pictures.progress)
        }
    }

    private func writeWaiting(isCleared: Bool) throws(ImageError) {
        guard let waiting else { return }
        var frame = waiting.frame
        let isFirst = colors == nil
        if isFirst {
            colors = frame.palette
            try stream.writeHead(frame, header)
        }
        let isAlike = isFirst || frame.adopt(colors ?? [])
        // A whole canvas is cleared; the first frame covers it, so that nothing is left open.
        let whole = PixelRegion(header.size)
        try stream.writeFrame(
            frame, isFirst || isCleared ? whole : frame.area, hasOwnColors: !isAlike,
            isCleared ? .clear : .keep, delay: waiting.delay)
    }
}

/// What becomes of the colors of a file.
private struct GIFColorLosses {
    private var frameCount = 0
    private var lossyFrameCount = 0
    private var colorCount = 0
    private var storedCount = 0

    mutating func note(_ frame: GIFIndexedFrame) {
        frameCount += 1
        guard !frame.isExact else { return }
        lossyFrameCount += 1
        if frame.colorCount > colorCount {
            (colorCount, storedCount) = (frame.colorCount, frame.palette.count)
        }
    }

    func tell(_ context: CodecContext) {
        guard lossyFrameCount > 0 else { return }
        let frames =
            frameCount > 1
            ? " (in \(lossyFrameCount) of \(frameCount) frames; the most are told)" : ""
        context.lose(.picture("\(colorCount) colors become \(storedCount)\(frames)"))
    }
}

internal import FormatKit

/// Writes one JPEG XL file; several pictures become the frames of an animation.
final class JXLWriter: MultiImageWriter {
    private let sink: any ImageSink
    private let context: CodecContext
    private let memory: MemoryShare
    private let encoder: JXLEncoder
    private var clock: FrameClock
    private var pictures: WrittenPictures
    private var pixels: [UInt8] = []

    init(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) {
        let options = try JXLWriteOptions(settings)
        memory = context.memory.makeShare()
        try memory.reserve(
            header.size, bytesPerPixel: JXLMemory.writing(header.layout, settings))
        pixels.reserveCapacity(header.size.pixelCount * header.layout.bytesPerPixel)
        self.sink = sink
        self.context = context
        pictures = WrittenPictures(in: .jxl, header)
        let timing = header.animation ?? .default
        clock = Self.clock(timing)
        encoder = try JXLEncoder(
            header, options, ticksPerSecond: clock.ticksPerSecond,
            loopCount: min(timing.loopCount, Self.loopLimit), threadCount: context.threadCount)
    }

    /// 32 bits hold the number of loops.
    private static let loopLimit = Int(UInt32.max)

    /// A clock for an animation whose first frame has this timing.
    private static func clock(_ first: AnimationTiming) -> FrameClock {
        // A frame that is shown for no time would be a layer of the next.
        FrameClock(for: first.duration, range: 1...Int(UInt32.max))
    }

    /// What a file cannot say of the timings of all frames.
    static func losses(of timings: [AnimationTiming]) -> [Loss] {
        guard let first = timings.first else { return [] }
        return first.lossOfLoops(limit: loopLimit) + first.lossOfBackground
            + clock(first).losses(of: timings)
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

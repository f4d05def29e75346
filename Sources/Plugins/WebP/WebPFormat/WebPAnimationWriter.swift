internal import CWebPShim
internal import FormatKit

/// Writes what makes an animation of a file.
final class WebPAnimationWriter {
    private let encoder: WebPEncoder
    private let context: CodecContext
    private let frameCount: Int
    private var endedCount = 0
    private var timing: AnimationTiming
    /// 24 bits hold a duration.
    private var clock = FrameClock(ticksPerSecond: 1000, range: 0...(1 << 24 - 1))
    private var warnings: WarningRelay

    init(
        encoder: WebPEncoder, header: ImageHeader, options: WebPWriteOptions, context: CodecContext
    ) throws(ImageError) {
        guard options.settings.target_size == 0 else {
            throw .invalidOption(name: "webp.target-size", reason: "only for single pictures")
        }
        self.encoder = encoder
        self.context = context
        frameCount = header.frameCount
        timing = header.animation ?? .default
        warnings = WarningRelay(context)
        if timing.loopCount > Self.loopLimit {
            warnings.take("\(timing.loopCount) loops become \(Self.loopLimit)")
        }
        try encoder.beginAnimation(
            options.settings,
            cwebp_animation_settings(
                frame_count: Int32(clamping: frameCount),
                loop_count: Int32(min(timing.loopCount, Self.loopLimit)),
                background: timing.background?.argb ?? 0, allows_mixing: options.isMixed ? 1 : 0))
    }

    /// 16 bits hold the number of loops.
    private static let loopLimit = 65_535

    /// Encodes the frame whose rows have been added last.
    func endFrame() throws(ImageError) {
        try context.checkCancellation()
        try encoder.endFrame(milliseconds: clock.advance(by: timing.duration))
        endedCount += 1
        context.progress(Progress(fraction: Double(endedCount) / Double(frameCount)))
    }

    func beginFrame(_ header: ImageHeader) {
        timing = header.animation ?? .default
    }

    /// Encodes the last frame and what is left.
    func finish() throws(ImageError) {
        try endFrame()
        guard endedCount == frameCount else {
            throw .codecFailure(.webp, "\(endedCount) frames written, expected \(frameCount)")
        }
        try encoder.endAnimation()
        clock.warnings.forEach { warnings.take($0) }
        warnings.finish()
    }
}

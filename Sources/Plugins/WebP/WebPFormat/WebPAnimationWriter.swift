internal import CWebPShim
internal import FormatKit

/// Writes what makes an animation of a file.
final class WebPAnimationWriter {
    private let encoder: WebPEncoder
    private var clock = WebPAnimationWriter.clock

    init(
        encoder: WebPEncoder, header: ImageHeader, options: WebPWriteOptions
    ) throws(ImageError) {
        guard options.settings.target_size == 0 else {
            throw .invalidOption(name: "webp.target-size", reason: "only for single pictures")
        }
        self.encoder = encoder
        let timing = header.animation ?? .default
        try encoder.beginAnimation(
            options.settings,
            cwebp_animation_settings(
                frame_count: Int32(clamping: header.frameCount),
                loop_count: Int32(min(timing.loopCount, Self.loopLimit)),
                background: timing.background?.argb ?? 0, allows_mixing: options.isMixed ? 1 : 0))
    }

    /// 16 bits hold the number of loops.
    private static let loopLimit = 65_535

    /// 24 bits hold a duration.
    private static let clock = FrameClock(ticksPerSecond: 1000, range: 0...(1 << 24 - 1))

    /// What a file cannot say of the timings of all frames.
    static func losses(of timings: [AnimationTiming]) -> [Loss] {
        (timings.first?.lossOfLoops(limit: loopLimit) ?? []) + clock.losses(of: timings)
    }

    /// Encodes the frame whose rows have been added last.
    func endFrame(duration: FrameDuration) throws(ImageError) {
        try encoder.endFrame(milliseconds: clock.advance(by: duration))
    }

    /// Encodes what is left.
    func finish() throws(ImageError) {
        try encoder.endAnimation()
    }
}

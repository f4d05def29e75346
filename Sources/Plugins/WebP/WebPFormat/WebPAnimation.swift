internal import CWebPShim
internal import FormatKit

/// What a file says of its animation, but for the pixels.
struct WebPAnimation {
    private let frames: [cwebp_frame]
    private let loopCount: Int
    private let background: RGBAColor

    /// Reads the headers of all frames, whose number has been checked.
    init(_ contents: cwebp_contents, of file: [UInt8]) throws(ImageError) {
        frames = try WebPDecoding.frames(file, count: Int(contents.frame_count))
        loopCount = Int(contents.loop_count)
        background = RGBAColor(argb: contents.background)
    }

    /// The timing of a frame.
    func timing(_ index: Int) -> AnimationTiming {
        AnimationTiming(
            duration: FrameDuration(milliseconds: Int(frames[index].duration)),
            loopCount: loopCount, background: background)
    }

    /// Whether no pixel of the canvas can be transparent while any of the frames is shown.
    func isOpaque(on canvas: ImageSize) -> Bool {
        var isOpaque = false
        for (index, frame) in frames.enumerated() {
            if index > 0, frames[index - 1].is_cleared != 0 { isOpaque = false }
            let isCovering = frame.size.width == canvas.width && frame.size.height == canvas.height
            if frame.has_alpha == 0 {
                isOpaque = isOpaque || isCovering
            } else if frame.is_blended == 0 {
                isOpaque = false
            }
            guard isOpaque else { return false }
        }
        return true
    }
}

extension RGBAColor {
    /// A color as libwebp packs it.
    init(argb: UInt32) {
        self.init(
            red: UInt8(truncatingIfNeeded: argb >> 16), green: UInt8(truncatingIfNeeded: argb >> 8),
            blue: UInt8(truncatingIfNeeded: argb), alpha: UInt8(truncatingIfNeeded: argb >> 24))
    }

    /// The color as libwebp packs it.
    var argb: UInt32 {
        UInt32(alpha) << 24 | UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue)
    }
}

internal import FormatKit

/// The memory that libjxl takes for a pixel, as measured (`docs/notes/memory.md`).
enum JXLMemory {
    /// The picture, and floats of the decoder, which holds more of it where there is alpha or where
    /// samples are wide.
    static func reading(_ layout: PixelLayout) -> Int {
        layout.bytesPerPixel + 10 * layout.channelCount + 8
    }

    /// The picture, and floats of the encoder: of three channels whatever there are if it is lossy,
    /// and of each if it is lossless; more where it searches longest.
    static func writing(_ layout: PixelLayout, _ settings: WriteSettings) -> Int {
        let isThorough = (settings.effort ?? 7) >= 8
        if settings.isLossless {
            return layout.bytesPerPixel + 16 + (isThorough ? 48 : 32) * layout.channelCount
        }
        return layout.bytesPerPixel + (isThorough ? 320 : 56) + (layout.hasAlpha ? 20 : 0)
    }

    /// Coefficients, and what the encoder makes of them; a file that is rebuilt takes less.
    static let transcoding = 30
}

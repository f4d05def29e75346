internal import FormatKit

/// The memory that libavif and its codecs take for a pixel, as measured (`docs/notes/memory.md`).
enum AVIFMemory {
    /// The codec's picture and, where it is filtered or put together from tiles, a second one.
    static func reading(_ layout: PixelLayout) -> Int {
        2 * layout.bytesPerPixel + 2
    }

    /// The picture as it comes and as planes, and what libaom takes; nearly twice that where it is
    /// slow and thorough.
    static func writing(_ layout: PixelLayout, _ settings: WriteSettings) -> Int {
        let speed = settings.options.integer("speed") ?? 10 - (settings.effort ?? 4)
        let perSample = (speed < 4 ? 24 : 12) * layout.sample.byteCount
        return 2 * layout.bytesPerPixel + perSample * layout.channelCount + 6
    }
}

internal import FormatKit

/// How to write a GIF file.
struct GIFWriteOptions {
    /// The most colors of a frame, transparency among them.
    let colorCount: Int
    let isDithered: Bool
    let isLossless: Bool
    /// The most rounds in which chosen colors are improved.
    let refinements: Int

    static let specs = [
        OptionSpec(
            "colors", .integer(2...256), default: "256",
            summary: "the most colors of a frame, transparency among them"),
        OptionSpec(
            "dither", .boolean, default: "true",
            summary: "spread what is lost of colors over neighbors, where there are too many"),
    ]

    /// Rounds for each effort: after 4 of them a photograph gains a hundredth of a decibel a round.
    private static let refinements = [0, 1, 2, 3, 4, 6, 8, 12, 16]
    private static let defaultEffort = 5

    init(_ settings: WriteSettings) throws(ImageError) {
        try settings.checkRanges()
        colorCount = settings.options.integer("colors") ?? 256
        isDithered = settings.options.boolean("dither") ?? true
        isLossless = settings.isLossless
        refinements = Self.refinements[(settings.effort ?? Self.defaultEffort) - 1]
    }

    /// Whether every sample of pixels in a layout is stored, whatever they are: there are 256 grays.
    func isExact(_ layout: PixelLayout) -> Bool {
        isLossless || colorCount == 256 && layout == PixelLayout(.gray, .uint8)
    }
}

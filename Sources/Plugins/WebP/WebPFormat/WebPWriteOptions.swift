internal import CWebPShim
internal import FormatKit

/// How to write a WebP file.
struct WebPWriteOptions {
    let settings: cwebp_settings
    /// Whether each frame of an animation may be lossy or lossless.
    let isMixed: Bool

    static let specs = [
        OptionSpec(
            "near-lossless", .integer(0...100), default: "off",
            summary: "adjust pixels a little for a smaller lossless file, 0 most, 100 not at all"),
        OptionSpec(
            "sharp-yuv", .boolean, default: "false",
            summary: "convert to YUV more slowly, with sharper color edges (lossy)"),
        OptionSpec(
            "alpha-quality", .integer(0...100), default: "100",
            summary: "the quality of transparency, 100 keeps it exactly (lossy)"),
        OptionSpec(
            "target-size", .integer(1...Int(Int32.max)), default: "off",
            summary: "try for a file of so many bytes, whatever the quality (lossy)"),
        OptionSpec(
            "exact", .boolean, default: "true if lossless",
            summary: "keep the color of fully transparent pixels"),
        OptionSpec(
            "mixed", .boolean, default: "false",
            summary: "let each frame of an animation be lossy or lossless, as is smaller"),
    ]

    /// libwebp's own default.
    static let defaultQuality = 75.0

    /// libwebp's method for each effort; the default of both is in the middle.
    private static let methods: [Int32] = [0, 1, 2, 2, 3, 4, 5, 5, 6]
    private static let defaultEffort = 6

    init(_ settings: WriteSettings, isThreaded: Bool) throws(ImageError) {
        try settings.checkRanges()
        let effort = settings.effort ?? Self.defaultEffort
        let quality = settings.quality ?? Self.defaultQuality
        let options = settings.options
        let nearLossless = options.integer("near-lossless")
        try Self.checkCombination(settings, nearLossless)
        isMixed = options.boolean("mixed") == true
        self.settings = cwebp_settings(
            quality: Float(quality), method: Self.methods[effort - 1],
            is_lossless: settings.isLossless || nearLossless != nil ? 1 : 0,
            lossless_level: Int32(effort), near_lossless: Int32(nearLossless ?? 100),
            is_exact: options.boolean("exact") ?? settings.isLossless ? 1 : 0,
            use_sharp_yuv: options.boolean("sharp-yuv") == true ? 1 : 0,
            alpha_quality: Int32(options.integer("alpha-quality") ?? 100),
            target_size: Int32(options.integer("target-size") ?? 0),
            use_threads: isThreaded ? 1 : 0)
    }

    /// Refuses options that contradict each other, rather than let one win in silence.
    private static func checkCombination(
        _ settings: WriteSettings, _ nearLossless: Int?
    ) throws(ImageError) {
        let options = settings.options
        if settings.isLossless {
            if let nearLossless, nearLossless < 100 {
                throw .invalidOption(
                    name: "webp.near-lossless", reason: "\(nearLossless) is not lossless")
            }
            if options.boolean("exact") == false {
                throw .invalidOption(
                    name: "webp.exact", reason: "false loses the color of transparent pixels")
            }
        }
        if settings.isLossless || nearLossless != nil {
            for key in ["target-size", "alpha-quality"] where options.integer(key) != nil {
                throw .invalidOption(name: "webp.\(key)", reason: "only for lossy files")
            }
            for key in ["sharp-yuv", "mixed"] where options.boolean(key) == true {
                throw .invalidOption(name: "webp.\(key)", reason: "only for lossy files")
            }
        }
    }
}

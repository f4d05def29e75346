internal import CJPEGShim
internal import FormatKit

/// How to write a JPEG file.
struct JPEGWriteOptions {
    let quality: Double
    let isProgressive: Bool
    let optimizesCoding: Bool
    /// How many samples of luma there are for one of chroma.
    let subsampling: (horizontal: Int, vertical: Int)

    /// libjpeg's own default.
    static let defaultQuality = 75.0
    /// From this quality on, blurred chroma would be the worst of the losses.
    private static let fullChromaQuality = 90.0

    static let specs = [
        OptionSpec(
            "subsampling", .choice(["auto", "444", "422", "420"]), default: "auto",
            summary: "samples of chroma: all, every second of a row, or of every second row too;"
                + " auto takes all from quality 90 on"),
        OptionSpec(
            "progressive", .boolean, default: "false",
            summary: "store the image in several scans, coarse first, which needs it in memory"),
        OptionSpec(
            "optimize", .boolean, default: "true from effort 6 on, or if progressive",
            summary: "compute Huffman tables for this image, which needs it in memory"),
        OptionSpec.transcode(
            "take the JPEG that the input is, or that can be rebuilt from it, byte for byte"),
    ]

    /// What asks for another encoding than that of a stream, if anything does.
    static func objection(in settings: WriteSettings) -> String? {
        if settings.quality != nil { return "a quality is asked for" }
        let key = ["subsampling", "progressive", "optimize"].first(where: settings.options.contains)
        return key.map { "jpeg.\($0) is set" }
    }

    init(_ settings: WriteSettings) throws(ImageError) {
        try settings.checkRanges()
        quality = settings.quality ?? Self.defaultQuality
        if settings.isLossless {
            throw .invalid(.isLossless, "jpeg is always lossy")
        }
        let options = settings.options
        isProgressive = options.boolean("progressive") ?? false
        let isOptimized = options.boolean("optimize")
        if isProgressive, isOptimized == false {
            throw .invalidOption(
                name: "jpeg.optimize", reason: "a progressive file has no standard tables")
        }
        optimizesCoding = isOptimized ?? ((settings.effort ?? 0) >= 6) || isProgressive
        switch options.choice("subsampling") ?? "auto" {
        case "444": subsampling = (1, 1)
        case "422": subsampling = (2, 1)
        case "420": subsampling = (2, 2)
        default: subsampling = quality >= Self.fullChromaQuality ? (1, 1) : (2, 2)
        }
    }

    /// libjpeg's scale of the standard tables, in percent, for qualities between whole numbers too.
    var quantizationScale: Int32 {
        let quality = max(1, quality)
        return Int32((quality < 50 ? 5000 / quality : 200 - 2 * quality).rounded())
    }
}

internal import FormatKit

/// How to write a PNG file.
struct PNGWriteOptions {
    /// zlib's level, 0…9, if somebody has chosen one.
    let compression: Int?
    let isInterlaced: Bool
    /// Whether palettes and gray of few bits are stored as they were.
    let isKeepingStorage: Bool
    let filter: Filter
    /// The colors to be chosen, if there are to be few.
    let colors: Colors?

    /// Few colors.
    struct Colors {
        /// The most, transparency among them.
        let count: Int
        let isDithered: Bool
        /// The most rounds in which chosen colors are improved.
        let refinements: Int
    }

    /// How a row is prepared for compression.
    enum Filter: String, CaseIterable {
        /// What fits the level of compression.
        case auto
        case none
        case sub
        case up
        case average
        case paeth
        /// For each row the one that seems best.
        case all
    }

    /// zlib's level where nobody has chosen one.
    ///
    /// A mosaic of photographs of 1.6 megapixels takes 2.76 MB in 0.12 s at level 4, 2.73 MB in
    /// 0.18 s at 5, 2.70 MB in 0.28 s at 6 and 2.71 MB in 0.12 s at 3; over other pictures, level 4
    /// is 1 to 8 % larger than 6 and takes 40 % of its time. Indices are few bytes, which level 6
    /// packs best.
    static func defaultCompression(isIndexed: Bool) -> Int { isIndexed ? 6 : 4 }

    static let specs = [
        OptionSpec(
            "compression", .integer(0...9), default: "the effort, or 4, for palettes 6",
            summary: "zlib's level, from 0 (none) to 9 (slowest)"),
        OptionSpec(
            "interlaced", .boolean, default: "false",
            summary: "store the image in seven passes (Adam7), which needs it whole in memory"),
        OptionSpec(
            "storage", .choice(["keep", "expand"]), default: "keep",
            summary: "whether a palette, or gray of 1, 2 or 4 bits, is stored as it was"),
        OptionSpec(
            "filter", .choice(Filter.allCases.map(\.rawValue)), default: "auto",
            summary: "how rows are prepared for compression"),
        OptionSpec(
            "palette", .integer(2...256), default: "the colors that there are",
            summary: "at most so many colors, transparency among them, in a palette"),
        OptionSpec(
            "dither", .boolean, default: "true",
            summary: "with palette: spread what is lost of colors over neighbors"),
    ]

    /// After 4 rounds a photograph gains a hundredth of a decibel a round.
    private static let refinements = 4

    init(_ settings: WriteSettings) throws(ImageError) {
        try settings.checkRanges()
        compression = settings.options.integer("compression") ?? settings.effort
        isInterlaced = settings.options.boolean("interlaced") ?? false
        isKeepingStorage = settings.options.choice("storage") != "expand"
        filter = settings.options.choice("filter").flatMap(Filter.init) ?? .auto
        if !isKeepingStorage, settings.options.integer("palette") != nil {
            throw .invalidOption(
                name: "png.palette", reason: "png.storage=expand does without a palette")
        }
        let isDithered = settings.options.boolean("dither") ?? true
        colors = settings.options.integer("palette").map {
            Colors(count: $0, isDithered: isDithered, refinements: Self.refinements)
        }
    }
}

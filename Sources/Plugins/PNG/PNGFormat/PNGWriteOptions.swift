internal import FormatKit

/// How to write a PNG file.
struct PNGWriteOptions {
    /// zlib's level, 0…9, if somebody has chosen one.
    let compression: Int?
    let isInterlaced: Bool
    /// Whether palettes and gray of few bits are stored as they were.
    let isKeepingStorage: Bool
    let filter: Filter

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
    ]

    init(_ settings: WriteSettings) throws(ImageError) {
        try settings.checkRanges()
        compression = settings.options.integer("compression") ?? settings.effort
        isInterlaced = settings.options.boolean("interlaced") ?? false
        isKeepingStorage = settings.options.choice("storage") != "expand"
        filter = settings.options.choice("filter").flatMap(Filter.init) ?? .auto
    }
}

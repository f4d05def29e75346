internal import FormatKit

/// How to write a PNG file.
struct PNGWriteOptions {
    /// zlib's level, 0…9.
    let compression: Int
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

    /// zlib's own default.
    private static let defaultCompression = 6

    static let specs = [
        OptionSpec(
            "compression", .integer(0...9), default: "the effort, or \(defaultCompression)",
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
        if let effort = settings.effort, !(1...9).contains(effort) {
            throw .invalidOption(name: "--effort", reason: "\(effort) is not from 1 to 9")
        }
        compression =
            settings.options.integer("compression") ?? settings.effort ?? Self.defaultCompression
        isInterlaced = settings.options.boolean("interlaced") ?? false
        isKeepingStorage = settings.options.choice("storage") != "expand"
        filter = settings.options.choice("filter").flatMap(Filter.init) ?? .auto
    }
}

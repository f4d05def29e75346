internal import FormatKit

/// How to write a PNG file.
struct PNGWriteOptions {
    /// zlib's level, 0…9.
    let compression: Int
    let isInterlaced: Bool

    /// zlib's own default.
    private static let defaultCompression = 6

    static let specs = [
        OptionSpec(
            "compression", .integer(0...9), default: "the effort, or \(defaultCompression)",
            summary: "zlib's level, from 0 (none) to 9 (slowest)"),
        OptionSpec(
            "interlaced", .boolean, default: "false",
            summary: "store the image in seven passes (Adam7), which needs it whole in memory"),
    ]

    init(_ settings: WriteSettings) throws(ImageError) {
        if let effort = settings.effort, !(1...9).contains(effort) {
            throw .invalidOption(name: "--effort", reason: "\(effort) is not from 1 to 9")
        }
        compression =
            settings.options.integer("compression") ?? settings.effort ?? Self.defaultCompression
        isInterlaced = settings.options.boolean("interlaced") ?? false
    }
}

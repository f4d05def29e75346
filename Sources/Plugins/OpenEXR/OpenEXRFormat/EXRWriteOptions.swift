internal import FormatKit

/// How to write a file.
struct EXRWriteOptions {
    /// Whether samples are reals of 16 bits.
    let isHalf: Bool
    let compression: EXRCompression
    /// What zlib is asked for: 1 to 9, or -1 for its default.
    let zipLevel: Int
    /// What is held, in bytes: a chunk, and what the library makes of it.
    let heldByteCount: Int

    private static let compressions = [
        EXRCompression.none, .rle, .zips, .zip, .piz,
    ]

    static let specs = [
        OptionSpec(
            "type", .choice(["half", "float"]),
            default: "half for up to 16 bits, else float",
            summary: "reals of 16 bits, of which 11 are significant, or of 32"),
        OptionSpec(
            "compression", .choice(compressions.map(\.name)), default: "zip",
            summary: "zips: a row at a time; piz: wavelets, for grain"),
    ]

    /// - Throws: ``ImageError`` if a setting is out of range, or all samples are asked for and not all
    ///   can be kept.
    init(_ settings: WriteSettings, for header: ImageHeader) throws(ImageError) {
        try settings.checkRanges()
        let type = settings.options.choice("type")
        if settings.isLossless, type == "half" {
            throw .invalidOption(
                name: "exr.type", reason: "half does not keep these samples exactly")
        }
        if settings.isLossless, header.layout.alpha == .straight {
            throw .unstorable(
                .exr, "color is multiplied by alpha, which rounds, but all bits are asked for")
        }
        let needsFloat = settings.isLossless || header.significantBits > 16
        isHalf = type.map { $0 == "half" } ?? !needsFloat
        let name = settings.options.choice("compression") ?? "zip"
        let compression = Self.compressions.first { $0.name == name } ?? .zip
        self.compression = compression
        zipLevel = settings.effort ?? -1
        let chunk = ImageSize(width: header.size.width, height: compression.lineCount)
            .byteCount(perPixel: header.layout.channelCount * (isHalf ? 2 : 4))
        guard chunk <= Int(Int32.max) else {
            throw .unstorable(
                .exr,
                "\(compression.lineCount) rows take \(chunk) bytes, more than a chunk may have")
        }
        let tables = compression == .piz ? 4 << 20 : 1 << 19
        let lines = header.size.width.multipliedClamped(by: 4 * header.layout.channelCount)
        heldByteCount = (5 * chunk).addingClamped(tables).addingClamped(lines)
            .addingClamped(8 * header.size.height)
    }
}

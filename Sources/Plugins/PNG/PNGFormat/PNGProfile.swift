internal import FormatKit
internal import MetadataBlocks

/// Color profiles that libpng dislikes, though others use them: they are carried as a chunk.
///
/// | offset | size | field of iCCP |
/// | --- | --- | --- |
/// | 0 | n | name, 1 to 79 bytes |
/// | n | 1 | 0 |
/// | n + 1 | 1 | compression: 0 |
/// | n + 2 | m | a zlib stream |
enum PNGProfile {
    private static let name = Array("ICC profile".utf8)

    /// Whether a profile has the head of one for pixels of a model (ICC.1:2022 §7.2), and is not
    /// shorter than it says.
    static func isUsable(_ profile: [UInt8], _ model: ColorModel) -> Bool {
        guard profile.count >= 132, let header = ICCHeader(profile) else { return false }
        let space: ColorModel = model == .gray ? .gray : .rgb
        return header.model == space && header.byteCount <= profile.count
    }

    /// The profile in the content of a chunk, or `nil` if there is none that is usable.
    static func profile(in content: [UInt8], model: ColorModel, limits: Limits) -> [UInt8]? {
        guard let end = content.prefix(80).firstIndex(of: 0), end > 0, end + 2 < content.count,
            content[end + 1] == 0,
            let profile = PNGCompression.decompress(
                Array(content[(end + 2)...]), limit: limits.metadataByteCount)
        else { return nil }
        return isUsable(profile, model) ? profile : nil
    }

    /// The content of a chunk with a profile, or `nil` if memory is short.
    static func content(_ profile: [UInt8]) -> [UInt8]? {
        PNGCompression.compress(profile).map { name + [0, 0] + $0 }
    }
}

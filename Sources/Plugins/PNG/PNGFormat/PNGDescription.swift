internal import FormatKit

/// What a file's IHDR and PLTE say of how it stores its pixels.
struct PNGDescription {
    let bitDepth: Int
    let colorType: Int
    let isInterlaced: Bool
    let paletteByteCount: Int?

    /// | offset in the file | size | field |
    /// | --- | --- | --- |
    /// | 24 | 1 | bit depth |
    /// | 25 | 1 | color type |
    /// | 28 | 1 | interlace method |
    ///
    /// libpng has checked the values.
    init(of source: any ImageSource, structure: PNGStructure) throws(ImageError) {
        let fields = try source.bytes(at: 24, count: 5)
        guard fields.count == 5 else {
            throw .truncated(.png, "the file ends inside chunk IHDR", offset: source.byteCount)
        }
        bitDepth = Int(fields[0])
        colorType = Int(fields[1])
        isInterlaced = fields[4] != 0
        paletteByteCount =
            structure.chunks.first { $0.type == .palette }.map(\.contentByteCount)
    }

    private var isPalette: Bool { colorType == 3 }

    /// The number of bits of a sample; a palette's colors have eight whatever its indices have.
    var significantBits: Int { isPalette ? 8 : bitDepth }

    private var colorTypeName: String {
        switch colorType {
        case 0: "gray"
        case 2: "rgb"
        case 3: "palette"
        case 4: "gray_alpha"
        default: "rgb_alpha"
        }
    }

    /// The values for `convert info`.
    var details: [ImageDetail] {
        var details = [
            ImageDetail("color_type", .text(colorTypeName)),
            ImageDetail("bit_depth", .integer(bitDepth)),
            ImageDetail("interlace", .text(isInterlaced ? "adam7" : "none")),
        ]
        if isPalette, let paletteByteCount {
            details.append(ImageDetail("palette_entries", .integer(paletteByteCount / 3)))
        }
        return details
    }
}

extension PNGAncillary {
    /// The values for `convert info`.
    var details: [ImageDetail] {
        var details = color.details
        if let animationFrameCount {
            details.append(ImageDetail("animation_frames", .integer(animationFrameCount)))
        }
        if !remarks.isEmpty {
            details.append(ImageDetail("text_keywords", .list(remarks.map { .text($0) })))
        }
        if !ignoredTypes.isEmpty {
            details.append(
                ImageDetail("other_chunks", .list(ignoredTypes.map { .text("\($0)") })))
        }
        return details
    }
}

internal import FormatKit

/// What a file's IHDR and PLTE say of how it stores its pixels.
struct PNGDescription {
    let bitDepth: Int
    let colorType: Int
    let isInterlaced: Bool
    let palette: Palette?
    /// The content of PLTE in a file of RGB: colors to which pixels may be reduced where there are few.
    let suggestedColors: [UInt8]?

    /// | offset in the file | size | field |
    /// | --- | --- | --- |
    /// | 24 | 1 | bit depth |
    /// | 25 | 1 | color type |
    /// | 28 | 1 | interlace method |
    ///
    /// libpng has checked the values. If `isOpaque`, what tRNS says does not count.
    init(
        of source: any ImageSource, structure: PNGStructure, isOpaque: Bool
    ) throws(ImageError) {
        let fields = try source.bytes(at: 24, count: 5)
        guard fields.count == 5 else {
            throw .truncated(.png, "the file ends inside chunk IHDR", offset: source.byteCount)
        }
        bitDepth = Int(fields[0])
        colorType = Int(fields[1])
        isInterlaced = fields[4] != 0
        palette =
            colorType == 3
            ? try Self.palette(of: source, structure, indexBitCount: bitDepth, isOpaque: isOpaque)
            : nil
        let colors = colorType & 2 != 0 ? try Self.content(.palette, source, structure) : []
        suggestedColors = palette == nil && !colors.isEmpty ? colors : nil
    }

    /// The content of the first chunk of a type, as far as a palette's colors can go.
    private static func content(
        _ type: PNGChunkType, _ source: any ImageSource, _ structure: PNGStructure
    ) throws(ImageError) -> [UInt8] {
        guard let chunk = structure.chunks.first(where: { $0.type == type }) else { return [] }
        return try source.bytes(at: chunk.contentOffset, count: min(chunk.contentByteCount, 768))
    }

    /// The palette that libpng, which has checked them, finds in PLTE and tRNS.
    private static func palette(
        of source: any ImageSource, _ structure: PNGStructure, indexBitCount: Int, isOpaque: Bool
    ) throws(ImageError) -> Palette? {
        let values = try content(.palette, source, structure)
        let alphas = isOpaque ? [] : try content(.transparency, source, structure)
        let colors = (0..<min(values.count / 3, 1 << indexBitCount)).map { index in
            RGBAColor(
                red: values[3 * index], green: values[3 * index + 1], blue: values[3 * index + 2],
                alpha: index < alphas.count ? alphas[index] : 255)
        }
        return colors.isEmpty ? nil : Palette(colors, indexBitCount: indexBitCount)
    }

    /// How the file stores the pixels that libpng delivers in `layout`.
    func storage(of layout: PixelLayout) -> SampleStorage? {
        if let palette { return .palette(palette) }
        return colorType == 0 && bitDepth < 8 && !layout.hasAlpha
            ? .packedGray(bitCount: bitDepth) : nil
    }

    /// The bits of each channel of `layout` that an sBIT chunk tells, or `nil` if it is nonsense.
    func significantBits(_ content: [UInt8], layout: PixelLayout) -> [Int]? {
        let counts = [0: 1, 2: 3, 3: 3, 4: 2, 6: 4]
        let depth = isPalette ? 8 : bitDepth
        guard content.count == counts[colorType],
            content.allSatisfy({ $0 > 0 && Int($0) <= depth })
        else { return nil }
        // Transparency that a color or the palette gives has no number of its own.
        let isMissing = layout.channelCount == content.count + 1
        return content.map(Int.init) + (isMissing ? [layout.sample.bitCount] : [])
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
        if let palette {
            details.append(ImageDetail("palette_entries", .integer(palette.colors.count)))
        }
        return details
    }
}

extension PNGAncillary {
    /// The values for `convert info`.
    var details: [ImageDetail] {
        ignoredTypes.isEmpty
            ? [] : [ImageDetail("other_chunks", .list(ignoredTypes.map { .text("\($0)") }))]
    }

    /// What is not carried.
    var losses: [Loss] {
        Loss.unknown("chunk", ignoredTypes.filter { $0 != .appleOffset }.map(\.description))
    }
}

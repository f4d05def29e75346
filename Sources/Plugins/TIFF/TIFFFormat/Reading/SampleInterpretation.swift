import FormatKit

import CTIFFShim

/// What the samples of a page mean, and how they become pixels.
struct SampleInterpretation {
    /// One channel of the pixels: which sample it is taken from, and what each value becomes.
    struct Channel {
        let sample: Int
        let table: [UInt16]
    }

    /// How pixels are delivered.
    let layout: PixelLayout
    /// The number of bits that carry information.
    let significantBits: Int
    /// The channels of a pixel, in the order of the layout.
    let channels: [Channel]
    /// Whether rows as decoded are rows as delivered.
    let isDirect: Bool

    /// Interprets the samples of a page, or refuses by name what is not supported.
    init(
        _ file: TIFFDecoder, _ fields: tiff_shim_layout, context: CodecContext
    ) throws(ImageError) {
        let bits = Int(fields.bits_per_sample)
        let colors = try Self.colors(fields)
        let alpha = try Self.alpha(file, fields, colors: colors.sampleCount, context: context)
        let sample: SampleType
        var tables: [[UInt16]]
        if colors.kind == .palette {
            guard let map = file.colorMap(entryCount: 3 << bits) else {
                throw .malformed(.tiff, "the color map is missing")
            }
            (sample, tables) = Self.paletteTables(map)
            significantBits = sample.bitCount
        } else {
            sample = bits <= 8 ? .uint8 : .uint16
            let table = Self.scale(bits: bits, to: sample, isInverted: colors.kind == .inverted)
            tables = Array(repeating: table, count: colors.sampleCount)
            significantBits = bits
        }
        var channels = tables.enumerated().map { index, table in
            Channel(sample: colors.kind == .palette ? 0 : index, table: table)
        }
        if let alpha {
            channels.append(
                Channel(
                    sample: alpha.sample,
                    table: Self.scale(bits: bits, to: sample, isInverted: false)))
        }
        self.channels = channels
        layout = PixelLayout(
            colors.kind == .palette || colors.sampleCount == 3 ? .rgb : .gray, sample,
            alpha: alpha?.mode ?? .opaque)
        isDirect =
            colors.kind == .plain && (bits == 8 || bits == 16) && fields.is_planar == 0
            && channels.count == Int(fields.samples_per_pixel)
            && channels.enumerated().allSatisfy { $0 == $1.sample }
    }

    // MARK: Color

    private enum Kind { case plain, inverted, palette }

    /// What the color samples are, or the name of what is not supported.
    private static func colors(
        _ fields: tiff_shim_layout
    ) throws(ImageError) -> (kind: Kind, sampleCount: Int) {
        let photometric = try photometric(fields)
        try checkDepth(fields)
        let sampleCount = Int(fields.samples_per_pixel)
        let colors: (kind: Kind, sampleCount: Int)
        switch photometric {
        case 0: colors = (.inverted, 1)
        case 1: colors = (.plain, 1)
        case 2: colors = (.plain, 3)
        default:
            guard sampleCount == 1 else {
                throw .unsupported(.tiff, "a palette with extra samples")
            }
            colors = (.palette, 1)
        }
        guard sampleCount >= colors.sampleCount else {
            throw .malformed(
                .tiff, "expected \(colors.sampleCount) samples a pixel, found \(sampleCount)")
        }
        return colors
    }

    /// 0 (white is zero), 1 (black is zero), 2 (RGB) or 3 (palette).
    private static func photometric(_ fields: tiff_shim_layout) throws(ImageError) -> UInt16 {
        switch fields.photometric {
        case 0...3: return fields.photometric
        case UInt16(TIFF_SHIM_UNDECLARED):
            // Some writers leave it out. Facsimile is black on white.
            if fields.samples_per_pixel >= 3 { return 2 }
            return (2...4).contains(fields.compression) ? 0 : 1
        case 6 where fields.compression == TIFFName.jpeg && fields.is_planar == 0: return 2
        default:
            throw .unsupported(.tiff, "\(TIFFName.photometric(fields)) samples")
        }
    }

    private static func checkDepth(_ fields: tiff_shim_layout) throws(ImageError) {
        let bits = fields.bits_per_sample
        switch fields.sample_format {
        case 1, 4: break
        case 2: throw .unsupported(.tiff, "signed \(bits)-bit samples")
        case 3: throw .unsupported(.tiff, "\(bits)-bit floating-point samples")
        default: throw .unsupported(.tiff, "complex samples")
        }
        guard (1...16).contains(bits) else {
            throw .unsupported(.tiff, "\(bits)-bit samples")
        }
        if fields.predictor != 1, bits != 8, bits != 16 {
            throw .unsupported(.tiff, "a predictor for \(bits)-bit samples")
        }
        if fields.compression == TIFFName.jpeg, bits != 8 {
            throw .unsupported(.tiff, "JPEG compression of \(bits)-bit samples")
        }
    }

    // MARK: Alpha

    /// Which sample is alpha, if any.
    ///
    /// A single extra sample that the file does not explain is alpha, as it is to libvips and
    /// ImageMagick; of several only one that is declared.
    private static func alpha(
        _ file: TIFFDecoder, _ fields: tiff_shim_layout, colors: Int, context: CodecContext
    ) throws(ImageError) -> (sample: Int, mode: AlphaMode)? {
        let extraCount = Int(fields.samples_per_pixel) - colors
        guard extraCount > 0 else { return nil }
        let kinds = (0..<min(extraCount, Int(fields.extra_sample_count))).map(file.extraSample)
        let declared = kinds.firstIndex { $0 == 1 || $0 == 2 }
        let usedCount = declared != nil || extraCount == 1 ? 1 : 0
        if extraCount > usedCount {
            let count = extraCount - usedCount
            context.warn("\(count) extra sample\(count == 1 ? " is" : "s are") left out")
        }
        if let index = declared {
            return (colors + index, kinds[index] == 1 ? .premultiplied : .straight)
        }
        guard extraCount == 1 else { return nil }
        context.warn("an extra sample of unspecified meaning is taken for straight alpha")
        return (colors, .straight)
    }

    // MARK: Tables

    /// What each sample of `bits` bits becomes when the range is scaled, rounded to nearest.
    private static func scale(bits: Int, to sample: SampleType, isInverted: Bool) -> [UInt16] {
        let (maximum, target) = ((1 << bits) - 1, (1 << sample.bitCount) - 1)
        return (0...maximum).map {
            UInt16(((isInverted ? maximum - $0 : $0) * target + maximum / 2) / maximum)
        }
    }

    /// The tables of red, green and blue of a color map of 16-bit entries.
    ///
    /// Most maps hold 8-bit colors: times 257 as they should be, or times 256, or as they are.
    private static func paletteTables(_ map: [UInt16]) -> (SampleType, [[UInt16]]) {
        let count = map.count / 3
        func tables(_ value: (UInt16) -> UInt16) -> [[UInt16]] {
            (0..<3).map { map[$0 * count..<($0 + 1) * count].map(value) }
        }
        if map.allSatisfy({ $0 < 256 }), map.contains(where: { $0 > 1 }) {
            return (.uint8, tables { $0 })
        }
        let isEightBit =
            map.allSatisfy { $0 >> 8 == $0 & 0xFF } || map.allSatisfy { $0 & 0xFF == 0 }
        return isEightBit ? (.uint8, tables { $0 >> 8 }) : (.uint16, tables { $0 })
    }
}

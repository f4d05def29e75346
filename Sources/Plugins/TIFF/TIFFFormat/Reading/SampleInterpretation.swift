import FormatKit

import CTIFFShim

/// How the samples of a page become pixels.
///
/// Samples of up to 16 bits are looked up in tables, all others become binary32. What is then not
/// gray, RGB or CMYK is converted by ``ColorConversion``.
struct SampleInterpretation {
    /// One channel of the pixels: which sample it is taken from, and what becomes of it.
    struct Channel {
        let sample: Int
        /// What each value becomes; `nil` for samples that become binary32.
        let table: [UInt16]?
        /// Whether x of binary32 becomes 1 − x.
        var isInverted = false
    }

    /// How pixels are delivered.
    let layout: PixelLayout
    /// The number of bits that carry information.
    let significantBits: Int
    /// The channels of a pixel, in the order of the layout.
    let channels: [Channel]
    /// How the file stores pixels, where that is more compact than they are delivered.
    let storage: SampleStorage?
    /// What the colors are, where the file's kind of samples says so.
    let codePoints: ColorCodePoints?
    /// What remains to be done with the color.
    let conversion: ColorConversion?
    /// What samples are beyond the layout.
    let form: SampleForm
    /// What of the file's samples is not delivered.
    let losses: [Loss]
    /// Whether rows as decoded are rows as delivered.
    let isDirect: Bool

    /// Interprets the samples of a page, or refuses by name what is not supported.
    init(
        _ file: TIFFDecoder, _ fields: ctiff_layout, context: CodecContext
    ) throws(ImageError) {
        let photometric = try Photometric(fields)
        let (alpha, unusedCount, isGuessed) = ExtraSamples.alpha(
            file, fields, colors: photometric.sampleCount)
        var colors = try Self.colors(photometric, file, fields)
        if let alpha {
            colors.channels.append(Self.channel(alpha.sample, fields, colors.sample))
        }
        channels = colors.channels
        layout = PixelLayout(photometric.model, colors.sample, alpha: alpha?.mode ?? .opaque)
        conversion = try ColorConversion(photometric, file, context: context)
        storage =
            alpha == nil && colors.sample == .uint8
            ? Self.storage(fields, photometric, colors.channels) : nil
        // Linear light.
        codePoints =
            [.luminance, .xyz].contains(photometric)
            ? ColorCodePoints(primaries: 1, transfer: 8) : nil
        significantBits = Self.significantBits(fields, photometric, colors.sample)
        isDirect =
            Self.isVerbatim(fields, photometric) && fields.is_planar == 0
            && channels.count == Int(fields.samples_per_pixel)
            && channels.enumerated().allSatisfy { $0 == $1.sample }
        form = Self.form(fields, photometric, isGuessed: isGuessed)
        losses =
            (unusedCount > 0 ? [.channels(unusedCount)] : [])
            + Self.losses(fields, photometric, form)
    }

    /// Whether a TIFF file of what is delivered can have the same numbers as samples.
    func areAsStored(_ fields: ctiff_layout) -> Bool {
        guard [1, 2, 5].contains(fields.photometric), !Photometric.isDecodedToRGB(fields) else {
            return false
        }
        if fields.sample_format == 3 { return fields.bits_per_sample == 32 }
        return [8, 16].contains(fields.bits_per_sample) || form.contains(.integers)
    }

    /// What can be stored as it is by others who know it.
    private static func form(
        _ fields: ctiff_layout, _ photometric: Photometric, isGuessed: Bool
    ) -> SampleForm {
        var form: SampleForm = isGuessed ? .unspecifiedAlpha : []
        guard [.blackIsZero, .rgb, .cmyk].contains(photometric), fields.sample_format != 3 else {
            return form
        }
        if fields.bits_per_sample == 32 { form.insert(.integers) }
        if fields.sample_format == 2, [8, 16, 32].contains(fields.bits_per_sample) {
            form.insert(.signed)
        }
        return form
    }

    /// The storage that other files can have, too.
    private static func storage(
        _ fields: ctiff_layout, _ photometric: Photometric, _ channels: [Channel]
    ) -> SampleStorage? {
        let bits = Int(fields.bits_per_sample)
        guard [1, 2, 4, 8].contains(bits), fields.sample_format != 2 else { return nil }
        switch photometric {
        case .whiteIsZero, .blackIsZero: return bits < 8 ? .packedGray(bitCount: bits) : nil
        case .palette:
            let tables = channels.compactMap(\.table)
            guard tables.count == 3 else { return nil }
            let colors = tables[0].indices.map {
                RGBAColor(
                    red: UInt8(tables[0][$0]), green: UInt8(tables[1][$0]),
                    blue: UInt8(tables[2][$0]))
            }
            return .palette(Palette(colors, indexBitCount: bits))
        default: return nil
        }
    }

    // MARK: Channels

    /// The channels of the color, and the type of their samples.
    private static func colors(
        _ photometric: Photometric, _ file: TIFFDecoder, _ fields: ctiff_layout
    ) throws(ImageError) -> (sample: SampleType, channels: [Channel]) {
        let bits = Int(fields.bits_per_sample)
        switch photometric {
        case .palette:
            guard let map = file.colorMap(entryCount: 3 << bits) else {
                throw .malformed(.tiff, "the color map is missing")
            }
            let palette = SampleTables.palette(map)
            return (palette.sample, palette.tables.map { Channel(sample: 0, table: $0) })
        case .lab:
            // The conversion reads the codes as they are.
            let sample: SampleType = bits == 8 ? .uint8 : .uint16
            let table = SampleTables.scale(bits: bits, to: sample)
            return (sample, (0..<3).map { Channel(sample: $0, table: table) })
        default:
            let isWide = fields.sample_format == 3 || bits > 16
            let sample: SampleType = isWide ? .float32 : bits <= 8 ? .uint8 : .uint16
            let isInverted = photometric == .whiteIsZero
            return (
                sample,
                (0..<photometric.sampleCount).map {
                    channel($0, fields, sample, isInverted: isInverted)
                }
            )
        }
    }

    /// A channel that is scaled to the range of `sample`.
    private static func channel(
        _ index: Int, _ fields: ctiff_layout, _ sample: SampleType, isInverted: Bool = false
    ) -> Channel {
        guard sample != .float32 else {
            return Channel(sample: index, table: nil, isInverted: isInverted)
        }
        let table = SampleTables.scale(
            bits: Int(fields.bits_per_sample), to: sample, isInverted: isInverted,
            isSigned: fields.sample_format == 2)
        return Channel(sample: index, table: table)
    }

    /// Whether the samples are already what is delivered.
    private static func isVerbatim(
        _ fields: ctiff_layout, _ photometric: Photometric
    ) -> Bool {
        switch photometric {
        case .palette, .whiteIsZero: return false
        case .lab: return true
        default: break
        }
        switch fields.sample_format {
        case 2: return false
        case 3: return fields.bits_per_sample == 32
        default: return fields.bits_per_sample == 8 || fields.bits_per_sample == 16
        }
    }

    private static func significantBits(
        _ fields: ctiff_layout, _ photometric: Photometric, _ sample: SampleType
    ) -> Int {
        let bits = Int(fields.bits_per_sample)
        if photometric == .palette { return sample.bitCount }
        // The fraction of binary32 has 24 bits.
        return sample == .float32 && fields.sample_format != 3 ? min(bits, 24) : min(bits, 32)
    }

    /// The bits that the fraction of binary32, or the whole of it, does not have, and signs.
    private static func losses(
        _ fields: ctiff_layout, _ photometric: Photometric, _ form: SampleForm
    ) -> [Loss] {
        let bits = Int(fields.bits_per_sample)
        if photometric.isLab { return [] }
        let isSigned = fields.sample_format == 2 && !form.contains(.signed)
        let signs: [Loss] =
            isSigned ? [.picture("signed samples are shifted: the lowest value becomes 0")] : []
        if form.contains(.integers) { return signs }
        let limit = fields.sample_format == 3 ? 32 : 24
        return signs + (bits > limit ? [.bitDepth(from: bits, to: limit)] : [])
    }
}

extension Photometric {
    fileprivate var isLab: Bool {
        if case .lab = self { true } else { false }
    }
}

import FormatKit

import CTIFFShim

/// What the color samples of a page mean (TIFF 6.0 §4–6, 8, 16, 20, 21, 23, and later numbers).
enum Photometric: Equatable {
    /// Gray whose largest value is black.
    case whiteIsZero
    /// Gray, or the opacity of another picture.
    case blackIsZero
    case rgb
    /// One sample that is a place in the color map.
    case palette
    case cmyk
    case ycbcr
    /// CIE L*a*b*; a* and b* are signed, or offset by half the range as ICC profiles have them.
    case lab(isOffset: Bool)
    /// CIE Y, in floats.
    case luminance
    /// CIE XYZ, in floats.
    case xyz

    /// The number of samples of a pixel that make up its color.
    var sampleCount: Int {
        switch self {
        case .whiteIsZero, .blackIsZero, .palette, .luminance: 1
        case .rgb, .ycbcr, .lab, .xyz: 3
        case .cmyk: 4
        }
    }

    /// What pixels are delivered as.
    var model: ColorModel {
        switch self {
        case .whiteIsZero, .blackIsZero, .luminance: .gray
        case .rgb, .palette, .ycbcr, .lab, .xyz: .rgb
        case .cmyk: .cmyk
        }
    }

    /// Interprets the fields of a page, or refuses by name what is not supported.
    init(_ fields: ctiff_layout) throws(ImageError) {
        switch fields.photometric {
        case 0: self = .whiteIsZero
        case 1, 4: self = .blackIsZero
        case 2: self = .rgb
        case 3: self = .palette
        case 5:
            // CMYK is the only set of inks that a number stands for.
            guard fields.ink_set != 2 else {
                throw .unsupported(.tiff, "inks other than CMYK")
            }
            self = .cmyk
        case 6: self = Self.isDecodedToRGB(fields) ? .rgb : .ycbcr
        case 8: self = .lab(isOffset: false)
        case 9: self = .lab(isOffset: true)
        case 32844 where Self.isLogLuv(fields): self = .luminance
        case 32845 where Self.isLogLuv(fields): self = .xyz
        case UInt16(CTIFF_UNDECLARED):
            // Some writers leave it out. Facsimile is black on white.
            if fields.samples_per_pixel >= 3 {
                self = .rgb
            } else {
                self = (2...4).contains(fields.compression) ? .whiteIsZero : .blackIsZero
            }
        default: throw .unsupported(.tiff, "\(TIFFName.photometric(fields)) samples")
        }
        if case .lab = self, fields.samples_per_pixel == 1 {
            throw .unsupported(.tiff, "CIELab of lightness alone")
        }
        guard Int(fields.samples_per_pixel) >= sampleCount else {
            throw .malformed(
                .tiff, "expected \(sampleCount) samples a pixel, found \(fields.samples_per_pixel)")
        }
        try checkDepth(fields)
    }

    /// Whether libtiff turns JPEG's YCbCr into RGB.
    static func isDecodedToRGB(_ fields: ctiff_layout) -> Bool {
        fields.photometric == 6 && fields.compression == TIFFName.jpeg && fields.is_planar == 0
    }

    /// Whether libtiff decodes to CIE Y or XYZ.
    static func isLogLuv(_ fields: ctiff_layout) -> Bool {
        (fields.photometric == 32844 && fields.compression == TIFFName.sgiLog)
            || (fields.photometric == 32845
                && [TIFFName.sgiLog, TIFFName.sgiLog24].contains(fields.compression)
                && fields.is_planar == 0)
    }

    /// Refuses samples that have no meaning, or none that is known here.
    private func checkDepth(_ fields: ctiff_layout) throws(ImageError) {
        let bits = Int(fields.bits_per_sample)
        let name: String
        switch fields.sample_format {
        case 1, 4: name = "\(bits)-bit"
        case 2: name = "signed \(bits)-bit"
        case 3: name = "\(bits)-bit floating-point"
        default: throw .unsupported(.tiff, "complex samples")
        }
        let isFloat = fields.sample_format == 3
        let depths: [Int]
        switch self {
        case .palette: depths = isFloat ? [] : Array(1...16)
        case .ycbcr: depths = isFloat ? [] : [8]
        case .lab: depths = isFloat ? [] : [8, 16]
        case .luminance, .xyz: depths = [32]
        default: depths = isFloat ? [16, 24, 32, 64] : Array(1...64)
        }
        guard depths.contains(bits) else {
            throw .unsupported(.tiff, "\(name) \(TIFFName.photometric(fields)) samples")
        }
        let predicted = fields.predictor == 3 ? [16, 24, 32, 64] : [8, 16, 32, 64]
        if fields.predictor != 1, !predicted.contains(bits) {
            throw .unsupported(.tiff, "a predictor for \(bits)-bit samples")
        }
        if fields.compression == TIFFName.jpeg || fields.compression == TIFFName.oldJPEG, bits != 8
        {
            throw .unsupported(.tiff, "JPEG compression of \(bits)-bit samples")
        }
    }
}

import FormatKit

import CTIFFShim

/// Turns colors that no pixel layout has into RGB, row by row and in place.
enum ColorConversion {
    /// YCbCr by tables of what each code contributes.
    case ycbcr(YCbCrTables)
    /// CIE L*a*b* to sRGB.
    case lab(isOffset: Bool)
    /// CIE XYZ to linear RGB.
    case xyz

    /// The conversion that an interpretation needs, which is reported; `nil` for none.
    init?(
        _ photometric: Photometric, _ file: TIFFDecoder, context: CodecContext
    ) throws(ImageError) {
        switch photometric {
        case .ycbcr: self = .ycbcr(try YCbCrTables(file))
        case .lab(let isOffset):
            self = .lab(isOffset: isOffset)
            context.lose(
                .picture(
                    "CIE L*a*b* (D50) is converted to sRGB; what lies outside its gamut is clipped")
            )
        case .xyz:
            self = .xyz
            context.warn("LogLuv is converted to linear RGB with the primaries of BT.709")
        default: return nil
        }
    }

    /// Converts the pixels of a row of `layout`.
    func convert(_ row: UnsafeMutableRawBufferPointer, layout: PixelLayout) {
        let (count, channels) = (row.count / layout.bytesPerPixel, layout.channelCount)
        switch self {
        case .ycbcr(let tables):
            unsafe tables.convert(row.assumingMemoryBound(to: UInt8.self), count, channels)
        case .lab(let isOffset) where layout.sample == .uint8:
            unsafe ctiff_lab8_to_srgb(
                row.assumingMemoryBound(to: UInt8.self).baseAddress, count, channels,
                isOffset ? 1 : 0)
        case .lab(let isOffset):
            unsafe ctiff_lab16_to_srgb(
                row.assumingMemoryBound(to: UInt16.self).baseAddress, count, channels,
                isOffset ? 1 : 0)
        case .xyz:
            unsafe ctiff_xyz_to_rgb(
                row.assumingMemoryBound(to: Float.self).baseAddress, count, channels)
        }
    }
}

/// What each code of Y, Cb and Cr contributes to red, green and blue (TIFF 6.0 §21).
///
/// Codes are first scaled so that ReferenceBlackWhite gives 0 and 255 for Y, 0 and ±127 for Cb and
/// Cr. Then R = Y + (2 − 2 LumaRed) Cr, B = Y + (2 − 2 LumaBlue) Cb, and G such that the
/// luma of the result is Y.
struct YCbCrTables {
    /// Five tables of 256 entries: Y; Cr to red; Cb and Cr to green; Cb to blue.
    private let tables: [Float]

    /// Works out the tables from the tags of a page.
    init(_ file: TIFFDecoder) throws(ImageError) {
        let (luma, range) = file.ycbcrFields
        guard (luma + range).allSatisfy(\.isFinite), luma[1] != 0 else {
            throw .malformed(.tiff, "the coefficients of YCbCr are no numbers to divide by")
        }
        let (red, blue) = (2 - 2 * luma[0], 2 - 2 * luma[2])
        func table(_ channel: Int, _ span: Float, _ factor: Float) -> [Float] {
            let (black, white) = (range[2 * channel], range[2 * channel + 1])
            // No range at all is as good as none given.
            let scale = white == black ? 1 : span / (white - black)
            return (0..<256).map { (Float($0) - black) * scale * factor }
        }
        tables =
            table(0, 255, 1) + table(2, 127, red) + table(1, 127, -luma[2] * blue / luma[1])
            + table(2, 127, -luma[0] * red / luma[1]) + table(1, 127, blue)
    }

    /// Converts `count` pixels.
    func convert(_ pixels: UnsafeMutableBufferPointer<UInt8>, _ count: Int, _ channels: Int) {
        unsafe ctiff_ycbcr_to_rgb(tables, pixels.baseAddress, count, channels)
    }
}

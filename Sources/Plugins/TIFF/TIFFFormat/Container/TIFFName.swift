import CTIFFShim

/// Names of the values that tags can have, as people know them.
enum TIFFName {
    /// JPEG compression as of TIFF 6.0.
    static let oldJPEG: UInt16 = 6
    /// JPEG compression as of Technical Note 2.
    static let jpeg: UInt16 = 7
    /// Run lengths of 16-bit logarithms.
    static let sgiLog: UInt16 = 34676
    /// Logarithms in 24 bits a pixel.
    static let sgiLog24: UInt16 = 34677

    /// The compression.
    static func compression(_ value: UInt16) -> String {
        switch value {
        case 1: "none"
        case 2: "CCITT RLE"
        case 3: "CCITT Group 3"
        case 4: "CCITT Group 4"
        case 5: "LZW"
        case oldJPEG: "old-style JPEG"
        case jpeg: "JPEG"
        case 8, 32946: "Deflate"
        case 9, 10, 34661: "JBIG"
        case 32766: "NeXT"
        case 32771: "CCITT RLE/W"
        case 32773: "PackBits"
        case 32809: "ThunderScan"
        case 32909: "PixarLog"
        case sgiLog: "SGILog"
        case sgiLog24: "SGILog24"
        case 34712: "JPEG 2000"
        case 34887: "LERC"
        case 34925: "LZMA"
        case 50000: "Zstandard"
        case 50001: "WebP"
        case 50002, 52546: "JPEG XL"
        default: "\(value)"
        }
    }

    /// The kind of number that a sample is.
    static func sampleFormat(_ value: UInt16) -> String {
        switch value {
        case 1, 4: "unsigned integers"
        case 2: "signed integers"
        case 3: "floating point"
        default: "format \(value)"
        }
    }

    /// The photometric interpretation.
    static func photometric(_ fields: ctiff_layout) -> String {
        switch fields.photometric {
        case 0: "white is zero"
        case 1: "black is zero"
        case 2: "RGB"
        case 3: "palette"
        case 4: "transparency mask"
        case 5: "CMYK"
        case 6:
            "YCbCr (subsampled \(fields.ycbcr_horizontal)×\(fields.ycbcr_vertical), "
                + "\(compression(fields.compression)) compression)"
        case 8: "CIE L*a*b*"
        case 9: "ICC L*a*b*"
        case 10: "ITU L*a*b*"
        case 32803: "color filter array (camera raw)"
        case 32844: "LogL"
        case 32845: "LogLuv"
        case 34892: "linear raw"
        default: "photometric \(fields.photometric)"
        }
    }
}

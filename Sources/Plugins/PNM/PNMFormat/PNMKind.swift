internal import FormatKit

/// One of the formats of the Netpbm family, each with what its name promises.
///
/// They share a header in text; the two letters at the start say which one it is:
///
/// | magic | kind | raster |
/// | --- | --- | --- |
/// | `P1`, `P4` | bitmap | digits; packed bits, 1 is black |
/// | `P2`, `P5` | graymap | numbers; samples of 8 or 16 bits, big-endian |
/// | `P3`, `P6` | pixmap | numbers; samples of 8 or 16 bits, big-endian |
/// | `P7` | arbitrary map | samples of 8 or 16 bits, big-endian |
/// | `Pf`, `PF` | floatmap | gray; RGB: binary32, rows from the bottom |
enum PNMKind: String, CaseIterable {
    case bitmap = "pbm"
    case graymap = "pgm"
    case pixmap = "ppm"
    case arbitrary = "pam"
    case float = "pfm"

    var id: FormatID { FormatID(rawValue) }

    var name: String {
        switch self {
        case .bitmap: "Portable Bitmap"
        case .graymap: "Portable Graymap"
        case .pixmap: "Portable Pixmap"
        case .arbitrary: "Portable Arbitrary Map"
        case .float: "Portable Floatmap"
        }
    }

    /// `pnm` stands for any of the first three, of which the pixmap can hold the others.
    var fileExtensions: [String] { self == .pixmap ? [rawValue, "pnm"] : [rawValue] }

    /// Comments; headers of floatmaps have none.
    var metadata: Set<MetadataKind> { self == .float ? [] : [.texts] }

    var mediaTypes: [String] {
        switch self {
        case .bitmap: ["image/x-portable-bitmap"]
        case .graymap: ["image/x-portable-graymap"]
        case .pixmap: ["image/x-portable-pixmap", "image/x-portable-anymap"]
        case .arbitrary: ["image/x-portable-arbitrarymap"]
        case .float: ["image/x-portable-floatmap"]
        }
    }

    /// The magic numbers, that of the plain form first where there is one.
    var magics: [String] {
        switch self {
        case .bitmap: ["P1", "P4"]
        case .graymap: ["P2", "P5"]
        case .pixmap: ["P3", "P6"]
        case .arbitrary: ["P7"]
        case .float: ["Pf", "PF"]
        }
    }

    /// The magic number and what may follow it: white space or a comment.
    var signatures: [Signature] {
        // XV's thumbnails begin with `P7 332`.
        let followers = self == .arbitrary ? "\n" : " \t\n\r#"
        return magics.flatMap { magic in
            followers.unicodeScalars.map { Signature(Array("\(magic)\($0)".utf8)) }
        }
    }

    /// What can be written.
    var layouts: Set<PixelLayout> {
        switch self {
        case .bitmap: [PixelLayout(.gray, .uint8)]
        case .graymap: [PixelLayout(.gray, .uint8), PixelLayout(.gray, .uint16)]
        case .pixmap: [PixelLayout(.rgb, .uint8), PixelLayout(.rgb, .uint16)]
        case .float: [PixelLayout(.gray, .float32), PixelLayout(.rgb, .float32)]
        case .arbitrary:
            Set(
                [SampleType.uint8, .uint16].flatMap { sample in
                    [
                        PixelLayout(.gray, sample), PixelLayout(.gray, sample, alpha: .straight),
                        PixelLayout(.rgb, sample), PixelLayout(.rgb, sample, alpha: .straight),
                        PixelLayout(.cmyk, sample),
                    ]
                })
        }
    }

    var options: [OptionSpec] {
        guard magics.count == 2, self != .float else { return [] }
        return [
            OptionSpec(
                "plain", .boolean, default: "false",
                summary: "write samples as numbers in text (\(magics[0])), not as bytes")
        ]
    }
}

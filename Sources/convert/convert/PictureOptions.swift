internal import ArgumentParser
internal import ConvertKit
internal import FormatKit

/// What becomes of metadata, orientation, transparency and depth.
struct PictureOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The metadata to carry: all, none, or some of \(Self.kindNames), with commas; what "
                + "follows a hyphen is left out, such as all-exif-xmp, or all-gps for where a "
                + "picture was taken.",
            valueName: "kinds"),
        transform: {
            guard let kinds = PictureArguments.metadata($0) else {
                throw ValidationError("\"\($0)\" is not all, none or a list of \(Self.kindNames)")
            }
            return kinds
        })
    var keep = PictureArguments.KeptMetadata()

    @Option(
        help: ArgumentHelp(
            "What becomes of a picture stored on its side: keep (its orientation is stored, or "
                + "where it cannot be, pixels are turned) or apply (pixels are turned).",
            valueName: "how"),
        completion: .list(OrientationHandling.allCases.map(\.rawValue)),
        transform: {
            guard let handling = OrientationHandling(rawValue: $0) else {
                throw ValidationError("\"\($0)\" is neither keep nor apply")
            }
            return handling
        })
    var orient = OrientationHandling.keep

    @Option(
        help: ArgumentHelp(
            "What transparency is laid on where the output has none: #rrggbb, #rgb or a name "
                + "such as black (default: white).",
            valueName: "color"),
        transform: {
            guard let color = RGBAColor(parsing: $0) else {
                throw ValidationError("\"\($0)\" is not a color such as #ff8000, #f80 or orange")
            }
            return color
        })
    var background: RGBAColor?

    @Option(
        help: ArgumentHelp(
            "The bits of a sample in the output, 8 or 16; without it, what loses least.",
            valueName: "bits"))
    var depth: Int?

    @Flag(help: "Spread the rounding to 8 bits over neighboring pixels.")
    var dither = false

    @Option(
        help: ArgumentHelp(
            "What an extra sample is whose meaning the input does not tell: alpha, or drop to leave "
                + "it out (default: stored again as it is, or else taken for alpha, as a loss).",
            valueName: "how"),
        completion: .list(ExtraSampleHandling.allCases.map(\.rawValue)),
        transform: {
            guard let handling = ExtraSampleHandling(rawValue: $0) else {
                throw ValidationError("\"\($0)\" is neither alpha nor drop")
            }
            return handling
        })
    var extraSamples: ExtraSampleHandling?

    @Flag(help: "Convert colors to sRGB, with the perceptual intent.")
    var toSrgb = false

    @Flag(
        help: """
            Take the inks of a CMYK JPEG without Adobe's marker as they are, not inverted as nearly \
            all programs store them.
            """)
    var plainCmyk = false

    typealias ExtraSampleHandling = ConversionPreferences.ExtraSampleHandling
    typealias OrientationHandling = ConversionPreferences.OrientationHandling

    private static let kindNames = MetadataKind.allCases.map(\.rawValue).joined(separator: ", ")

    func validate() throws {
        if let depth, ![8, 16].contains(depth) { throw ValidationError("--depth is 8 or 16") }
    }

    var preferences: ConversionPreferences {
        ConversionPreferences(
            metadata: keep.kinds, isKeepingLocation: keep.includesLocation, orientation: orient,
            background: background ?? .white, depth: depth,
            isDithered: dither, isConvertedToSRGB: toSrgb, extraSamples: extraSamples,
            takesPlainCMYK: plainCmyk)
    }
}

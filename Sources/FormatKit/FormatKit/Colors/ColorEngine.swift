internal import MetadataBlocks

/// How samples are to be understood as colors, of all that a file says about it what counts.
public enum ColorAccount: Sendable, Equatable {
    /// By an ICC profile.
    case profile([UInt8])
    /// By code points.
    case codePoints(ColorCodePoints)
    /// By an exponent, and white and primaries; what is missing is that of sRGB.
    case calibration(gamma: Double?, chromaticities: Chromaticities?)
    /// By tables of light, and white and primaries, of which those of sRGB are meant if there are none.
    case curves(TransferCurves, chromaticities: Chromaticities?)
}

extension ColorAccount {
    /// Adobe RGB (1998), §4.3.
    static let adobeRGB = ColorAccount.calibration(
        gamma: 256 / 563,
        chromaticities: Chromaticities(
            white: Chromaticities.sRGB.white, red: Chromaticity(0.64, 0.33),
            green: Chromaticity(0.21, 0.71), blue: Chromaticity(0.15, 0.06)))
}

/// Converts colors; the model cannot do so itself.
public protocol ColorEngine: Sendable {
    /// The library and its version at run time.
    var library: String { get }

    /// Whether pixels of `model` that an account describes can be converted.
    func accepts(_ colors: ColorAccount, model: ColorModel) -> Bool

    /// Makes a conversion of pixels into sRGB: RGB and inks into RGB, gray into gray.
    ///
    /// Gray needs a profile for gray, or numbers.
    ///
    /// - Throws: ``ImageError/codecFailure(_:_:)`` if the account makes no sense.
    /// - Precondition: `layout` has no premultiplied alpha, and inks are integers.
    func makeTransform(
        from colors: ColorAccount, layout: PixelLayout
    ) throws(ImageError) -> any ColorTransform

    /// An ICC profile that says exactly what an account says of pixels of `model`, or `nil` if
    /// none does.
    func profile(for colors: ColorAccount, model: ColorModel) -> [UInt8]?

    /// The code points that say exactly what an ICC profile for pixels of `model` says, or `nil` if
    /// none do.
    func codePoints(for profile: [UInt8], model: ColorModel) -> ColorCodePoints?
}

/// A conversion of pixels into sRGB.
///
/// Used by one thread at a time.
public protocol ColorTransform: AnyObject {
    /// Converts the rows of a band; sample type and alpha stay as they are.
    ///
    /// - Precondition: `band` has the layout that the conversion was made for.
    func convert(_ band: PixelBand) -> PixelBand
}

extension ImageMetadata {
    /// What counts of what is said about colors (PNG, 3rd edition, §4.3), or `nil` for sRGB.
    public var colorAccount: ColorAccount? {
        if let codePoints { return codePoints.isSRGB ? nil : .codePoints(codePoints) }
        if let icc { return .profile(icc) }
        if renderingIntent != nil { return nil }
        if gamma == nil, chromaticities == nil, let exif, ExifBlock.saysAdobeRGB(exif) {
            return .adobeRGB
        }
        var (gamma, chromaticities) = (gamma, chromaticities)
        let function = exifTransferFunction
        // Who tells the one in Exif tells the other there.
        if function != nil, function != .unusable {
            chromaticities = chromaticities ?? exif.flatMap(ExifBlock.chromaticities)
        }
        switch function {
        case .power(let exponent)?: gamma = exponent
        case .curves(let curves)?: return .curves(curves, chromaticities: chromaticities)
        case .unusable?, nil: break
        }
        let isStandard =
            gamma.map { abs($0 - 1 / 2.2) <= 0.001 } != false
            && chromaticities?.isClose(to: .sRGB) != false
        return isStandard ? nil : .calibration(gamma: gamma, chromaticities: chromaticities)
    }
}

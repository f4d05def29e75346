internal import FormatKit

/// The color spaces of a document (ISO 32000-1 §8.6).
///
/// A profile is written once for pages in turn that share it. Without one, colors are those of the
/// device, which programs take for sRGB where nobody has told them otherwise, as they do with files
/// of other formats that say nothing.
struct PDFColors {
    /// The profile that was written last, and its object.
    private var last: (profile: [UInt8], number: Int)?

    /// The color space of pixels of a model.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - profile: Their profile, if they have one.
    ///   - document: Where the profile goes.
    /// - Returns: The color space, for the dictionary of a picture.
    /// - Throws: ``ImageError`` as the sink does.
    mutating func space(
        of model: ColorModel, profile: [UInt8]?, in document: PDFDocument
    ) throws(ImageError) -> PDFValue {
        let device = PDFValue.name(Self.deviceName(of: model))
        guard let profile, Self.isUsable(profile, model) else { return device }
        if let last, last.profile == profile {
            return .array([.name("ICCBased"), .reference(last.number)])
        }
        let number = try document.makeNumber()
        try document.write(
            profile,
            [PDFEntry("N", .integer(model.channelCount)), PDFEntry("Alternate", device)],
            as: number)
        last = (profile, number)
        return .array([.name("ICCBased"), .reference(number)])
    }

    private static func deviceName(of model: ColorModel) -> String {
        switch model {
        case .gray: "DeviceGray"
        case .rgb: "DeviceRGB"
        case .cmyk: "DeviceCMYK"
        }
    }

    /// Whether a profile is one for pixels of a model.
    static func isUsable(_ profile: [UInt8], _ model: ColorModel) -> Bool {
        ColorModel(profile: profile) == model
    }

    /// What is lost of a profile.
    static func losses(_ header: ImageHeader) -> [Loss] {
        guard let profile = header.metadata.icc, !isUsable(profile, header.layout.model) else {
            return []
        }
        return [.metadata(.icc)]
    }
}

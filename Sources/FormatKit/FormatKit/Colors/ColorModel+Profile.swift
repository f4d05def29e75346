package import MetadataBlocks

extension ColorModel {
    /// The kind of colors that an ICC profile describes; `nil` if pixels cannot have it, or if that is none.
    public init?(profile: [UInt8]) {
        guard let model = ICCHeader(profile)?.model else { return nil }
        self = model
    }
}

extension ICCHeader {
    /// The kind of colors that the profile describes, if pixels can have it.
    package var model: ColorModel? {
        switch colorSpace {
        case "GRAY": .gray
        case "RGB ": .rgb
        case "CMYK": .cmyk
        default: nil
        }
    }
}

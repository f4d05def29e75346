/// A kind of metadata that a format can or cannot store.
///
/// The raw value is the name on the command line and in reports.
public enum MetadataKind: String, Sendable, Hashable, CaseIterable {
    /// An ICC color profile.
    case icc
    /// Coding-independent code points: primaries, transfer function, matrix, range.
    case codePoints = "cicp"
    /// The exponent of the transfer function.
    case gamma
    /// The chromaticities of white and of the primaries.
    case chromaticities
    /// That colors are sRGB, and how to map them to other gamuts.
    case renderingIntent = "srgb"
    /// The display on which the picture was mastered.
    case masteringDisplay = "mastering"
    /// How bright the picture gets.
    case contentLight = "light"
    /// The number of bits of each channel that carry information.
    case significantBits = "bits"
    /// An Exif block.
    case exif
    /// An XMP packet.
    case xmp
    /// An IPTC-IIM record.
    case iptc
    /// Photoshop's image resources.
    case photoshop
    /// Where on earth the pixels lie.
    case geotiff
    /// Texts with keywords.
    case texts = "text"
    /// When the picture was last changed.
    case modificationTime = "time"
    /// The physical size of a pixel.
    case resolution
    /// The orientation of the stored picture.
    case orientation
    /// The color on which the picture is meant to be shown.
    case background
    /// What only one format has a place for.
    case formatBlocks = "other"

    /// The kinds that say how samples are to be understood as colors, the one that counts first.
    package static let colorDescriptions: [MetadataKind] = [
        .codePoints, .icc, .renderingIntent, .gamma, .chromaticities,
    ]

    /// Whether they say how the samples are to be shown.
    var isOfSamples: Bool {
        switch self {
        case .icc, .codePoints, .gamma, .chromaticities, .masteringDisplay, .contentLight,
            .significantBits, .orientation:
            true
        case .renderingIntent, .exif, .xmp, .iptc, .photoshop, .geotiff, .texts,
            .modificationTime, .resolution, .background, .formatBlocks:
            false
        }
    }

    /// What a person would call it, with an article.
    var phrase: String {
        switch self {
        case .icc: "the ICC profile"
        case .codePoints: "the description of colors by code points (CICP)"
        case .gamma: "the gamma"
        case .chromaticities: "the chromaticities of the primaries"
        case .renderingIntent: "the sRGB rendering intent"
        case .masteringDisplay: "the description of the mastering display"
        case .contentLight: "the content light level"
        case .significantBits: "the number of significant bits"
        case .exif: "the Exif block"
        case .xmp: "the XMP packet"
        case .iptc: "the IPTC record"
        case .photoshop: "the Photoshop image resources"
        case .geotiff: "the georeference"
        case .texts: "the text"
        case .modificationTime: "the modification time"
        case .resolution: "the resolution"
        case .orientation: "the orientation"
        case .background: "the background color"
        case .formatBlocks: "what holds only for the input as it is stored"
        }
    }

    /// Whether ``phrase`` is a plural.
    var isPlural: Bool { self == .chromaticities || self == .photoshop }
}

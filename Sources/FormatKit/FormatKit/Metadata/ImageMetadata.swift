internal import MetadataBlocks

/// What a file says about its picture, beside the pixels.
///
/// Blocks with a form of their own are kept as the bytes found, so that copying loses nothing; a block
/// without a byte is none.
///
/// ```swift
/// let metadata = reader.header.metadata
/// print(metadata.kinds.map(\.rawValue).sorted(), metadata.orientation)
/// let colorsOnly = metadata.keeping([.icc, .codePoints, .gamma, .chromaticities])
/// ```
public struct ImageMetadata: Sendable, Equatable {
    /// The bytes of an ICC profile.
    public var icc: [UInt8]? {
        didSet { icc = icc.flatMap(Self.present) }
    }
    /// Code points that describe colors; they count before ``icc``.
    public var codePoints: ColorCodePoints?
    /// The exponent with which light was encoded, such as 1/2.2.
    public var gamma: Double?
    /// The chromaticities of white and of the primaries.
    public var chromaticities: Chromaticities?
    /// Set if the file says that its colors are sRGB; counts before ``gamma`` and
    /// ``chromaticities``.
    public var renderingIntent: RenderingIntent?
    /// The display on which the picture was mastered.
    public var masteringDisplay: MasteringDisplay?
    /// How bright the picture gets.
    public var contentLight: ContentLightLevel?
    /// The number of bits of each channel that carry information, in the order of the layout's
    /// channels, or of red, green, blue and alpha for a palette.
    public var significantBits: [Int]?
    /// The bytes of an Exif block, from its `II` or `MM` (without an `Exif\0\0` prefix).
    public var exif: [UInt8]? {
        didSet { exif = exif.flatMap(Self.present) }
    }
    /// The bytes of an XMP packet, in UTF-8.
    public var xmp: [UInt8]? {
        didSet { xmp = xmp.flatMap(Self.present) }
    }
    /// The bytes of an IPTC-IIM record, from its first tag marker.
    public var iptc: [UInt8]? {
        didSet { iptc = iptc.flatMap(Self.present) }
    }
    /// The bytes of Photoshop's image resources, from the first `8BIM`; a copy of ``iptc`` may be
    /// among them.
    public var photoshop: [UInt8]? {
        didSet { photoshop = photoshop.flatMap(Self.present) }
    }
    /// The GeoTIFF tags, as the only directory of a TIFF structure in which offsets count from
    /// its `II` or `MM`.
    public var geotiff: [UInt8]? {
        didSet { geotiff = geotiff.flatMap(Self.present) }
    }
    /// Texts, in the order of the file.
    ///
    /// A writer whose format has places only for some keywords warns about the others.
    public var texts: [TextEntry]
    /// When the picture was last changed; carried, never made.
    public var modificationTime: ModificationTime?
    /// The physical density of pixels.
    public var resolution: Resolution?
    /// How the stored picture must be turned to stand upright.
    public var orientation: Orientation
    /// The color on which the picture is meant to be shown.
    public var background: BackgroundColor?
    /// Blocks for which only one format has a place, in the order of the file.
    package var blocks: [FormatBlock] = []

    /// Creates metadata; what is left out is absent.
    public init(
        icc: [UInt8]? = nil, exif: [UInt8]? = nil, xmp: [UInt8]? = nil,
        resolution: Resolution? = nil, orientation: Orientation = .up, texts: [TextEntry] = []
    ) {
        self.icc = icc.flatMap(Self.present)
        self.exif = exif.flatMap(Self.present)
        self.xmp = xmp.flatMap(Self.present)
        self.texts = texts
        self.resolution = resolution
        self.orientation = orientation
    }

    /// The block, or `nil` if it has no byte: no format can tell that from none.
    private static func present(_ block: [UInt8]) -> [UInt8]? { block.isEmpty ? nil : block }

    /// The kinds that are present; an upright orientation says nothing and does not count.
    package var kinds: Set<MetadataKind> { Set(MetadataKind.allCases.filter(contains)) }

    /// The metadata with only the given kinds left.
    package func keeping(_ kinds: Set<MetadataKind>) -> ImageMetadata {
        var metadata = self
        for kind in MetadataKind.allCases where !kinds.contains(kind) { metadata.remove(kind) }
        return metadata
    }

    /// The Exif block to write into a format that stores the orientation only there.
    ///
    /// It says what ``orientation`` says: an existing entry is changed in place, and where there
    /// is none, or no block at all, one is added if the picture is not upright.
    package var exifCarryingOrientation: [UInt8]? {
        ExifOrientation.setting(orientation, in: exif)
    }

    private func contains(_ kind: MetadataKind) -> Bool {
        switch kind {
        case .icc: icc != nil
        case .codePoints: codePoints != nil
        case .gamma: gamma != nil
        case .chromaticities: chromaticities != nil
        case .renderingIntent: renderingIntent != nil
        case .masteringDisplay: masteringDisplay != nil
        case .contentLight: contentLight != nil
        case .significantBits: significantBits != nil
        case .exif: exif != nil
        case .xmp: xmp != nil
        case .iptc: iptc != nil
        case .photoshop: photoshop != nil
        case .geotiff: geotiff != nil
        case .texts: !texts.isEmpty
        case .modificationTime: modificationTime != nil
        case .resolution: resolution != nil
        case .orientation: orientation != .up
        case .background: background != nil
        case .formatBlocks: !blocks.isEmpty
        }
    }

    /// Makes a kind absent.
    mutating func remove(_ kind: MetadataKind) {
        switch kind {
        case .icc: icc = nil
        case .codePoints: codePoints = nil
        case .gamma: gamma = nil
        case .chromaticities: chromaticities = nil
        case .renderingIntent: renderingIntent = nil
        case .masteringDisplay: masteringDisplay = nil
        case .contentLight: contentLight = nil
        case .significantBits: significantBits = nil
        case .exif: exif = nil
        case .xmp: xmp = nil
        case .iptc:
            // A record that is not wanted must not go along in a copy.
            photoshop = photoshop.map { PhotoshopResources($0).setting(iptc: nil) }
            iptc = nil
        case .photoshop: photoshop = nil
        case .geotiff: geotiff = nil
        case .texts: texts = []
        case .modificationTime: modificationTime = nil
        case .resolution: resolution = nil
        case .orientation: orientation = .up
        case .background: background = nil
        case .formatBlocks: blocks = []
        }
    }
}

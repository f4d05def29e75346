/// What a person wants of conversions, beside the format.
///
/// ```swift
/// // For the web: upright, in sRGB, and without the place where it was taken.
/// let preferences = ConversionPreferences(
///     metadata: [.icc, .exif], isKeepingLocation: false, orientation: .apply,
///     isConvertedToSRGB: true)
/// let converter = Converter(
///     registry: try BuiltInFormats.makeRegistry(), context: CodecContext(),
///     preferences: preferences, colorEngine: BuiltInFormats.colorEngine)
/// ```
public struct ConversionPreferences: Sendable, Equatable {
    /// What becomes of an orientation other than upright.
    public enum OrientationHandling: String, Sendable, Hashable, CaseIterable {
        /// It is stored as it is; where the target cannot, pixels are turned.
        case keep
        /// Pixels are turned upright.
        case apply
    }

    /// What becomes of an extra sample whose meaning its file does not tell.
    public enum ExtraSampleHandling: String, Sendable, Hashable, CaseIterable {
        /// It is alpha.
        case alpha
        /// It is left out.
        case drop
    }

    /// The kinds of metadata to carry; what is left out here is not a loss.
    public var metadata: Set<MetadataKind>
    /// Whether where a picture was taken is carried, too; leaving it out is not a loss.
    public var isKeepingLocation: Bool
    /// What becomes of an orientation other than upright.
    public var orientation: OrientationHandling
    /// What transparency is laid on where the target has none.
    public var background: RGBAColor
    /// The size of a sample in the output, in bits: 8, 16, or `nil` for what loses least.
    public var depth: Int?
    /// Whether rounding to 8 bits is spread over neighbors (ordered dithering).
    public var isDithered: Bool
    /// Whether colors are converted to sRGB.
    public var isConvertedToSRGB: Bool
    /// What becomes of an extra sample of unspecified meaning: without a wish, it is stored again
    /// as it is, or else taken for alpha, which is a loss.
    public var extraSamples: ExtraSampleHandling?
    /// Whether inks of a file that does not say how it stores them are taken as they are.
    public var takesPlainCMYK: Bool

    /// Creates preferences; what is left out loses least.
    public init(
        metadata: Set<MetadataKind> = Set(MetadataKind.allCases), isKeepingLocation: Bool = true,
        orientation: OrientationHandling = .keep, background: RGBAColor = .white,
        depth: Int? = nil, isDithered: Bool = false, isConvertedToSRGB: Bool = false,
        extraSamples: ExtraSampleHandling? = nil, takesPlainCMYK: Bool = false
    ) {
        self.takesPlainCMYK = takesPlainCMYK
        self.extraSamples = extraSamples
        self.metadata = metadata
        self.isKeepingLocation = isKeepingLocation
        self.orientation = orientation
        self.background = background
        self.depth = depth
        self.isDithered = isDithered
        self.isConvertedToSRGB = isConvertedToSRGB
    }

    /// The preferred layouts of those that a format stores.
    ///
    /// - Throws: ``ImageError/invalidOption(name:reason:)`` if it stores none of them.
    func layouts(of format: FormatDescriptor) throws(ImageError) -> Set<PixelLayout> {
        let layouts = format.write?.layouts ?? []
        guard let depth else { return layouts }
        let preferred = layouts.filter { $0.sample != .float32 && $0.sample.bitCount == depth }
        guard !preferred.isEmpty else {
            throw .invalid(.depth, "\(format.id) stores no \(depth)-bit samples")
        }
        return preferred
    }
}

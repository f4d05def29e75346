/// A kind of metadata that a format can or cannot store.
public enum MetadataKind: String, Sendable, Hashable, CaseIterable {
    /// An ICC color profile.
    case icc
    /// An Exif block.
    case exif
    /// An XMP packet.
    case xmp
    /// The physical size of a pixel.
    case resolution
    /// The orientation of the stored picture.
    case orientation
}

/// The physical density of pixels.
public struct Resolution: Sendable, Hashable {
    /// What the numbers count pixels per.
    public enum Unit: String, Sendable, Hashable {
        /// Only the ratio of the two numbers means something.
        case none
        /// Pixels per inch.
        case inch
        /// Pixels per centimeter.
        case centimeter
    }

    /// Pixels per unit along a row.
    public var horizontal: Double
    /// Pixels per unit along a column.
    public var vertical: Double
    /// The unit.
    public var unit: Unit

    /// Creates a resolution.
    public init(horizontal: Double, vertical: Double, unit: Unit) {
        self.horizontal = horizontal
        self.vertical = vertical
        self.unit = unit
    }

    /// The density in pixels per meter, or `nil` where only the ratio is known.
    public var pixelsPerMeter: (horizontal: Double, vertical: Double)? {
        switch unit {
        case .none: nil
        case .inch: (horizontal / 0.0254, vertical / 0.0254)
        case .centimeter: (horizontal * 100, vertical * 100)
        }
    }
}

/// What a file says about its picture, beside the pixels.
///
/// ICC, Exif and XMP are kept as the bytes found, so that copying loses nothing.
public struct ImageMetadata: Sendable, Equatable {
    /// The bytes of an ICC profile.
    public var icc: [UInt8]?
    /// The bytes of an Exif block, from its `II` or `MM` (without an `Exif\0\0` prefix).
    public var exif: [UInt8]?
    /// The bytes of an XMP packet, in UTF-8.
    public var xmp: [UInt8]?
    /// The physical density of pixels.
    public var resolution: Resolution?
    /// How the stored picture must be turned to stand upright.
    public var orientation: Orientation

    /// Creates metadata; what is left out is absent.
    public init(
        icc: [UInt8]? = nil, exif: [UInt8]? = nil, xmp: [UInt8]? = nil,
        resolution: Resolution? = nil, orientation: Orientation = .up
    ) {
        self.icc = icc
        self.exif = exif
        self.xmp = xmp
        self.resolution = resolution
        self.orientation = orientation
    }

    /// The kinds that are present; an upright orientation says nothing and does not count.
    public var kinds: Set<MetadataKind> {
        var kinds: Set<MetadataKind> = []
        if icc != nil { kinds.insert(.icc) }
        if exif != nil { kinds.insert(.exif) }
        if xmp != nil { kinds.insert(.xmp) }
        if resolution != nil { kinds.insert(.resolution) }
        if orientation != .up { kinds.insert(.orientation) }
        return kinds
    }

    /// The metadata with only the given kinds left.
    public func keeping(_ kinds: Set<MetadataKind>) -> ImageMetadata {
        ImageMetadata(
            icc: kinds.contains(.icc) ? icc : nil,
            exif: kinds.contains(.exif) ? exif : nil,
            xmp: kinds.contains(.xmp) ? xmp : nil,
            resolution: kinds.contains(.resolution) ? resolution : nil,
            orientation: kinds.contains(.orientation) ? orientation : .up)
    }

    /// The Exif block to write into a format that stores the orientation only there.
    ///
    /// It says what ``orientation`` says: an existing entry is changed in place, and where there
    /// is none, or no block at all, one is added if the picture is not upright.
    public var exifCarryingOrientation: [UInt8]? {
        ExifOrientation.setting(orientation, in: exif)
    }
}

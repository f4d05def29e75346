/// What happens to a picture that may make untrue what its metadata say.
enum PictureChange: Sendable, Equatable {
    /// It is written anew: what follows it in its file, such as a gain map or a video, stays behind.
    case rewritten
    /// Only a region of it is left.
    case cropped(PixelRegion, of: ImageSize)
    /// Pixels are turned upright.
    case turned(Orientation, of: ImageSize)
    /// It is sampled at another size.
    case resampled(from: ImageSize, to: ImageSize)
    /// Its colors have become sRGB.
    case convertedToSRGB

    /// A change without its numbers.
    enum Kind: Sendable, CaseIterable {
        case rewritten, cropped, turned, resampled, convertedToSRGB
    }

    /// The change without its numbers.
    var kind: Kind {
        switch self {
        case .rewritten: .rewritten
        case .cropped: .cropped
        case .turned: .turned
        case .resampled: .resampled
        case .convertedToSRGB: .convertedToSRGB
        }
    }

    /// The size of the picture afterward, if it is another.
    var newSize: ImageSize? {
        switch self {
        case .rewritten, .convertedToSRGB: nil
        case .cropped(let region, let size): region == PixelRegion(size) ? nil : region.size
        case .turned(let orientation, let size):
            orientation.isTransposing ? orientation.uprightSize(of: size) : nil
        case .resampled(let old, let new): old == new ? nil : new
        }
    }

    /// Whether the picture still shows what it did, the same side up and in the same proportions, but
    /// for the rounding to whole pixels.
    var showsTheSame: Bool {
        guard case .resampled(let old, let new) = self else { return false }
        func isRounded(_ side: Int, _ other: Int, of before: Int, _ otherBefore: Int) -> Bool {
            abs(Double(side) - Double(other) * Double(before) / Double(otherBefore)) <= 1
        }
        return isRounded(new.width, new.height, of: old.width, old.height)
            || isRounded(new.height, new.width, of: old.height, old.width)
    }

    /// Whether nothing changes at all.
    var isNone: Bool {
        switch self {
        case .rewritten, .convertedToSRGB: false
        case .cropped(let region, let size): region == PixelRegion(size)
        case .turned(let orientation, _): orientation == .up
        case .resampled(let old, let new): old == new
        }
    }
}

/// What a change makes of metadata.
enum MetadataEffect: Sendable {
    /// They hold as they are.
    case holds
    /// They are changed along; what of them cannot be is a loss.
    case follows
    /// They do not hold any more, and the change says by itself what holds instead.
    case ends
}

extension MetadataKind {
    /// What a change makes of metadata of this kind; every pair has been thought of.
    func effect(of change: PictureChange.Kind) -> MetadataEffect {
        switch self {
        case .icc, .codePoints, .gamma, .chromaticities, .masteringDisplay, .contentLight,
            .background:
            change == .convertedToSRGB ? .ends : .holds
        // Between two of few levels there are others.
        case .significantBits:
            [.convertedToSRGB, .resampled].contains(change) ? .ends : .holds
        case .renderingIntent: change == .convertedToSRGB ? .follows : .holds
        case .exif, .photoshop: change == .rewritten ? .holds : .follows
        case .xmp: .follows
        case .iptc, .texts, .modificationTime: .holds
        case .geotiff: change == .rewritten ? .holds : .follows
        case .formatBlocks:
            switch change {
            case .rewritten, .convertedToSRGB: .holds
            case .cropped, .turned, .resampled: .follows
            }
        // Of a picture at another size the resolution stays, as people expect it: how large it is
        // printed follows its pixels.
        case .resolution, .orientation: change == .turned ? .follows : .holds
        }
    }
}

/// Something of the source that the target cannot hold.
public enum Loss: Sendable, Hashable {
    /// Samples lose precision.
    case bitDepth(from: Int, to: Int)
    /// Transparency is lost: the picture is laid on white.
    case alpha
    /// Color is reduced to luminance.
    case color
    /// A kind of metadata is left out.
    case metadata(MetadataKind)
    /// Pages or frames after the first are left out.
    case frames(Int)
    /// Color multiplied by alpha is divided again, which rounds.
    case premultiplication
}

extension Loss: CustomStringConvertible {
    /// For example `16-bit samples become 8-bit`.
    public var description: String {
        switch self {
        case .bitDepth(let from, let to): "\(from)-bit samples become \(to)-bit"
        case .alpha: "transparency is flattened on white"
        case .color: "color becomes gray"
        case .metadata(.icc): "the ICC profile is left out"
        case .metadata(.exif): "the Exif block is left out"
        case .metadata(.xmp): "the XMP packet is left out"
        case .metadata(.resolution): "the resolution is left out"
        case .metadata(.orientation): "the orientation is left out"
        case .frames(let count): "\(count) more page\(count == 1 ? " is" : "s are") left out"
        case .premultiplication: "premultiplied color is divided by alpha, with rounding"
        }
    }
}

extension Loss {
    /// A stable name for machines, such as `bit_depth`.
    public var name: String {
        switch self {
        case .bitDepth: "bit_depth"
        case .alpha: "alpha"
        case .color: "color"
        case .metadata(let kind): kind.rawValue
        case .frames: "frames"
        case .premultiplication: "premultiplication"
        }
    }

    /// How much worse a picture with this loss looks; ranks candidate layouts.
    var severity: Int {
        switch self {
        case .metadata, .frames: 0
        case .premultiplication: 1
        case .bitDepth: 10
        case .alpha: 100
        case .color: 1000
        }
    }
}

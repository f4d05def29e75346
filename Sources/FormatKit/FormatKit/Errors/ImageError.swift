/// Why an image could not be read, converted or written, sorted by who can act on it.
@nonexhaustive
public enum ImageError: Error, Equatable, Sendable {
    // The input is at fault.

    /// No registered format recognizes the bytes.
    case unrecognized
    /// The file is of a format that no plugin reads; the name is one for people.
    case foreign(String)
    /// The file violates its format; the offset is in bytes from its start, where known.
    case malformed(FormatID, String, offset: Int? = nil)
    /// The file ends too early.
    case truncated(FormatID, String, offset: Int? = nil)
    /// The file is valid but uses a feature that this program does not have.
    case unsupported(FormatID, String)

    // The caller's policy refuses it.

    /// The input asks for more than a limit allows; the caller may raise the limit.
    case limitExceeded(Limits.Name, requested: Int, allowed: Int)
    /// Conversion would lose something and the caller forbade losses.
    case lossRefused([Loss])
    /// The output exists and the caller did not allow it to be replaced.
    case outputExists

    // The request is at fault.

    /// A field of the request, or an option of a format (`format.key`), has an unknown name or a
    /// value out of range.
    case invalidOption(name: String, reason: String)
    /// The target format cannot hold such an image at all; `field` is that of the request with which
    /// it could.
    case unstorable(FormatID, String, field: RequestField? = nil)
    /// The picture has more pixels a side than the target format can hold.
    case tooLarge(FormatID, ImageSize, allowed: Int)

    /// No quality reaches what the output is to come to; the words say how near it comes.
    case targetMissed(EncodingTarget, String)
    /// A coded stream cannot be taken as it is, for the format's own sake or because something
    /// changes pixels or metadata.
    case streamRefused(FormatID, String)

    // The surroundings are at fault.

    /// The system refused an operation; `code` is its `errno`.
    case io(String, code: Int32, reason: String)
    /// A codec library failed for a reason of its own.
    case codecFailure(FormatID, String)
    /// An output was decoded again and is not what was to be written.
    case verificationFailed(FormatID, String)
    /// The caller asked for the work to stop.
    case cancelled
}

/// What a caller asks for, beside an input and an output, by the names of the properties.
public enum RequestField: String, Sendable, Hashable, CaseIterable {
    /// ``WriteSettings/quality``.
    case quality
    /// ``WriteSettings/effort``.
    case effort
    /// ``WriteSettings/isLossless``.
    case isLossless
    /// ``Selection/scale``, as a factor.
    case scale
    /// ``Selection/scale``, as a size.
    case size
    /// ``Selection/region``.
    case region
    /// ``Selection/fit``.
    case fit
    /// ``Selection/pages``, one of them.
    case page
    /// ``Selection/pages``, several.
    case pages
    /// ``ConversionPreferences/depth``.
    case depth
    /// ``ConversionPreferences/isConvertedToSRGB``.
    case isConvertedToSRGB
    /// ``Converter/target``.
    case target
}

extension ImageError {
    /// A field of the request has a value that makes no sense.
    package static func invalid(_ field: RequestField, _ reason: String) -> ImageError {
        .invalidOption(name: field.rawValue, reason: reason)
    }

    /// The system has no more memory; it may have some later.
    public static let outOfMemory = ImageError.io(
        "hold the picture", code: 12, reason: "cannot allocate memory")
}

extension ImageError: CustomStringConvertible {
    /// One line without a full stop: what is wrong and, where known, at which offset.
    public var description: String {
        switch self {
        case .unrecognized: "not an image in a known format"
        case .foreign(let name): "\(name) files are not supported"
        case .malformed(let format, let reason, let offset):
            "not a valid \(format) file: \(reason)\(Self.place(offset))"
        case .truncated(let format, let reason, let offset):
            "the \(format) file is truncated: \(reason)\(Self.place(offset))"
        case .unsupported(let format, let feature):
            "unsupported \(format) feature: \(feature)"
        case .limitExceeded(let name, let requested, let allowed):
            "limit exceeded: \(requested) \(name.unit), allowed \(allowed)"
        case .lossRefused(let losses): Self.refusal(losses.map(\.description))
        case .outputExists: "the output exists"
        case .invalidOption(let name, let reason): "option \(name): \(reason)"
        case .unstorable(let format, let reason, _):
            "\(format) cannot store this image: \(reason)"
        case .tooLarge(let format, let size, let allowed):
            "\(format) cannot store this image: \(size) exceeds \(allowed) pixels a side"
        case .targetMissed(let target, let reason): "cannot come to \(target): \(reason)"
        case .streamRefused(let format, let reason):
            "cannot become \(format) without being decoded: \(reason)"
        case .io(let operation, _, let reason): "cannot \(operation): \(reason)"
        case .codecFailure(let format, let reason): "the \(format) codec failed: \(reason)"
        case .verificationFailed(let format, let reason):
            "the \(format) output is wrong and was discarded: \(reason)"
        case .cancelled: "cancelled"
        }
    }

    /// That a conversion is refused because of losses, in words.
    package static func refusal(_ losses: [String]) -> String {
        "refused as lossy: " + losses.joined(separator: "; ")
    }

    private static func place(_ offset: Int?) -> String {
        offset.map { " (offset \($0))" } ?? ""
    }
}

/// Something of the source that the target cannot hold.
public enum Loss: Sendable, Hashable {
    /// Samples lose precision.
    case bitDepth(from: Int, to: Int)
    /// Real samples become integers: the range 0…1 is encoded as it is.
    case range(bits: Int)
    /// Samples that were no numbers or outside of 0…1 have been moved into it.
    case clipping(Int)
    /// Transparency is lost: the picture is laid on a color.
    case alpha(RGBAColor)
    /// Color is reduced to luminance.
    case color
    /// Inks become light by arithmetic instead of by a profile.
    case inks
    /// Colors are converted to sRGB; those outside of its gamut are moved into it.
    case gamut
    /// Channels of a pixel beside its color and its alpha are left out.
    case channels(Int)
    /// A kind of metadata is left out.
    case metadata(MetadataKind)
    /// Something of a kind of metadata is lost; the words say what and how.
    case part(of: MetadataKind, String)
    /// Pages or frames after the first are left out.
    case frames(Int)
    /// The durations of frames are left out.
    case timing
    /// Something of how an animation is shown is lost; the words say what and how.
    case animation(String)
    /// Color multiplied by alpha is divided again, which rounds.
    case premultiplication
    /// Rows that the file does not have are made up.
    case rows(Int)
    /// Rows outside of the part that is wanted, which the file does not have either.
    case otherRows(Int)
    /// Something of the picture itself is lost on the way from the file; the words say what.
    case picture(String)
    /// One of these, of one of several files that are joined, counted from 0.
    indirect case ofInput(Int, Loss)
}

extension Loss {
    /// The loss, as one of a file that is joined with others; as it is without a number.
    func of(input: Int?) -> Loss { input.map { .ofInput($0, self) } ?? self }

    /// The file that it is of, if it is one of several, counted from 0.
    package var input: Int? {
        if case .ofInput(let number, _) = self { number } else { nil }
    }

    /// The loss, of whatever file it is.
    package var plain: Loss {
        if case .ofInput(_, let loss) = self { loss.plain } else { self }
    }
}

extension Loss {
    /// Parts of a file that its reader does not know, such as `tag` and `chunk`, by their names.
    ///
    /// - Parameters:
    ///   - noun: What the format calls a part, such as `tag`.
    ///   - names: The names, in the order of the file; of many, the first are told.
    /// - Returns: The loss, or nothing if there are no names.
    package static func unknown(_ noun: String, _ names: [String]) -> [Loss] {
        var seen: Set<String> = []
        let distinct = names.filter { seen.insert($0).inserted }
        guard let last = distinct.last else { return [] }
        guard distinct.count > 1 else {
            return [.part(of: .formatBlocks, "the \(noun) \(last) is left out")]
        }
        let shown = distinct.prefix(8)
        let rest = distinct.count - shown.count
        let list =
            rest > 0
            ? shown.joined(separator: ", ") + " and \(rest) more"
            : shown.dropLast().joined(separator: ", ") + " and " + last
        let plural = noun.hasSuffix("x") || noun.hasSuffix("y") ? Self.plural(noun) : noun + "s"
        return [.part(of: .formatBlocks, "the \(plural) \(list) are left out")]
    }
}

extension Loss {
    /// Of `box` and `property`.
    private static func plural(_ noun: String) -> String {
        noun.hasSuffix("y") ? noun.dropLast() + "ies" : noun + "es"
    }
}

extension Loss {
    /// Pixels get the palette's darkest color, as it has none at their index.
    ///
    /// - Parameters:
    ///   - count: The number of colors.
    ///   - row: The first row with such a pixel, counted from 0, if that is known.
    /// - Returns: The loss.
    package static func colorsBeyond(paletteOf count: Int, fromRow row: Int? = nil) -> Loss {
        let place = row.map { " from row \($0 + 1) on" } ?? ""
        return .picture(
            "pixels\(place) have a color beyond the palette's \(count), and get its darkest")
    }

    /// Texts that are left out, by their keywords; of many, the first are told.
    package static func texts(_ entries: [TextEntry]) -> [Loss] {
        guard !entries.isEmpty else { return [] }
        var seen: Set<String> = []
        let keywords = entries.map { "\"\($0.keyword.prefix(80))\"" }
            .filter { seen.insert($0).inserted }
        let rest = keywords.count - 8
        let names =
            keywords.prefix(8).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
        let isOne = entries.count == 1
        return [
            .part(
                of: .texts, "the text\(isOne ? "" : "s") \(names) \(isOne ? "is" : "are") left out")
        ]
    }
}

extension Loss: CustomStringConvertible {
    /// For example `16-bit samples become 8-bit`.
    public var description: String {
        switch self {
        case .bitDepth(let from, let to): "\(from)-bit samples become \(to)-bit"
        case .range(let bits):
            "floating-point samples become \(bits)-bit integers: 0 to 1 is encoded as it is, the "
                + "rest is clamped"
        case .clipping(let count):
            "\(count) sample\(count == 1 ? " was" : "s were") clamped to 0 to 1 (not a number: 0)"
        case .alpha(let background): "transparency is flattened on \(background)"
        case .color: "color becomes gray"
        case .inks: "CMYK becomes RGB without regard to a profile"
        case .gamut: "colors are converted to sRGB (perceptual intent)"
        case .channels(let count): "\(count) extra channel\(count == 1 ? " is" : "s are") left out"
        case .part(_, let words), .animation(let words), .picture(let words): words
        case .metadata(let kind): "\(kind.phrase) \(kind.isPlural ? "are" : "is") left out"
        case .frames(let count): "\(count) more page\(count == 1 ? " is" : "s are") left out"
        case .timing: "the timing of the frames is left out"
        case .premultiplication: "premultiplied color is divided by alpha, with rounding"
        case .rows(let count):
            "\(count) row\(count == 1 ? "" : "s") that the file does not have "
                + "\(count == 1 ? "is" : "are") made up"
        case .otherRows(let count):
            "\(count) row\(count == 1 ? "" : "s") outside of the part that is read "
                + "\(count == 1 ? "is" : "are") missing or damaged"
        case .ofInput(let number, let loss): "file \(number + 1): \(loss)"
        }
    }
}

extension Loss {
    /// A stable name for machines, such as `bit_depth`.
    package var name: String {
        switch self {
        case .bitDepth: "bit_depth"
        case .range: "range"
        case .clipping: "clipping"
        case .alpha: "alpha"
        case .color: "color"
        case .inks: "inks"
        case .gamut: "gamut"
        case .channels: "channels"
        case .metadata(let kind), .part(let kind, _): kind.rawValue
        case .frames: "frames"
        case .timing: "timing"
        case .animation: "animation"
        case .premultiplication: "premultiplication"
        case .rows: "rows"
        case .otherRows: "other_rows"
        case .picture: "picture"
        case .ofInput(_, let loss): loss.name
        }
    }

    /// The kind of metadata of which something is lost.
    var kind: MetadataKind? {
        switch self {
        case .metadata(let kind), .part(let kind, _): kind
        case .ofInput(_, let loss): loss.kind
        default: nil
        }
    }

    /// How much worse a picture with this loss looks; ranks candidate layouts.
    var severity: Int {
        switch self {
        case .metadata, .part, .channels, .frames, .timing, .animation, .clipping, .gamut, .rows,
            .otherRows, .picture:
            0
        case .premultiplication: 1
        case .inks: 2
        case .range(let bits), .bitDepth(_, let bits): bits > 8 ? 5 : 15
        case .alpha: 100
        case .color: 1000
        case .ofInput(_, let loss): loss.severity
        }
    }
}

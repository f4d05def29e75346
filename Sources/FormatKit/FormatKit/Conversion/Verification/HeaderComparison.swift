internal import MetadataBlocks

/// Compares what a decoded picture says of itself with what was to be written.
struct HeaderComparison {
    /// The header that the writer got.
    let expected: ImageHeader
    /// The header of the output.
    let found: ImageHeader
    /// What the plan has told of, which may be missing.
    let losses: [Loss]
    /// Whether a profile is kept byte by byte, and not as something that means the same.
    let keepsProfiles: Bool

    /// The blocks that every format that keeps them keeps, though perhaps in another form.
    private static let blocks: [MetadataKind] = [.exif, .xmp, .iptc, .photoshop, .geotiff]

    /// What is wrong with the metadata, if anything is.
    ///
    /// Formats may keep an Exif block in a form of their own, as TIFF does, and some a profile, as
    /// JPEG XL does; of XMP packets, which may be divided, properties are compared.
    var metadataProblem: String? {
        let lost = Set(losses.compactMap(\.kind))
        let (wanted, kept) = (expected.metadata, found.metadata)
        var missingKinds = wanted.kinds.subtracting(kept.kinds).subtracting(lost)
        if let exif = wanted.exif, Self.isOfFields(exif) { missingKinds.remove(.exif) }
        let missing = Self.blocks.first(where: missingKinds.contains)
        if let missing { return "\(missing.phrase) \(missing.isPlural ? "are" : "is") missing" }
        if keepsProfiles, let icc = wanted.icc, icc != kept.icc, !lost.contains(.icc) {
            return "its ICC profile is \(kept.icc == nil ? "missing" : "another")"
        }
        if let xmp = wanted.xmp, !lost.contains(.xmp),
            !XMPDescriptions.areSame(xmp, kept.xmp ?? [])
        {
            return "its XMP packet is another"
        }
        if wanted.orientation != kept.orientation, !lost.contains(.orientation) {
            return "its orientation is \(kept.orientation), expected \(wanted.orientation)"
        }
        return nil
    }

    /// Whether an Exif block says only what TIFF has fields of its own for, so that none comes back:
    /// orientation and resolution (TIFF 6.0 §8).
    private static func isOfFields(_ exif: [UInt8]) -> Bool {
        guard let block = TIFFBlock(exif), let first = block.first,
            block.next(after: first) == nil
        else { return false }
        return block.entries(of: first).allSatisfy { entry in
            switch entry.tag {
            case 274, 282, 283, 296: true
            case 34665, 34853:
                block.directory(at: entry.tag, in: first)
                    .map { block.entries(of: $0).isEmpty } ?? false
            default: false
            }
        }
    }

    /// What is wrong with the timing of a frame, if anything is.
    var timingProblem: String? {
        let isLost = losses.contains { loss in
            if case .animation = loss.plain { true } else { false }
        }
        guard !isLost, let wanted = expected.animation else { return nil }
        guard let kept = found.animation else { return "it has no timing" }
        if kept.duration.reduced != wanted.duration.reduced {
            return "it is shown for \(kept.duration), expected \(wanted.duration)"
        }
        if kept.loopCount != wanted.loopCount {
            return "the animation is shown \(kept.loopCount) times, expected \(wanted.loopCount)"
        }
        return nil
    }
}

extension FrameDuration: CustomStringConvertible {
    /// For example `1/30 s`.
    public var description: String { "\(numerator)/\(denominator) s" }
}

internal import MetadataBlocks

/// Exchanges one account of colors for another that says exactly the same, where the target has no
/// place for the first.
struct ColorExchange {
    /// The kinds of metadata that the target stores and a person wants.
    let kept: Set<MetadataKind>
    let capabilities: WriteCapabilities
    let planning: any FormatPlanning
    let settings: WriteSettings
    let engine: (any ColorEngine)?

    /// The metadata of pixels of `model` that will be written as `target`, with their account of
    /// colors as the output can say it.
    func metadata(
        _ metadata: ImageMetadata, model: ColorModel, target: ColorModel
    ) -> ImageMetadata {
        guard let account = metadata.colorAccount else { return metadata }
        switch account {
        case .profile(let profile): return addingCodePoints(metadata, profile, model)
        case .codePoints where kept.contains(.codePoints):
            return capabilities.storesOneAccount ? leavingOutProfile(metadata) : metadata
        case .calibration(let gamma, _)
        where !metadata.calibrationKinds.isEmpty
            && kept.isSuperset(of: metadata.calibrationKinds):
            return kept.contains(.gamma) ? metadata.saying(gamma) : metadata
        // Gray that becomes RGB needs a profile for RGB.
        default: return usingProfile(metadata, account, target)
        }
    }

    /// What an account does not say that has been exchanged for another.
    ///
    /// The curves of a profile say light relative to the brightest; most programs take that for the
    /// white of paper.
    func losses(from metadata: ImageMetadata, to exchanged: ImageMetadata) -> [Loss] {
        guard exchanged.codePoints == nil, let name = metadata.codePoints?.dynamicRangeName else {
            return []
        }
        return [
            .part(
                of: .codePoints,
                "that the picture has a high dynamic range (\(name)) is said only by an ICC "
                    + "profile: programs that do not know better show it too dark")
        ]
    }

    /// Only the code points, which count before the profile.
    private func leavingOutProfile(_ metadata: ImageMetadata) -> ImageMetadata {
        var metadata = metadata
        metadata.icc = nil
        return metadata
    }

    /// Code points beside a profile, if the target prefers them, or has no place for profiles.
    private func addingCodePoints(
        _ metadata: ImageMetadata, _ profile: [UInt8], _ model: ColorModel
    ) -> ImageMetadata {
        let isUseful = planning.prefersCodePoints(with: settings) || !kept.contains(.icc)
        guard kept.contains(.codePoints), isUseful || ICCHeader.hasTag("cicp", in: profile),
            let points = engine?.codePoints(for: profile, model: model),
            planning.stores(points)
        else { return metadata }
        // Few readers look into a profile for a high dynamic range.
        let isNeeded = points.dynamicRangeName != nil
        guard isUseful || isNeeded else { return metadata }
        var metadata = metadata
        metadata.codePoints = points
        if !kept.contains(.icc) || isNeeded && capabilities.storesOneAccount {
            metadata.icc = nil
        }
        return metadata
    }

    /// A profile in place of numbers; one that is there says something else, for those who do not
    /// know the numbers, and counts only if no profile can say what they do.
    private func usingProfile(
        _ metadata: ImageMetadata, _ account: ColorAccount, _ model: ColorModel
    ) -> ImageMetadata {
        guard kept.contains(.icc) else { return metadata }
        var result = metadata
        let isSame =
            metadata.icc.flatMap { engine?.codePoints(for: $0, model: model) }
            .map { $0 == metadata.codePoints } ?? false
        if !isSame {
            guard let profile = engine?.profile(for: account, model: model) else {
                // One of an ordinary range is no account of a high one.
                if metadata.codePoints?.dynamicRangeName != nil { result.icc = nil }
                return result
            }
            result.icc = profile
        }
        for kind in MetadataKind.colorDescriptions where kind != .icc { result.remove(kind) }
        return result
    }
}

extension ImageMetadata {
    /// The kinds that an account by gamma and chromaticities consists of.
    fileprivate var calibrationKinds: Set<MetadataKind> {
        kinds.intersection([.gamma, .chromaticities])
    }

    /// The metadata with a gamma that only an Exif block has told.
    fileprivate func saying(_ gamma: Double?) -> ImageMetadata {
        var metadata = self
        metadata.gamma = self.gamma ?? gamma
        return metadata
    }

    /// The loss of a kind, of which not all is `written`, in words that say what comes of it.
    func loss(of kind: MetadataKind, written: ImageMetadata) -> Loss {
        if kind == .texts, let loss = Loss.texts(texts).first { return loss }
        if kind == .formatBlocks {
            let names = blocks.filter { !written.blocks.contains($0) }.map(\.name)
            return .part(
                of: kind,
                "what holds only for the input as it is stored is left out: "
                    + names.joined(separator: ", "))
        }
        guard kind == .codePoints, let name = codePoints?.dynamicRangeName else {
            return .metadata(kind)
        }
        return .part(
            of: kind,
            "the output cannot say that the picture has a high dynamic range (\(name)): its colors "
                + "will look wrong")
    }
}

/// Exchanges one account of colors for another that says exactly the same, where the target has no
/// place for the first.
struct ColorExchange {
    /// The kinds of metadata that the target stores and a person wants.
    let kept: Set<MetadataKind>
    let capabilities: WriteCapabilities
    let settings: WriteSettings
    let engine: (any ColorEngine)?

    /// The metadata of pixels of `model`, with their account of colors as the target can say it.
    func metadata(_ metadata: ImageMetadata, model: ColorModel) -> ImageMetadata {
        guard let account = metadata.colorAccount else { return metadata }
        switch account {
        case .profile(let profile): return addingCodePoints(metadata, profile, model)
        case .codePoints where kept.contains(.codePoints): return metadata
        case .calibration where kept.isSuperset(of: [.gamma, .chromaticities]): return metadata
        default: return usingProfile(metadata, account, model)
        }
    }

    /// Code points beside a profile, if the target prefers them, or has no place for profiles.
    private func addingCodePoints(
        _ metadata: ImageMetadata, _ profile: [UInt8], _ model: ColorModel
    ) -> ImageMetadata {
        let isUseful = capabilities.prefersCodePoints(settings) || !kept.contains(.icc)
        guard kept.contains(.codePoints), isUseful,
            let points = engine?.codePoints(for: profile, model: model),
            capabilities.storesCodePoints(points)
        else { return metadata }
        var metadata = metadata
        metadata.codePoints = points
        if !kept.contains(.icc) { metadata.icc = nil }
        return metadata
    }

    /// A profile in place of numbers; one that is there is kept, as it may say more.
    private func usingProfile(
        _ metadata: ImageMetadata, _ account: ColorAccount, _ model: ColorModel
    ) -> ImageMetadata {
        guard kept.contains(.icc) else { return metadata }
        var result = metadata
        if let icc = metadata.icc {
            guard let points = metadata.codePoints,
                engine?.codePoints(for: icc, model: model) == points
            else { return metadata }
        } else {
            guard let profile = engine?.profile(for: account, model: model) else {
                return metadata
            }
            result.icc = profile
        }
        for kind in MetadataKind.colorDescriptions where kind != .icc { result.remove(kind) }
        return result
    }
}

extension ImageMetadata {
    /// The loss of a kind, in words that say what comes of it.
    func loss(of kind: MetadataKind) -> Loss {
        if kind == .texts, let loss = Loss.texts(texts).first { return loss }
        let names: [UInt8: String] = [16: "PQ", 18: "HLG"]
        guard kind == .codePoints, let name = codePoints.flatMap({ names[$0.transfer] }) else {
            return .metadata(kind)
        }
        return .part(
            of: kind,
            "the output cannot say that the picture has a high dynamic range (\(name)): its colors "
                + "will look wrong")
    }
}

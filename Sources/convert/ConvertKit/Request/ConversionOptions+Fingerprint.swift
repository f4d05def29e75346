internal import FormatKit

extension ConversionOptions {
    /// Says everything about the options in words of its own: equal options have equal fingerprints,
    /// others do not, whatever the properties are called and in whatever order sets happen to be.
    ///
    /// A test fails if a property has no place here. The engine is told by what it is made of, which
    /// is a part of the run's identity, too.
    var fingerprint: [String] {
        [
            "quality \(quality.map { "\($0)" } ?? "-")", "lossless \(isLossless)",
            "target \(target.map { "\($0.name) \($0.value)" } ?? "-")",
            "effort \(effort.map { "\($0)" } ?? "-")", "previews \(previewCount)",
            "salvaging \(isSalvaging)", "strict \(isStrict)",
            "colors \(colorEngine?.library ?? "-")",
        ] + selection.fingerprint + preferences.fingerprint
            + assignments.map { "option \($0)" }
    }
}

extension Selection {
    fileprivate var fingerprint: [String] {
        let scale =
            switch scale {
            case .native: "native"
            case .factor(let factor): "\(factor)"
            case .size(let size): "\(size)"
            }
        let pages =
            switch pages {
            case .first: "first"
            case .page(let index): "only \(index)"
            case .all: "all"
            case .list(let ranges):
                ranges.map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
            }
        let fit = fit.map { "\($0.box)\($0.isEnlarging ? " enlarging" : "")" } ?? "-"
        return [
            "scale \(scale)", "region \(region.map { "\($0)" } ?? "-")", "fit \(fit)",
            "filter \(resampling.filter?.rawValue ?? "-")",
            "linear light \(resampling.isLinearLight)",
            "pages \(pages)\(isFirstOfAll ? " of all" : "")",
        ]
    }
}

extension ConversionPreferences {
    fileprivate var fingerprint: [String] {
        [
            "metadata \(metadata.map(\.rawValue).sorted().joined(separator: ","))",
            "location \(isKeepingLocation)", "orientation \(orientation.rawValue)",
            "background \(background.red),\(background.green),\(background.blue),\(background.alpha)",
            "depth \(depth.map { "\($0)" } ?? "-")", "dithered \(isDithered)",
            "srgb \(isConvertedToSRGB)", "extra samples \(extraSamples?.rawValue ?? "-")",
            "plain cmyk \(takesPlainCMYK)",
        ]
    }
}

extension ImageMetadata {
    /// The kinds whose absence a reader of a file with only `kept` would notice.
    ///
    /// Not noticed are an account of colors that yields to one that is kept, or that says what is
    /// assumed without it (sRGB), a number of significant bits that is all of them, and a resolution
    /// that says nothing or that the Exif block which is `written` says, too.
    func losses(
        keeping kept: Set<MetadataKind>, in written: ImageMetadata, layout: PixelLayout
    ) -> [MetadataKind] {
        MetadataKind.allCases.filter { kind in
            guard kinds.contains(kind), !kept.contains(kind) else { return false }
            switch kind {
            case .codePoints: return codePoints.map { !$0.isSRGB } ?? false
            case .renderingIntent: return false
            case .gamma:
                return !isOutranked(kind) && gamma.map { abs($0 - 1 / 2.2) > 0.001 } ?? false
            case .chromaticities:
                return !isOutranked(kind) && chromaticities.map { !$0.isClose(to: .sRGB) } ?? false
            case .significantBits:
                return significantBits.map { $0.contains { $0 < layout.sample.bitCount } } ?? false
            case .resolution:
                guard let resolution, resolution.unit != .none || !resolution.isUnknown else {
                    return false
                }
                let said = written.exif.flatMap(Resolution.init(exif:))
                return said.map { !$0.isClose(to: resolution) } ?? true
            default: return true
            }
        }
    }

    /// Whether the file says better what `kind` says of its colors.
    private func isOutranked(_ kind: MetadataKind) -> Bool {
        MetadataKind.colorDescriptions.prefix { $0 != kind && $0 != .gamma }
            .contains(where: kinds.contains)
    }

    /// The metadata that still hold once samples have another layout.
    func adapted(from source: PixelLayout, to target: PixelLayout) -> ImageMetadata {
        var metadata = self
        if let space = icc.flatMap(ColorModel.init(profile:)), space != target.model {
            metadata.icc = nil
        }
        metadata.background = background?.converted(to: target.model)
        metadata.significantBits = Self.significantBits(significantBits, from: source, to: target)
        return metadata
    }

    /// How many bits of each channel are significant in another layout; `nil` if colors are computed.
    private static func significantBits(
        _ bits: [Int]?, from source: PixelLayout, to target: PixelLayout
    ) -> [Int]? {
        guard let bits, bits.count == source.channelCount else { return nil }
        var colors = source.hasAlpha ? Array(bits.dropLast()) : bits
        if source.model == .gray, target.model == .rgb {
            colors = Array(repeating: colors[0], count: 3)
        } else if source.model != target.model {
            return nil
        }
        if target.hasAlpha {
            let alpha = source.hasAlpha ? bits.last : nil
            colors.append(alpha ?? target.sample.bitCount)
        } else if source.hasAlpha {
            // What is behind shines through.
            return nil
        }
        return colors.map { min($0, target.sample.bitCount) }
    }
}

extension ColorCodePoints {
    /// Whether the code points say what is assumed without them.
    var isSRGB: Bool {
        primaries == 1 && transfer == 13 && matrix == 0 && isFullRange
    }
}

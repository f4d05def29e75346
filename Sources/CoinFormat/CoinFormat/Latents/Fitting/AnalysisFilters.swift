internal import CoinKernels

/// Linear filters that make latents of a picture, for a fit to start from.
///
/// They are learned together with a set of defaults: what its networks make of the latents is the
/// picture, about. They are the encoder's alone; no stream depends on them.
struct AnalysisFilters: Equatable, Sendable {
    /// The values' fractional bits where they are stored.
    static let fractionBits = 9

    /// Of the shape ``FitModel/analysisShape``.
    var values: [Float]

    init(values: [Float]) {
        self.values = values
    }

    /// Creates filters from integers with ``fractionBits``.
    private init(integers: [Int16]) {
        values = integers.map { Float($0) / Float(1 << Self.fractionBits) }
    }

    private static let compactFilters = AnalysisFilters(integers: compact)
    private static let wideFilters = AnalysisFilters(integers: wide)

    /// The filters for a set of defaults, from 1 on.
    static func of(set number: Int) -> AnalysisFilters? {
        switch number {
        case 1: compactFilters
        case 2: wideFilters
        default: nil
        }
    }

    /// A pyramid: the share of each band that is left after what a fit takes away.
    static let pyramid: AnalysisFilters = {
        let shape = FitModel.analysisShape
        var values = [Float](repeating: 0, count: shape.groups * shape.levels * shape.taps)
        for group in 0..<shape.groups {
            var scale: Float = 1
            for level in 0..<shape.levels {
                // The tap in the middle of those of the level's own band.
                values[(group * shape.levels + level) * shape.taps + 12] =
                    scale * (group == 0 && level == 0 ? 0.3 : 0.8)
                scale *= 1.4
            }
        }
        return AnalysisFilters(values: values)
    }()

    /// The values as integers with ``fractionBits``.
    var integers: [Int] {
        values.map {
            Int((min(max($0, -63), 63) * Float(1 << Self.fractionBits)).rounded(.toNearestOrEven))
        }
    }
}

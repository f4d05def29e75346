internal import FormatKit

/// Who gets the bits of an image of several tiles.
enum TileAllocation: String, CaseIterable, Sendable {
    /// Tiles with more detail get larger networks, so that the mean squared error of the whole
    /// image is least.
    case adaptive
    /// All tiles get the same network.
    case equal

    /// The part of the mean that a tile gets at least.
    private static let least = 0.125

    /// Divides `total` parameters among tiles with such details; a tile gets no more than
    /// `maximum`.
    ///
    /// The n largest coefficients of the whole image have the least error of all choices of n, so
    /// each tile gets as many parameters as it has coefficients above one level, the same for all.
    static func parameterCounts(
        total: Double, maximum: Double, details: [DetailHistogram]
    ) -> [Double] {
        let mean = total / Double(details.count)
        let range = min(mean * least, maximum)...maximum
        func fits(_ counts: [Double]) -> Bool { counts.reduce(0, +) <= total }
        func counts(from level: Double) -> [Double] {
            details.map { min(max($0.count(from: level), range.lowerBound), range.upperBound) }
        }
        let level = lowest(0, Double(DetailHistogram.binCount)) { fits(counts(from: $0)) }
        let counts = counts(from: level)
        // Where there is less detail, in drawings or one color, the rest is for all.
        func raised(by more: Double) -> [Double] { counts.map { min($0 + more, maximum) } }
        return raised(by: maximum - lowest(0, maximum) { fits(raised(by: maximum - $0)) })
    }

    /// The lowest number in a range that does, if all above it do too; else the range's end.
    private static func lowest(
        _ start: Double, _ end: Double, where does: (Double) -> Bool
    ) -> Double {
        var (low, high) = (start, end)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if does(middle) { high = middle } else { low = middle }
        }
        return high
    }
}

/// The networks of an image's tiles.
struct TileNetworks: Equatable {
    /// The distinct networks, as the header lists them.
    private(set) var architectures: [SirenDescriptor] = []
    /// For each tile the index of its network.
    private(set) var indices: [Int] = []

    /// The network of a tile.
    subscript(tile: Int) -> SirenDescriptor { architectures[indices[tile]] }

    /// The same network for all tiles.
    init(_ descriptor: SirenDescriptor, tileCount: Int) {
        architectures = [descriptor]
        indices = [Int](repeating: 0, count: tileCount)
    }

    /// Networks of about as many parameters as `counts` says, with a `scale` for all sine layers;
    /// what one leaves over, the next gets, so that their sum is right.
    init(
        parameterCounts counts: [Double], channelCount: Int, layers: Int?,
        scale: Float = SirenDescriptor.defaultScale
    ) {
        var known: [SirenDescriptor: Int] = [:]
        var rest = 0.0
        for count in counts {
            let widths = ArchitectureChoice.architecture(
                parameterBudget: Int(max(count + rest, 0)), channelCount: channelCount,
                layers: layers)
            let descriptor = SirenDescriptor(
                widths: widths, firstScale: scale, hiddenScale: scale)
            rest += count - Double(descriptor.parameterCount(channelCount: channelCount))
            let index = known[descriptor] ?? architectures.count
            if index == architectures.count {
                known[descriptor] = index
                architectures.append(descriptor)
            }
            indices.append(index)
        }
    }
}

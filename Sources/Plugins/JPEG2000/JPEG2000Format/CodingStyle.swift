internal import FormatKit

/// How a component of a tile is coded: COD and COC markers (ISO/IEC 15444-1 §A.6.1, §A.6.2).
struct CodingStyle: Equatable {
    /// The order of packets, 0…4: LRCP, RLCP, RPCL, PCRL, CPRL.
    var progression: Int
    var layerCount: Int
    /// Whether the first three components were decorrelated.
    var hasColorTransform: Bool
    /// How often the component was halved.
    var levels: Int
    /// The sides of code-blocks, as exponents of 2.
    var blockExponents: (width: Int, height: Int)
    /// Whether samples can be restored exactly.
    var isReversible: Bool
    /// The sides of precincts from the smallest resolution on, as exponents of 2.
    var precinctExponents: [(width: Int, height: Int)]

    static func == (a: CodingStyle, b: CodingStyle) -> Bool {
        a.progression == b.progression && a.layerCount == b.layerCount
            && a.hasColorTransform == b.hasColorTransform && a.hasSameComponent(as: b)
    }

    private func hasSameComponent(as other: CodingStyle) -> Bool {
        levels == other.levels && blockExponents == other.blockExponents
            && isReversible == other.isReversible
            && precinctExponents.elementsEqual(other.precinctExponents, by: ==)
    }

    /// The names of ``progression``.
    static let progressions = ["LRCP", "RLCP", "RPCL", "PCRL", "CPRL"]

    /// Takes a COD marker, or returns `nil` if it makes no sense.
    ///
    /// | offset | size | field |
    /// | --- | --- | --- |
    /// | 0 | 1 | 1: precincts have sizes |
    /// | 1 | 1 | progression |
    /// | 2 | 2 | layers |
    /// | 4 | 1 | 1: color transform |
    /// | 5 | | the component |
    init?(cod content: [UInt8]) {
        guard content.count >= 10, content[1] <= 4 else { return nil }
        progression = Int(content[1])
        layerCount = Int(content[2]) << 8 | Int(content[3])
        hasColorTransform = content[4] != 0
        (levels, blockExponents, isReversible) = (0, (0, 0), false)
        precinctExponents = []
        guard layerCount > 0, take(content[5...], hasPrecincts: content[0] & 1 != 0) else {
            return nil
        }
    }

    /// The style of one component, which a COC marker tells, or `nil` if it makes no sense.
    ///
    /// - Parameter content: What follows the number of the component.
    /// - Returns: The style.
    func replacing(coc content: ArraySlice<UInt8>) -> CodingStyle? {
        guard let first = content.first else { return nil }
        var style = self
        return style.take(content.dropFirst(), hasPrecincts: first & 1 != 0) ? style : nil
    }

    /// | offset | size | field |
    /// | --- | --- | --- |
    /// | 0 | 1 | levels |
    /// | 1 | 1 + 1 | exponents of the sides of a code-block, less 2 |
    /// | 3 | 1 | style of code-blocks |
    /// | 4 | 1 | wavelet: 1 is reversible |
    /// | 5 | 1 each | exponents of the sides of a precinct, height in the upper half |
    private mutating func take(_ fields: ArraySlice<UInt8>, hasPrecincts: Bool) -> Bool {
        let fields = Array(fields)
        guard fields.count >= 5, fields[0] <= 32, fields[4] <= 1 else { return false }
        levels = Int(fields[0])
        blockExponents = (Int(fields[1] & 0xF) + 2, Int(fields[2] & 0xF) + 2)
        isReversible = fields[4] == 1
        guard max(blockExponents.width, blockExponents.height) <= 10,
            blockExponents.width + blockExponents.height <= 12
        else { return false }
        guard hasPrecincts else {
            precinctExponents = Array(repeating: (15, 15), count: levels + 1)
            return true
        }
        guard fields.count >= 5 + levels + 1 else { return false }
        precinctExponents = fields[5...5 + levels].map { (Int($0 & 0xF), Int($0 >> 4)) }
        // Only the smallest resolution has precincts of a single sample.
        return precinctExponents.dropFirst().allSatisfy { min($0.width, $0.height) > 0 }
    }
}

/// What decoding a tile takes: counts that stay at `Int.max` where they do not fit.
struct TileCost {
    /// Parts of the codestream, each of a byte at least.
    var packetCount = 0
    /// The parts of a resolution that packets belong to.
    var precinctCount = 0
    /// The most that a resolution of a component has.
    var largestPrecinctCount = 0
    var blockCount = 0
    var sampleCount = 0

    /// Adds a component of a tile (§B.6, §B.7).
    mutating func add(_ samples: GridArea, _ style: CodingStyle) {
        sampleCount = sampleCount.addingClamped(samples.size.pixelCount)
        for level in 0...style.levels {
            let scale = 1 << (style.levels - level)
            func part(_ range: Range<Int>) -> Range<Int> {
                range.lowerBound.dividedRoundingUp(
                    by: scale)..<range.upperBound.dividedRoundingUp(by: scale)
            }
            let (columns, rows) = (part(samples.columns), part(samples.rows))
            guard !columns.isEmpty, !rows.isEmpty else { continue }
            let exponents = style.precinctExponents[level]
            let precincts = Self.count(columns, exponents.width)
                .multipliedClamped(by: Self.count(rows, exponents.height))
            precinctCount = precinctCount.addingClamped(precincts)
            largestPrecinctCount = max(largestPrecinctCount, precincts)
            packetCount = packetCount.addingClamped(
                precincts.multipliedClamped(by: style.layerCount))
            // Beyond the smallest there are three bands, each of a quarter of the samples.
            let isSmallest = level == 0
            let width = min(style.blockExponents.width, exponents.width - (isSmallest ? 0 : 1))
            let height = min(style.blockExponents.height, exponents.height - (isSmallest ? 0 : 1))
            let blocks = Self.count(columns, width + (isSmallest ? 0 : 1)).multipliedClamped(
                by: Self.count(rows, height + (isSmallest ? 0 : 1)))
            blockCount = blockCount.addingClamped(
                blocks.multipliedClamped(by: isSmallest ? 1 : 3))
        }
    }

    /// The number of parts of a power of two that a range touches.
    private static func count(_ range: Range<Int>, _ exponent: Int) -> Int {
        ((range.upperBound - 1) >> exponent) - (range.lowerBound >> exponent) + 1
    }
}

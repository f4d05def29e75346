internal import FormatKit

/// What decoding takes, from the headers alone.
struct CodestreamCost {
    /// What the library holds of tiles that it has not begun, and of their parts.
    private let structure: Int
    /// What it holds of the largest tile, and of all.
    private let largestTile: Int
    private let allTiles: Int

    /// What OpenJPEG 2.5 allocates for each, rounded up.
    private enum Size {
        static let tile = 6400
        static let tileComponent = 1200
        static let part = 64
        /// With the trees of three bands.
        static let precinct = 640
        static let block = 800
        /// Of a packet's place in the order of packets.
        static let flag = 2
        /// Of what is decoded.
        static let sample = 4
    }

    /// Works in which the packets are counted: more would take long.
    private static let countLimit = 1 << 23
    /// The packets of a file that was cut.
    private static let cutPacketLimit = 1 << 22

    /// What the library holds of so many tiles that it has not begun.
    static func structure(tileCount: Int, componentCount: Int) -> Int {
        tileCount * (Size.tile + componentCount * Size.tileComponent)
    }

    /// - Throws: ``ImageError`` if there are more packets than bytes, each of which takes one.
    init(_ codestream: Codestream) throws(ImageError) {
        let grid = codestream.grid
        let perTile = codestream.styles.reduce(0) { $0 + $1.levels + 1 }
        let own = codestream.tileStyles.values.joined().reduce(0) { $0 + $1.levels + 1 }
        guard perTile.multipliedClamped(by: grid.tileCount) + own <= Self.countLimit else {
            throw .unsupported(
                codestream.format,
                "\(grid.components.count) components in \(grid.tileCount) tiles")
        }
        var packetCount = 0
        var (largest, all) = (0, 0)
        for index in 0..<grid.tileCount {
            let styles = codestream.styles(ofTile: index)
            let area = grid.area(ofTile: index)
            var cost = TileCost()
            for (component, style) in zip(grid.components, styles) {
                cost.add(area.samples(of: component), style)
            }
            packetCount = packetCount.addingClamped(cost.packetCount)
            let byteCount = Self.byteCount(cost, styles, codestream.tiles[index].byteCount)
            largest = max(largest, byteCount)
            all = all.addingClamped(byteCount)
        }
        let allowed = codestream.isCut ? Self.cutPacketLimit : codestream.range.count
        guard packetCount <= allowed else {
            throw .malformed(
                codestream.format, "\(packetCount) packets in \(codestream.range.count) bytes")
        }
        structure =
            Self.structure(tileCount: grid.tileCount, componentCount: grid.components.count)
            + codestream.partCount * Size.part
        (largestTile, allTiles) = (largest, all)
    }

    private static func byteCount(
        _ cost: TileCost, _ styles: [CodingStyle], _ codedByteCount: Int
    ) -> Int {
        let layers = styles.map(\.layerCount).max() ?? 1
        let levels = styles.map(\.levels).max() ?? 0
        let flags = (layers + 1).multipliedClamped(by: cost.largestPrecinctCount)
            .multipliedClamped(by: styles.count * (levels + 1))
        return cost.sampleCount.multipliedClamped(by: Size.sample)
            .addingClamped(cost.precinctCount.multipliedClamped(by: Size.precinct))
            .addingClamped(cost.blockCount.multipliedClamped(by: Size.block))
            .addingClamped(flags.multipliedClamped(by: Size.flag))
            .addingClamped(codedByteCount)
    }

    /// The memory of decoding one tile after the other, in bytes.
    var byTiles: Int { structure.addingClamped(largestTile) }

    /// The memory of decoding all at once, in bytes: what of the picture is ready, and a tile.
    func whole(_ grid: TileGrid) -> Int {
        let picture = grid.components.reduce(0) { sum, component in
            sum.addingClamped(
                grid.picture.samples(of: component).size.byteCount(perPixel: Size.sample))
        }
        return structure.addingClamped(allTiles).addingClamped(
            grid.tileCount > 1 ? picture : 0)
    }
}

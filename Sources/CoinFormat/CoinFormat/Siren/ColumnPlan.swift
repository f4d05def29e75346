internal import FormatKit

/// What every row of a decoded region has in common: its columns and their coordinates.
struct ColumnPlan: Sendable {
    /// The part of the region's columns that one column of tiles covers.
    struct Segment: Sendable {
        let tileColumn: Int
        /// The samples that the tile's network is evaluated at.
        let samples: Range<Int>
        /// The weights of this tile against the one to the left, for the samples that both share;
        /// these are the first.
        let blendWeights: [Float]
    }

    let columns: Range<Int>
    let axis: SampleAxis
    let segments: [Segment]

    init(header: CoinHeader, size: ImageSize, columns: Range<Int>) {
        let axis = SampleAxis(tiles: header.grid.horizontal, count: size.width)
        self.columns = columns
        self.axis = axis
        segments = axis.tileIndices(in: columns).map { tile in
            let shared = axis.sharedSamples(of: tile, in: columns)
            return Segment(
                tileColumn: tile, samples: axis.samples(of: tile, in: columns),
                blendWeights: shared.map { axis.blendWeight($0, tile: tile) })
        }
    }
}

/// Where the samples of one axis of a decoded picture lie in the image, and in which tiles (§7.2).
///
/// A picture of `count` samples covers the whole length of the axis, whatever its resolution;
/// sample `i` is the center of its share: X(i) = (2i + 1)·length / (2·count).
struct SampleAxis: Sendable {
    let tiles: TileGrid.Axis
    /// The number of samples along the whole axis.
    let count: Int

    /// The place of a sample, in pixels of the image; computed in binary64, exact at native size.
    func position(_ index: Int) -> Double {
        Double((2 * index + 1) * tiles.length) / Double(2 * count)
    }

    /// The coordinate of a sample for the network of tile `tile`, whose longer side has `scale`
    /// pixels.
    func coordinate(_ index: Int, tile: Int, scale: Int) -> Float {
        let core = tiles.core(tile)
        let center = Double(core.lowerBound + core.upperBound)
        return Float((2 * position(index) - center) / Double(scale))
    }

    /// The weight of tile `tile` against tile `tile − 1`, 0 or 1 away from their border.
    func blendWeight(_ index: Int, tile: Int) -> Float {
        let start = Double(tiles.boundary(tile) - tiles.overlap)
        return Float(
            min(max((position(index) - start) / Double(2 * tiles.overlap), 0), 1))
    }

    /// The samples among `range` for which the network of tile `tile` is evaluated.
    func samples(of tile: Int, in range: Range<Int>) -> Range<Int> {
        let extent = tiles.extent(tile)
        let lower = firstSample(atOrAfter: extent.lowerBound)
        return (lower..<max(lower, firstSample(atOrAfter: extent.upperBound))).clamped(to: range)
    }

    /// The samples among `range` that tiles `tile − 1` and `tile` share.
    func sharedSamples(of tile: Int, in range: Range<Int>) -> Range<Int> {
        guard tile > 0 else { return range.lowerBound..<range.lowerBound }
        return samples(of: tile - 1, in: range).clamped(to: samples(of: tile, in: range))
    }

    /// The tiles that any sample in `range` needs.
    ///
    /// - Precondition: `range` is not empty.
    func tileIndices(in range: Range<Int>) -> [Int] {
        // Beside the tiles in which the samples lie, at most one more reaches over on each side.
        let first = max(0, coreTile(range.lowerBound) - 1)
        let last = min(tiles.count - 1, coreTile(range.upperBound - 1) + 1)
        return (first...last).filter { !samples(of: $0, in: range).isEmpty }
    }

    /// The tile in which a sample lies, overlaps apart.
    private func coreTile(_ index: Int) -> Int {
        tiles.tile(at: (2 * index + 1) * tiles.length / (2 * count))
    }

    /// The first sample whose position is not before `place`.
    private func firstSample(atOrAfter place: Int) -> Int {
        // (2i + 1)·length ≥ 2·count·place, in integers; positions grow with i.
        let numerator = 2 * count * place - tiles.length
        guard numerator > 0 else { return 0 }
        return min(count, (numerator + 2 * tiles.length - 1) / (2 * tiles.length))
    }
}

internal import FormatKit

extension TileGrid {
    /// The distance to a border between tiles within which both networks are blended, in pixels.
    static let defaultOverlap = 16

    /// The grid with the fewest tiles of at most `maximumPixelCount` pixels, and among those the
    /// one with the squarest tiles.
    init(dividing size: ImageSize, maximumPixelCount: Int) {
        guard size.pixelCount > maximumPixelCount else {
            self.init(oneTileOf: size)
            return
        }
        func tileArea(_ columns: Int, _ rows: Int) -> Int {
            let width = (size.width + columns - 1) / columns
            return width * ((size.height + rows - 1) / rows)
        }
        func elongation(_ columns: Int, _ rows: Int) -> Double {
            let ratio = Double(size.width * rows) / Double(size.height * columns)
            return max(ratio, 1 / ratio)
        }
        var best: (count: Int, elongation: Double, columns: Int, rows: Int)?
        for columns in 1...min(size.width, 0xFFFF) {
            let width = (size.width + columns - 1) / columns
            guard width <= maximumPixelCount else { continue }
            let tileHeight = maximumPixelCount / width
            let rows = min(size.height, (size.height + tileHeight - 1) / tileHeight)
            if let best, columns > best.count { break }
            guard rows <= 0xFFFF, tileArea(columns, rows) <= maximumPixelCount else { continue }
            let candidate = (columns * rows, elongation(columns, rows), columns, rows)
            if best.map({ (candidate.0, candidate.1) < ($0.count, $0.elongation) }) ?? true {
                best = candidate
            }
        }
        let (columns, rows) = best.map { ($0.columns, $0.rows) } ?? (1, 1)
        let shortest = min(
            columns == 1 ? .max : size.width / columns, rows == 1 ? .max : size.height / rows)
        let overlap = min(Self.defaultOverlap, shortest / 2)
        self =
            TileGrid(size: size, columns: columns, rows: rows, overlap: overlap)
            ?? TileGrid(oneTileOf: size)
    }
}

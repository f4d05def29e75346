internal import FormatKit

extension TileGrid {
    /// The distance to a border between tiles within which both networks are blended, in pixels:
    /// enough to hide the border, and no more, since both fit these pixels (`docs/notes/tiles.md`).
    static let defaultOverlap = 4

    /// Divides an image into few, rather square tiles of at most `maximumPixelCount` pixels.
    ///
    /// Few tiles share weights best, square ones have the least overlap: of all grids that keep
    /// the maximum, this is the one with the smallest product of the number of tiles and the root
    /// of their aspect ratio. The overlap is `overlap` or the most that narrow tiles allow.
    init(
        dividing size: ImageSize, maximumPixelCount: Int, overlap: Int = Self.defaultOverlap
    ) {
        guard size.pixelCount > maximumPixelCount else {
            self.init(oneTileOf: size)
            return
        }
        var best: (score: Double, columns: Int, rows: Int)?
        for columns in 1...min(size.width, 0xFFFF) {
            // No grid of so many columns can be better: the root is at least 1.
            if let best, Double(columns) > best.score { break }
            let tileWidth = (size.width + columns - 1) / columns
            guard tileWidth <= maximumPixelCount else { continue }
            let tileHeight = maximumPixelCount / tileWidth
            let rows = (size.height + tileHeight - 1) / tileHeight
            guard rows <= 0xFFFF else { continue }
            let aspect = Double(size.width * rows) / Double(size.height * columns)
            let score = Double(columns * rows) * max(aspect, 1 / aspect).squareRoot()
            if best.map({ score < $0.score }) ?? true { best = (score, columns, rows) }
        }
        let (columns, rows) = best.map { ($0.columns, $0.rows) } ?? (1, 1)
        let shortest = min(
            columns == 1 ? .max : size.width / columns, rows == 1 ? .max : size.height / rows)
        self =
            TileGrid(
                size: size, columns: columns, rows: rows,
                overlap: min(overlap, shortest / 2))
            ?? TileGrid(oneTileOf: size)
    }
}

internal import FormatKit

/// A rectangle of a plane.
struct LatentRegion: Equatable, Sendable {
    var columns: Range<Int>
    var rows: Range<Int>

    var isEmpty: Bool { columns.isEmpty || rows.isEmpty }
}

/// Where the grids of a picture and of its tiles lie (§1, §7).
struct LatentGeometry: Equatable, Sendable {
    let size: ImageSize
    let levelCount: Int
    /// Where the columns of tiles start, and the width: one more than there are.
    let columnBoundaries: [Int]
    /// Where the rows of tiles start, and the height.
    let rowBoundaries: [Int]

    /// Creates the geometry of a picture; `nil` if an inner boundary is no multiple of 2^(N − 1).
    ///
    /// - Parameters:
    ///   - size: Of the picture.
    ///   - levelCount: N.
    ///   - columnBoundaries: From 0 up to the width, rising.
    ///   - rowBoundaries: From 0 up to the height, rising.
    init?(size: ImageSize, levelCount: Int, columnBoundaries: [Int], rowBoundaries: [Int]) {
        precondition(columnBoundaries.first == 0 && columnBoundaries.last == size.width)
        precondition(rowBoundaries.first == 0 && rowBoundaries.last == size.height)
        let inner = columnBoundaries.dropLast() + rowBoundaries.dropLast()
        let unit = 1 << (levelCount - 1)
        guard inner.allSatisfy({ $0 % unit == 0 }) else { return nil }
        self.size = size
        self.levelCount = levelCount
        self.columnBoundaries = columnBoundaries
        self.rowBoundaries = rowBoundaries
    }

    /// The geometry of a picture of one tile.
    init(size: ImageSize, levelCount: Int) {
        self.size = size
        self.levelCount = levelCount
        columnBoundaries = [0, size.width]
        rowBoundaries = [0, size.height]
    }

    var tileColumnCount: Int { columnBoundaries.count - 1 }
    var tileRowCount: Int { rowBoundaries.count - 1 }
    var tileCount: Int { tileColumnCount * tileRowCount }

    /// The size of a grid of a level, and of the picture at that octave: ⌈size / 2^level⌉.
    func size(atLevel level: Int) -> ImageSize {
        ImageSize(
            width: Self.scaled(size.width, level), height: Self.scaled(size.height, level))
    }

    /// The part of a level's grid that is a tile's.
    func part(ofTile tile: Int, level: Int) -> LatentRegion {
        let (column, row) = (tile % tileColumnCount, tile / tileColumnCount)
        return LatentRegion(
            columns: Self.part(columnBoundaries, column, level),
            rows: Self.part(rowBoundaries, row, level))
    }

    /// The tiles that have a part in a region of a level, from the first row on.
    func tiles(in region: LatentRegion, level: Int) -> [Int] {
        guard !region.isEmpty else { return [] }
        let columns = Self.parts(columnBoundaries, region.columns, level)
        return Self.parts(rowBoundaries, region.rows, level).flatMap { row in
            columns.map { row * tileColumnCount + $0 }
        }
    }

    /// The parts of the planes from which a region of octave `octave` is made: index 0 is that
    /// of the octave, a sample wider for the last filter, the next that of the level above.
    ///
    /// Each starts at an even column, as ``LatentPlanes/upsample(_:to:taps:)`` wants it.
    func regions(for region: LatentRegion, octave: Int) -> [LatentRegion] {
        var regions: [LatentRegion] = []
        var (columns, rows) = (region.columns, region.rows)
        var (before, after) = (1, 1)
        for level in octave..<levelCount {
            let size = size(atLevel: level)
            let left = max(columns.lowerBound - before, 0) & ~1
            columns = left..<min(columns.upperBound + after, size.width)
            rows = max(rows.lowerBound - before, 0)..<min(rows.upperBound + after, size.height)
            regions.append(LatentRegion(columns: columns, rows: rows))
            columns = Self.halved(columns)
            rows = Self.halved(rows)
            (before, after) = (2, 2)
        }
        return regions
    }

    /// The samples of the next level at the same places, before the filter's reach is added.
    private static func halved(_ range: Range<Int>) -> Range<Int> {
        range.lowerBound >> 1..<((range.upperBound - 1) >> 1) + 1
    }

    private static func scaled(_ length: Int, _ level: Int) -> Int {
        (length + (1 << level) - 1) >> level
    }

    private static func part(_ boundaries: [Int], _ index: Int, _ level: Int) -> Range<Int> {
        boundaries[index] >> level..<scaled(boundaries[index + 1], level)
    }

    /// The parts of an axis that meet a range of samples of a level, by bisection.
    private static func parts(
        _ boundaries: [Int], _ range: Range<Int>, _ level: Int
    ) -> ClosedRange<Int> {
        func part(of sample: Int) -> Int {
            var (low, high) = (0, boundaries.count - 1)  // the part is in low..<high
            while high - low > 1 {
                let middle = (low + high) / 2
                if boundaries[middle] >> level <= sample { low = middle } else { high = middle }
            }
            return low
        }
        return part(of: range.lowerBound)...part(of: range.upperBound - 1)
    }
}

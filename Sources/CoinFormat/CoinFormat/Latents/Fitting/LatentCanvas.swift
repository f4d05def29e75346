internal import CoinKernels
internal import FormatKit

/// The grids of a whole picture, filled in window by window.
struct LatentCanvas {
    private(set) var grids: [LatentPlace: LatentGrid] = [:]

    init(form: LatentForm) {
        for level in 0..<form.descriptor.levelCount {
            for group in form.descriptor.groups(atLevel: level) {
                func count(_ length: Int) -> Int { (length + (1 << level) - 1) >> level }
                grids[LatentPlace(group: group, level: level)] = LatentGrid(
                    width: count(form.size.width), height: count(form.size.height))
            }
        }
    }

    /// Puts what is fitted into a window's model.
    ///
    /// That is all latents above a row, and left of a column down to another row; coordinates are
    /// pixels of the picture.
    func load(
        into model: FitModel, columns: Range<Int>, rows: Range<Int>, above top: Int,
        leftOf left: Int, until bottom: Int
    ) {
        guard top > rows.lowerBound || left > columns.lowerBound else { return }
        for (index, grid) in model.grids.enumerated() {
            guard let whole = grids[grid.place] else { continue }
            var latents = model.latents(grid: index)
            let level = grid.level
            for y in 0..<grid.height {
                let row = (rows.lowerBound >> level) + y
                let end =
                    row < top >> level
                    ? grid.width
                    : row < bottom >> level ? (left - columns.lowerBound) >> level : 0
                let from = row * whole.width + columns.lowerBound >> level
                for x in 0..<end { latents[y * grid.width + x] = whole.values[from + x] }
            }
            model.setPinnedLatents(latents, grid: index)
        }
    }

    /// Takes a window's latents over; coordinates are pixels of the picture.
    mutating func store(
        from model: FitModel, columns: Range<Int>, rows: Range<Int>,
        origin: (column: Int, row: Int)
    ) {
        for (index, grid) in model.grids.enumerated() {
            guard var whole = grids.removeValue(forKey: grid.place) else { continue }
            let latents = model.latents(grid: index)
            let level = grid.level
            func ceiling(_ x: Int) -> Int { (x + (1 << level) - 1) >> level }
            let width = ceiling(columns.upperBound) - columns.lowerBound >> level
            for row in rows.lowerBound >> level..<ceiling(rows.upperBound) {
                let from =
                    (row - origin.row >> level) * grid.width
                    + (columns.lowerBound - origin.column) >> level
                let to = row * whole.width + columns.lowerBound >> level
                for x in 0..<width { whole.values[to + x] = latents[from + x] }
            }
            grids[grid.place] = whole
        }
    }
}

extension FitModel {
    /// All grids.
    var latentGrids: [LatentPlace: LatentGrid] {
        var result: [LatentPlace: LatentGrid] = [:]
        for (index, grid) in grids.enumerated() {
            result[grid.place] = LatentGrid(
                width: grid.width, height: grid.height, values: latents(grid: index))
        }
        return result
    }
}

extension FitModel.Grid {
    var place: LatentPlace {
        LatentPlace(group: LatentGroup(rawValue: group.rawValue) ?? .luma, level: level)
    }
}

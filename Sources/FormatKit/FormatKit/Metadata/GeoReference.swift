internal import MetadataBlocks

/// Where on earth pixels lie, as GeoTIFF tags tell it (GeoTIFF 1.1 annex B and §7.3).
///
/// Places in the picture count from the corner of the first pixel, or from its center if the raster
/// type is `RasterPixelIsPoint`.
struct GeoReference {
    private var block: TIFFBlock
    private var directory: TIFFBlock.Directory
    private let tiepoints: [Double]?
    private let scale: [Double]?
    private let matrix: [Double]?

    private static let scaleTag = 33550
    private static let intergraphTag = 33920
    private static let tiepointTag = 33922
    private static let matrixTag = 34264
    private static let keyTag = 34735
    private static let rasterTypeKey = 1025.0

    /// Reads the tags, or returns `nil` where they make no sense.
    private init?(_ geotiff: [UInt8]) {
        guard let block = TIFFBlock(geotiff), let directory = block.first,
            block.isWhole(directory)
        else { return nil }
        func values(_ tag: Int) -> [Double]? {
            block.entry(tag, in: directory).flatMap(block.numbers(of:))
        }
        for tag in [Self.scaleTag, Self.tiepointTag, Self.matrixTag]
        where block.entry(tag, in: directory) != nil && values(tag) == nil { return nil }
        (self.block, self.directory) = (block, directory)
        (tiepoints, scale) = (values(Self.tiepointTag), values(Self.scaleTag))
        matrix = values(Self.matrixTag)
        guard block.entry(Self.intergraphTag, in: directory) == nil,
            matrix.map({ $0.count == 16 }) ?? true,
            tiepoints.map({ $0.count % 6 == 0 && !$0.isEmpty }) ?? true,
            scale.map({ $0.count >= 2 }) ?? true
        else { return nil }
    }

    /// The tags after a change of the picture, or their loss where they cannot follow it.
    static func changed(_ geotiff: [UInt8], by change: PictureChange) -> Changed<[UInt8]?> {
        // Turned samples have the statistics that they had.
        let rest =
            change.kind == .turned
            ? Changed(value: geotiff) : GeoStatistics.removed(from: geotiff)
        guard let tags = rest.value, change.kind != .convertedToSRGB else { return rest }
        guard var reference = GeoReference(tags),
            let way = RasterWay(change, isPoint: reference.isPoint), reference.follow(way)
        else { return Changed(value: nil, losses: [.metadata(.geotiff)]) }
        return Changed(value: reference.block.bytes, losses: rest.losses)
    }

    /// Whether places count from the center of a pixel.
    private var isPoint: Bool {
        guard
            let keys = block.entry(Self.keyTag, in: directory).flatMap(block.numbers(of:))
        else { return false }
        return stride(from: 4, to: keys.count - 3, by: 4).contains {
            keys[$0] == Self.rasterTypeKey && keys[$0 + 1] == 0 && keys[$0 + 3] == 2
        }
    }

    private mutating func follow(_ way: RasterWay) -> Bool {
        if let matrix {
            block.set(
                Self.matrixTag, block.doubleValues(way.following(matrix)), in: &directory)
        }
        switch (tiepoints, scale) {
        case (let points?, let scale?) where points.count == 6:
            set(points, scale, way)
        case (let points?, nil):
            let moved = stride(from: 0, to: points.count, by: 6).flatMap { index in
                let place = way.newPlace(ofOld: points[index], points[index + 1])
                return [place.x, place.y] + points[(index + 2)..<(index + 6)]
            }
            block.set(Self.tiepointTag, block.doubleValues(moved), in: &directory)
        case (_?, _?): return false
        // Nothing, or a scale without a place.
        case (nil, _): return scale == nil || way.isUpright
        }
        return true
    }

    /// One tie point and a scale: the same again where north stays up, and else a matrix.
    private mutating func set(_ point: [Double], _ scale: [Double], _ way: RasterWay) {
        let depth = scale.count > 2 ? scale[2] : 0
        guard !way.isUpright else {
            let old = way.oldPlace(ofNew: point[0], point[1])
            var moved = point
            moved[3] += (old.x - point[0]) * scale[0]
            moved[4] -= (old.y - point[1]) * scale[1]
            let steps = [scale[0] * way.columnStep.x, scale[1] * way.rowStep.y, depth]
            block.set(Self.tiepointTag, block.doubleValues(moved), in: &directory)
            block.set(Self.scaleTag, block.doubleValues(steps), in: &directory)
            return
        }
        let matrix = [
            scale[0], 0, 0, point[3] - point[0] * scale[0],
            0, -scale[1], 0, point[4] + point[1] * scale[1],
            0, 0, depth, point[5] - point[2] * depth,
            0, 0, 0, 1,
        ]
        block.set(Self.matrixTag, block.doubleValues(way.following(matrix)), in: &directory)
        block.remove([Self.scaleTag, Self.tiepointTag], from: &directory)
    }
}

/// Where a place of the new picture was in the old one: a step for each column and each row.
struct RasterWay {
    private(set) var origin = (x: 0.0, y: 0.0)
    private(set) var columnStep = (x: 1.0, y: 0.0)
    private(set) var rowStep = (x: 0.0, y: 1.0)

    /// The way of a change, or `nil` if it has none.
    init?(_ change: PictureChange, isPoint: Bool) {
        switch change {
        case .rewritten, .convertedToSRGB: return nil
        case .cropped(let region, _):
            origin = (Double(region.columns.lowerBound), Double(region.rows.lowerBound))
        case .resampled(let old, let new):
            columnStep.x = Double(old.width) / Double(new.width)
            rowStep.y = Double(old.height) / Double(new.height)
            if isPoint { origin = ((columnStep.x - 1) / 2, (rowStep.y - 1) / 2) }
        case .turned(let orientation, let size):
            let upright = orientation.uprightSize(of: size)
            let width = Double(isPoint ? upright.width - 1 : upright.width)
            let height = Double(isPoint ? upright.height - 1 : upright.height)
            let (across, down) = (
                orientation.isReversingRows ? -1.0 : 1, orientation.isReversingColumns ? -1.0 : 1
            )
            let start = (across: across < 0 ? width : 0, down: down < 0 ? height : 0)
            if orientation.isTransposing {
                (columnStep, rowStep) = ((0, across), (down, 0))
                origin = (start.down, start.across)
            } else {
                (columnStep, rowStep) = ((across, 0), (0, down))
                origin = (start.across, start.down)
            }
        }
    }

    /// Whether columns stay columns, left stays left and up stays up.
    var isUpright: Bool { columnStep.x > 0 && rowStep.y > 0 }

    /// The place in the old picture of one in the new.
    func oldPlace(ofNew x: Double, _ y: Double) -> (x: Double, y: Double) {
        (
            origin.x + columnStep.x * x + rowStep.x * y,
            origin.y + columnStep.y * x + rowStep.y * y
        )
    }

    /// The place in the new picture of one in the old.
    func newPlace(ofOld x: Double, _ y: Double) -> (x: Double, y: Double) {
        let (dx, dy) = (x - origin.x, y - origin.y)
        let determinant = columnStep.x * rowStep.y - rowStep.x * columnStep.y
        return (
            (dx * rowStep.y - dy * rowStep.x) / determinant,
            (dy * columnStep.x - dx * columnStep.y) / determinant
        )
    }

    /// A matrix of 4 by 4, row by row, that takes places of the new picture.
    func following(_ matrix: [Double]) -> [Double] {
        stride(from: 0, to: 16, by: 4).flatMap { row in
            let (a, b) = (matrix[row], matrix[row + 1])
            return [
                a * columnStep.x + b * columnStep.y, a * rowStep.x + b * rowStep.y,
                matrix[row + 2], matrix[row + 3] + a * origin.x + b * origin.y,
            ]
        }
    }
}

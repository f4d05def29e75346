internal import FormatKit

/// What a codestream's SIZ marker says: the size of the picture, its components and its tiles
/// (ISO/IEC 15444-1 §A.5.1, §B.2).
///
/// Everything lies on a reference grid, of which the picture is a part, and so is each tile; a
/// component has a sample at every so many of the grid's columns and rows.
///
/// | offset | size | field |
/// | --- | --- | --- |
/// | 0 | 2 | capabilities |
/// | 2 | 4 + 4 | right and lower end of the picture |
/// | 10 | 4 + 4 | its left and upper end |
/// | 18 | 4 + 4 | size of a tile |
/// | 26 | 4 + 4 | left and upper end of the first tile |
/// | 34 | 2 | number of components |
/// | 36 | 3 each | bits of a sample less 1, and 128 if signed; columns and rows for a sample |
struct TileGrid {
    /// One component.
    struct Component: Equatable {
        /// The bits of a sample, 1…38.
        let bits: Int
        let isSigned: Bool
        let columnStep: Int
        let rowStep: Int
    }

    let capabilities: Int
    /// The picture, in columns and rows of the grid.
    let picture: GridArea
    let components: [Component]
    private let tileOrigin: (x: Int, y: Int)
    private let tileWidth: Int
    private let tileHeight: Int
    /// The number of tiles beside and above each other.
    let columnCount: Int
    let rowCount: Int

    /// As many tiles as a tile-part can tell the number of.
    private static let tileCountLimit = 65_535
    /// More components than pictures have that are seen.
    private static let componentCountLimit = 64

    init(_ content: [UInt8], offset: Int, format: FormatID) throws(ImageError) {
        func fail(_ reason: String) -> ImageError { .malformed(format, reason, offset: offset) }
        guard content.count >= 36 else { throw fail("a SIZ marker of \(content.count) bytes") }
        func word(_ place: Int) -> Int {
            content[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        let count = Int(content[34]) << 8 | Int(content[35])
        guard count > 0, content.count == 36 + 3 * count else {
            throw fail("\(count) components in a SIZ marker of \(content.count) bytes")
        }
        guard count <= Self.componentCountLimit else {
            throw .unsupported(format, "\(count) components")
        }
        capabilities = Int(content[0]) << 8 | Int(content[1])
        components = try Self.components(content[36...], fail)
        let ends = (word(2), word(6))
        guard max(ends.0, ends.1) <= Int(Int32.max) else {
            throw .unsupported(format, "a reference grid of \(ends.0)x\(ends.1)")
        }
        guard word(10) < ends.0, word(14) < ends.1 else { throw fail("a picture of no size") }
        picture = GridArea(columns: word(10)..<ends.0, rows: word(14)..<ends.1)
        (tileWidth, tileHeight) = (word(18), word(22))
        tileOrigin = (word(26), word(30))
        guard tileWidth > 0, tileHeight > 0, tileOrigin.x <= picture.columns.lowerBound,
            tileOrigin.y <= picture.rows.lowerBound,
            tileOrigin.x + tileWidth > picture.columns.lowerBound,
            tileOrigin.y + tileHeight > picture.rows.lowerBound
        else {
            throw fail("tiles of \(tileWidth)x\(tileHeight) from \(tileOrigin) on")
        }
        columnCount = (ends.0 - tileOrigin.x).dividedRoundingUp(by: tileWidth)
        rowCount = (ends.1 - tileOrigin.y).dividedRoundingUp(by: tileHeight)
        guard ImageSize(width: columnCount, height: rowCount).pixelCount <= Self.tileCountLimit
        else {
            throw fail(
                "\(columnCount)x\(rowCount) tiles, expected at most \(Self.tileCountLimit)")
        }
    }

    private static func components(
        _ fields: ArraySlice<UInt8>, _ fail: (String) -> ImageError
    ) throws(ImageError) -> [Component] {
        var components: [Component] = []
        for place in stride(from: fields.startIndex, to: fields.endIndex, by: 3) {
            let component = Component(
                bits: Int(fields[place] & 0x7F) + 1, isSigned: fields[place] & 0x80 != 0,
                columnStep: Int(fields[place + 1]), rowStep: Int(fields[place + 2]))
            guard component.bits <= 38, component.columnStep > 0, component.rowStep > 0 else {
                throw fail("a component of \(component.bits) bits without samples")
            }
            components.append(component)
        }
        return components
    }

    var tileCount: Int { columnCount * rowCount }

    /// The part of the picture that a tile covers.
    func area(ofTile index: Int) -> GridArea {
        func span(_ index: Int, _ origin: Int, _ size: Int, _ picture: Range<Int>) -> Range<Int> {
            (origin + index * size..<origin + (index + 1) * size).clamped(to: picture)
        }
        return GridArea(
            columns: span(index % columnCount, tileOrigin.x, tileWidth, picture.columns),
            rows: span(index / columnCount, tileOrigin.y, tileHeight, picture.rows))
    }

    /// The size of a whole tile, or of the picture if that is smaller.
    var tileSize: ImageSize {
        ImageSize(
            width: min(tileWidth, picture.columns.count),
            height: min(tileHeight, picture.rows.count))
    }
}

/// A part of the reference grid, or of the samples of a component.
struct GridArea: Equatable {
    var columns: Range<Int>
    var rows: Range<Int>

    /// The samples of a component in the area, halved so many times (§B.5).
    func samples(of component: TileGrid.Component, reduction: Int = 0) -> GridArea {
        GridArea(
            columns: columns.divided(by: component.columnStep).divided(by: 1 << reduction),
            rows: rows.divided(by: component.rowStep).divided(by: 1 << reduction))
    }

    var size: ImageSize { ImageSize(width: columns.count, height: rows.count) }
}

extension Int {
    /// The quotient, rounded up.
    ///
    /// - Precondition: Neither number is negative, and the divisor not 0.
    func dividedRoundingUp(by divisor: Int) -> Int { self / divisor + (self % divisor > 0 ? 1 : 0) }
}

extension Range<Int> {
    /// Those of every so many numbers, counted by themselves, that lie in the range.
    fileprivate func divided(by step: Int) -> Range<Int> {
        lowerBound.dividedRoundingUp(by: step)..<upperBound.dividedRoundingUp(by: step)
    }
}

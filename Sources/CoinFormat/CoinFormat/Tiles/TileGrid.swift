internal import FormatKit

/// How an image is divided into tiles, each with a network of its own (§5.1).
///
/// Column `c` covers the pixels from ⌊c·W/columns⌋ up to ⌊(c + 1)·W/columns⌋, rows likewise.
/// Near an inner border, `overlap` pixels to either side, the two networks are blended.
///
/// | Offset | Size | Field        | Value                                        |
/// | ------ | ---- | ------------ | -------------------------------------------- |
/// | 0      | 2    | tile columns | 1…width                                      |
/// | 2      | 2    | tile rows    | 1…height                                     |
/// | 4      | 2    | overlap      | pixels; twice it fits into every tile        |
struct TileGrid: Equatable, Sendable {
    let size: ImageSize
    let columns: Int
    let rows: Int
    let overlap: Int

    /// Creates a grid, or returns `nil` if it has empty tiles or blends that meet.
    init?(size: ImageSize, columns: Int, rows: Int, overlap: Int) {
        guard (1...min(size.width, 0xFFFF)).contains(columns),
            (1...min(size.height, 0xFFFF)).contains(rows),
            (0...0xFFFF).contains(overlap),
            columns == 1 || 2 * overlap <= size.width / columns,
            rows == 1 || 2 * overlap <= size.height / rows
        else { return nil }
        self.size = size
        self.columns = columns
        self.rows = rows
        self.overlap = overlap
    }

    /// A grid of one tile.
    ///
    /// - Precondition: `size` is not empty.
    init(oneTileOf size: ImageSize) {
        precondition(size.width > 0 && size.height > 0)
        self.size = size
        columns = 1
        rows = 1
        overlap = 0
    }

    /// Parses a grid for an image of `size`.
    init(parsing reader: inout ByteReader, size: ImageSize) throws(BitstreamError) {
        let offset = reader.offset
        let columns = Int(try reader.read(UInt16.self))
        let rows = Int(try reader.read(UInt16.self))
        let overlap = Int(try reader.read(UInt16.self))
        guard let grid = TileGrid(size: size, columns: columns, rows: rows, overlap: overlap) else {
            throw .invalidField(
                "the tile grid", found: "\(columns)x\(rows) with overlap \(overlap)",
                expected: "tiles of at least one pixel and twice the overlap", offset: offset)
        }
        self = grid
    }

    /// The bytes of the grid, the inverse of parsing.
    var serialized: [UInt8] {
        var bytes: [UInt8] = []
        for value in [columns, rows, overlap] { bytes.append(littleEndian: UInt16(value)) }
        return bytes
    }

    var tileCount: Int { columns * rows }

    /// One axis of the grid.
    struct Axis: Equatable, Sendable {
        let length: Int
        let count: Int
        let overlap: Int

        /// Where tile `index` starts and tile `index − 1` ends.
        func boundary(_ index: Int) -> Int { index * length / count }

        /// The pixels of tile `index`, without overlap.
        func core(_ index: Int) -> Range<Int> { boundary(index)..<boundary(index + 1) }

        /// The pixels on which the network of tile `index` is evaluated.
        func extent(_ index: Int) -> Range<Int> {
            let core = core(index)
            return
                (index == 0 ? 0 : core.lowerBound - overlap)..<(index == count - 1
                ? length : core.upperBound + overlap)
        }
    }

    var horizontal: Axis { Axis(length: size.width, count: columns, overlap: overlap) }
    var vertical: Axis { Axis(length: size.height, count: rows, overlap: overlap) }

    /// Half the side of a tile in coordinates: the longer side of the tile spans −1…1 (§7.2).
    func coordinateScale(column: Int, row: Int) -> Int {
        max(horizontal.core(column).count, vertical.core(row).count)
    }
}

internal import FormatKit

/// How an image is divided into tiles, each with a network of its own (§5.1).
///
/// Tiles begin at multiples of 2^a, of which column `c` gets those from ⌊c·U/columns⌋ up to
/// ⌊(c + 1)·U/columns⌋, where U = ⌈W/2^a⌉; rows likewise. Near an inner border, `overlap` pixels
/// to either side, two networks may be blended.
///
/// | Size   | Field        | Value                                          |
/// | ------ | ------------ | ---------------------------------------------- |
/// | varint | tile columns | 1…min(65 535, ⌈W/2^a⌉)                         |
/// | varint | tile rows    | 1…min(65 535, ⌈H/2^a⌉)                         |
/// | varint | overlap      | pixels; twice it fits into every tile          |
/// | 1      | alignment a  | 0…12                                           |
struct TileGrid: Equatable, Sendable {
    let size: ImageSize
    let columns: Int
    let rows: Int
    let overlap: Int
    /// Tiles begin at multiples of two to this power.
    let alignment: Int

    static let alignmentRange: ClosedRange<UInt8> = 0...12

    /// Creates a grid, or returns `nil` if it has empty tiles or blends that meet.
    ///
    /// - Precondition: `size` is not empty, `alignment` is 0…12.
    init?(size: ImageSize, columns: Int, rows: Int, overlap: Int, alignment: Int = 0) {
        precondition(Self.alignmentRange.contains(UInt8(alignment)))
        self.size = size
        self.columns = columns
        self.rows = rows
        self.overlap = overlap
        self.alignment = alignment
        guard (0...0xFFFF).contains(overlap), [horizontal, vertical].allSatisfy(\.isValid) else {
            return nil
        }
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
        alignment = 0
    }

    /// Parses a grid for an image of `size`.
    init(parsing reader: inout ByteReader, size: ImageSize) throws(BitstreamError) {
        let offset = reader.offset
        let columns = try reader.readVarint("the number of tile columns")
        let rows = try reader.readVarint("the number of tile rows")
        let overlap = try reader.readVarint("the overlap")
        let alignment = Int(try reader.readByte("the tile alignment", in: Self.alignmentRange))
        guard
            let grid = TileGrid(
                size: size, columns: columns, rows: rows, overlap: overlap, alignment: alignment)
        else {
            throw .invalidField(
                "the tile grid",
                found: "\(columns)x\(rows) with overlap \(overlap), aligned to \(1 << alignment)",
                expected: "tiles of at least one pixel and twice the overlap", offset: offset)
        }
        self = grid
    }

    /// The bytes of the grid, the inverse of parsing.
    var serialized: [UInt8] {
        var bytes: [UInt8] = []
        for value in [columns, rows, overlap] { bytes.append(varint: value) }
        return bytes + [UInt8(alignment)]
    }

    var tileCount: Int { columns * rows }

    /// One axis of the grid.
    struct Axis: Equatable, Sendable {
        let length: Int
        let count: Int
        let overlap: Int
        var alignment = 0

        /// The number of places where a tile may begin.
        private var unitCount: Int { (length + (1 << alignment) - 1) >> alignment }

        /// Whether there is no empty tile and no blend meets another.
        fileprivate var isValid: Bool {
            guard (1...min(unitCount, 0xFFFF)).contains(count) else { return false }
            // All tiles but the last are one of two sizes; the last is cut off.
            return count == 1
                || 2 * overlap
                    <= min((unitCount / count) << alignment, length - boundary(count - 1))
        }

        /// Where tile `index` starts and tile `index − 1` ends.
        func boundary(_ index: Int) -> Int {
            min(length, (index * unitCount / count) << alignment)
        }

        /// The tile that covers a pixel: the last that does not start after it.
        func tile(at pixel: Int) -> Int {
            (((pixel >> alignment) + 1) * count - 1) / unitCount
        }

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

    var horizontal: Axis { axis(size.width, columns) }
    var vertical: Axis { axis(size.height, rows) }

    private func axis(_ length: Int, _ count: Int) -> Axis {
        Axis(length: length, count: count, overlap: overlap, alignment: alignment)
    }

    /// Half the side of a tile in coordinates: the longer side of the tile spans −1…1 (§7.2).
    func coordinateScale(column: Int, row: Int) -> Int {
        max(horizontal.core(column).count, vertical.core(row).count)
    }
}

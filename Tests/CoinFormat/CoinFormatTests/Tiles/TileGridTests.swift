import FormatKit
import TestSupport
import Testing

@testable import CoinFormat

@Suite struct TileGridTests {
    private static let size = ImageSize(width: 100, height: 7)

    @Test(
        arguments: [
            (1, 1, 0xFFFF, true), (100, 7, 0, true), (1, 1, 0, true), (1, 7, 0, true),
            (3, 1, 16, true), (3, 1, 17, false), (100, 1, 0, true), (100, 1, 1, false),
            (50, 1, 1, true), (1, 3, 1, true), (1, 3, 2, false), (2, 2, 2, false),
            (0, 1, 0, false), (1, 0, 0, false), (101, 1, 0, false), (1, 8, 0, false),
        ])
    func `has tiles of a pixel or twice the overlap`(
        columns: Int, rows: Int, overlap: Int, isValid: Bool
    ) {
        let grid = TileGrid(size: Self.size, columns: columns, rows: rows, overlap: overlap)
        #expect((grid != nil) == isValid)
    }

    @Test func `parses what it serializes`() throws {
        let grid = try #require(TileGrid(size: Self.size, columns: 9, rows: 3, overlap: 1))
        let bytes = grid.serialized
        #expect(bytes == [9, 3, 1, 0])
        var reader = ByteReader(bytes.span)
        let parsed = try TileGrid(parsing: &reader, size: Self.size)
        #expect(parsed == grid)
    }

    @Test func `cuts an axis as the spec says`() throws {
        let grid = try #require(TileGrid(size: Self.size, columns: 3, rows: 2, overlap: 1))
        let axis = grid.horizontal
        #expect((0..<3).map(axis.core) == [0..<33, 33..<66, 66..<100])
        #expect((0..<3).map(axis.extent) == [0..<34, 32..<67, 65..<100])
        #expect((0..<2).map(grid.vertical.core) == [0..<3, 3..<7])
        #expect(grid.coordinateScale(column: 2, row: 1) == 34)
    }

    @Test func `cuts an axis at multiples of the alignment`() throws {
        let grid = try #require(
            TileGrid(size: Self.size, columns: 3, rows: 1, overlap: 10, alignment: 4))
        // Seven places where a tile may begin.
        #expect((0..<3).map(grid.horizontal.core) == [0..<32, 32..<64, 64..<100])
        #expect((0..<1).map(grid.vertical.core) == [0..<7])
    }

    @Test(
        arguments: [
            (7, 1, 0, 4, true), (8, 1, 0, 4, false), (1, 2, 0, 2, true), (1, 2, 0, 3, false),
            (1, 1, 0, 12, true), (2, 1, 0, 12, false), (2, 1, 18, 6, true), (2, 1, 19, 6, false),
        ])
    func `has no empty tile where it is aligned`(
        columns: Int, rows: Int, overlap: Int, alignment: Int, isValid: Bool
    ) {
        let grid = TileGrid(
            size: Self.size, columns: columns, rows: rows, overlap: overlap, alignment: alignment)
        #expect((grid != nil) == isValid)
    }

    @Test(arguments: 1...50 as ClosedRange<UInt64>)
    func `covers every pixel with one tile, or two beside a border`(seed: UInt64) {
        var numbers = SplitMix64(seed: seed)
        let length = Int.random(in: 1...300, using: &numbers)
        let alignment = Int.random(in: 0...4, using: &numbers)
        let unitCount = (length + (1 << alignment) - 1) >> alignment
        let count = Int.random(in: 1...unitCount, using: &numbers)
        let plain = TileGrid.Axis(length: length, count: count, overlap: 0, alignment: alignment)
        let narrowest = (0..<count).map { plain.core($0).count }.min() ?? 0
        let overlap = Int.random(in: 0...(narrowest / 2), using: &numbers)
        let axis = TileGrid.Axis(
            length: length, count: count, overlap: overlap, alignment: alignment)
        #expect(narrowest > 0)
        #expect(
            TileGrid(
                size: ImageSize(width: length, height: 1), columns: count, rows: 1,
                overlap: overlap, alignment: alignment) != nil)
        for pixel in 0..<length {
            let cores = (0..<count).filter { axis.core($0).contains(pixel) }
            let extents = (0..<count).filter { axis.extent($0).contains(pixel) }
            #expect(cores.count == 1)
            #expect(axis.tile(at: pixel) == cores[0])
            #expect((1...2).contains(extents.count) && extents.contains(cores[0]))
        }
    }
}

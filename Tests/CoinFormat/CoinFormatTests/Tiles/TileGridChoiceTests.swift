import FormatKit
import TestSupport
import Testing

@testable import CoinFormat

@Suite struct TileGridChoiceTests {
    /// Checks what must hold for every size and returns the grid.
    @discardableResult
    private static func grid(_ width: Int, _ height: Int, _ maximum: Int) -> TileGrid {
        let size = ImageSize(width: width, height: height)
        let grid = TileGrid(dividing: size, maximumPixelCount: maximum)
        let (columns, rows) = (grid.horizontal, grid.vertical)
        let widest = [0, columns.count / 2, columns.count - 1].map { columns.core($0).count }
        let highest = [0, rows.count / 2, rows.count - 1].map { rows.core($0).count }
        let ceiling =
            ((width + columns.count - 1) / columns.count)
            * ((height + rows.count - 1) / rows.count)
        #expect(ceiling <= maximum, "\(size) by \(maximum)")
        #expect((widest + highest).allSatisfy { $0 > 0 })
        #expect(
            TileGrid(
                size: size, columns: grid.columns, rows: grid.rows, overlap: grid.overlap) == grid)
        return grid
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `keeps the maximum with few tiles`(seed: UInt64) {
        var numbers = SplitMix64(seed: seed)
        let bits = Int.random(in: 1...13, using: &numbers)
        let width = Int.random(in: 1...(1 << bits), using: &numbers)
        let height = Int.random(in: 1...(1 << (14 - bits)), using: &numbers)
        let maximum = Int.random(in: 16...20_000, using: &numbers)
        let grid = Self.grid(width, height, maximum)
        let fewest = (width * height + maximum - 1) / maximum
        // A whole number of tiles a side costs up to a column and a row.
        #expect(grid.tileCount <= 2 * fewest + 2)
    }

    @Test(
        arguments: [
            (1, 1), (1, 0xFF_FFFF), (0xFF_FFFF, 1), (2, 0xFF_FFFF), (16, 0xFF_FFFF),
            (0xFF_FFFF, 16), (16_384, 16_384), (8000, 6000),
        ])
    func `divides extreme sizes`(width: Int, height: Int) {
        Self.grid(width, height, 4096)
        Self.grid(width, height, ArchitectureChoice.tilePixelCount)
    }

    @Test(arguments: [(768, 512), (512, 768), (627, 627), (393_216, 1)])
    func `leaves an image of a Kodak image's pixels whole`(width: Int, height: Int) {
        let grid = Self.grid(width, height, ArchitectureChoice.tilePixelCount)
        #expect(grid.tileCount == 1 && grid.overlap == 0)
    }

    @Test func `likes square tiles and overlaps them`() {
        let grid = Self.grid(4000, 3000, ArchitectureChoice.tilePixelCount)
        let aspect = Double(4000 * grid.rows) / Double(3000 * grid.columns)
        #expect((0.6...1.7).contains(aspect))
        #expect(grid.overlap == TileGrid.defaultOverlap)
    }

    @Test func `overlaps narrow tiles less`() {
        let grid = Self.grid(30, 30, 100)
        #expect(grid.columns > 1 && grid.overlap > 0)
        #expect(2 * grid.overlap <= 30 / max(grid.columns, grid.rows))
    }
}

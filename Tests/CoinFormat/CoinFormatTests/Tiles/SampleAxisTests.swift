import TestSupport
import Testing

@testable import CoinFormat

@Suite struct SampleAxisTests {
    /// Axes of many lengths, tiles, overlaps and resolutions.
    private static func axis(seed: UInt64) -> SampleAxis {
        var numbers = SplitMix64(seed: seed)
        let length = Int.random(in: 1...200, using: &numbers)
        let count = Int.random(in: 1...min(length, 9), using: &numbers)
        let overlap = Int.random(in: 0...(length / count / 2), using: &numbers)
        return SampleAxis(
            tiles: TileGrid.Axis(length: length, count: count, overlap: overlap),
            count: Bool.random(using: &numbers) ? length : .random(in: 1...600, using: &numbers))
    }

    @Test func `is exact at the size of the image`() {
        for length in [1, 2, 3, 7, 1000, 0xFF_FFFF] {
            let axis = SampleAxis(
                tiles: TileGrid.Axis(length: length, count: 1, overlap: 0), count: length)
            for index in [0, length / 3, length - 1] {
                #expect(axis.position(index) == Double(index) + 0.5)
            }
        }
    }

    @Test func `spans one unit to either side of the center along the longer side`() {
        let axis = SampleAxis(tiles: TileGrid.Axis(length: 8, count: 2, overlap: 1), count: 8)
        let coordinates = (0..<4).map { axis.coordinate($0, tile: 0, scale: 4) }
        #expect(coordinates == [-0.75, -0.25, 0.25, 0.75])
        #expect(axis.coordinate(3, tile: 1, scale: 4) == -1.25)
        #expect(axis.coordinate(4, tile: 1, scale: 8) == -0.375)
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `places every sample in one tile, or in two neighbors`(seed: UInt64) {
        let axis = Self.axis(seed: seed)
        for index in 0..<axis.count {
            let tiles = (0..<axis.tiles.count).filter {
                axis.samples(of: $0, in: 0..<axis.count).contains(index)
            }
            #expect(tiles.count == 1 || (tiles.count == 2 && tiles[1] == tiles[0] + 1))
            #expect(axis.tileIndices(in: index..<index + 1) == tiles)
            // The same in exact arithmetic, from the words of the spec.
            let expected = (0..<axis.tiles.count).filter { tile in
                let extent = axis.tiles.extent(tile)
                let place = (2 * index + 1) * axis.tiles.length
                return place >= 2 * axis.count * extent.lowerBound
                    && place < 2 * axis.count * extent.upperBound
            }
            #expect(tiles == expected)
        }
    }

    @Test(arguments: 1...100 as ClosedRange<UInt64>)
    func `weighs neighbors from 0 to 1`(seed: UInt64) {
        let axis = Self.axis(seed: seed)
        for tile in 0..<axis.tiles.count {
            let shared = axis.sharedSamples(of: tile, in: 0..<axis.count)
            let weights = shared.map { axis.blendWeight($0, tile: tile) }
            #expect(weights.allSatisfy { (0...1).contains($0) })
            #expect(weights == weights.sorted())
            #expect(weights.count < 2 || weights.first != weights.last)
            // Mirrored at the border, the weights of both tiles swap.
            let isMirrored = zip(weights, weights.reversed()).allSatisfy {
                ($0 + $1 - 1).magnitude < 1e-6
            }
            #expect(isMirrored || axis.count != axis.tiles.length)
        }
    }

    @Test(arguments: 1...100 as ClosedRange<UInt64>)
    func `finds the same tiles for a part of the samples`(seed: UInt64) {
        let axis = Self.axis(seed: seed)
        var numbers = SplitMix64(seed: seed &+ 1000)
        let lower = Int.random(in: 0..<axis.count, using: &numbers)
        let part = lower..<Int.random(in: lower + 1...axis.count, using: &numbers)
        for tile in 0..<axis.tiles.count {
            #expect(
                Array(axis.samples(of: tile, in: part))
                    == axis.samples(of: tile, in: 0..<axis.count).filter(part.contains))
        }
        #expect(
            axis.tileIndices(in: part)
                == Set(part.flatMap { axis.tileIndices(in: $0..<$0 + 1) }).sorted())
    }

    @Test func `does not overflow at the largest sizes`() {
        let axis = SampleAxis(
            tiles: TileGrid.Axis(length: 0xFF_FFFF, count: 0xFFFF, overlap: 128), count: 0xFF_FFFF)
        #expect(axis.position(0xFF_FFFE) == 16_777_214.5)
        #expect(axis.tileIndices(in: 0xFF_FFFE..<0xFF_FFFF) == [0xFFFE])
    }
}

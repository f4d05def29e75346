import TestSupport
import Testing

@testable import CoinFormat

@Suite struct PixelOrderTests {
    private static func order(
        _ width: Int, _ height: Int, batchSize: Int, seed: UInt64 = 7
    ) -> PixelOrder {
        var order = PixelOrder(width: width, height: height, batchSize: batchSize)
        var generator = SeededGenerator(seed: seed)
        order.draw(&generator)
        return order
    }

    @Test(
        arguments: [
            (1, 1, 1), (1, 500, 16), (500, 1, 16), (3, 7, 100), (64, 48, 64), (53, 37, 100),
            (200, 3, 16), (96, 96, 9216),
        ])
    func `visits every pixel once`(width: Int, height: Int, batchSize: Int) {
        let order = Self.order(width, height, batchSize: batchSize)
        #expect(order.indices.sorted() == (0..<UInt32(width * height)).map { $0 })
    }

    /// 48 batches of one pixel from each block of 7 × 7.
    @Test func `spreads every batch over the picture`() {
        let order = Self.order(336, 336, batchSize: 336 * 336 / 49)
        let batchSize = 48 * 48
        for batch in 0..<49 {
            let blocks = order.indices[batch * batchSize..<(batch + 1) * batchSize].map { index in
                Int(index) / 336 / 7 * 48 + Int(index) % 336 / 7
            }
            #expect(Set(blocks).count == batchSize, "batch \(batch)")
        }
    }

    @Test func `draws another order for each pass and seed, and the same for the same`() {
        var order = Self.order(40, 30, batchSize: 50)
        let first = order.indices
        #expect(Self.order(40, 30, batchSize: 50).indices == first)
        #expect(Self.order(40, 30, batchSize: 50, seed: 8).indices != first)
        var generator = SeededGenerator(seed: 9)
        order.draw(&generator)
        #expect(order.indices != first)
    }
}

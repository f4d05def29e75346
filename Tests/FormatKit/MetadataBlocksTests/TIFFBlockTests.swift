import MetadataBlocks
import Testing

@Suite struct TIFFBlockTests {
    /// A block with one directory of a SHORT and of an ASCII text that has its own place.
    private static func block(_ order: ByteOrder, text: String = "camera") throws -> TIFFBlock {
        let letters = Array(text.utf8) + [0]
        var bytes: [UInt8] = order == .little ? [0x49, 0x49, 0x2A, 0] : [0x4D, 0x4D, 0, 0x2A]
        bytes += order.bytes(8, count: 4) + order.bytes(2, count: 2)
        bytes += order.bytes(271, count: 2) + order.bytes(2, count: 2)
        bytes += order.bytes(letters.count, count: 4) + order.bytes(38, count: 4)
        bytes += order.bytes(274, count: 2) + order.bytes(3, count: 2)
        bytes += order.bytes(1, count: 4) + order.bytes(6, count: 2) + [0, 0]
        return try #require(TIFFBlock(bytes + [0, 0, 0, 0] + letters))
    }

    private static func text(_ tag: Int, _ block: TIFFBlock) -> String? {
        block.first.flatMap { block.entry(tag, in: $0) }.flatMap(block.values(of:))
            .map { String(decoding: block.bytes[$0].prefix { $0 != 0 }, as: UTF8.self) }
    }

    @Test(arguments: [ByteOrder.little, .big])
    func `finds entries in either order`(order: ByteOrder) throws {
        let block = try Self.block(order)
        let directory = try #require(block.first)
        #expect(block.order == order && block.isWhole(directory))
        #expect(block.entries(of: directory).map(\.tag) == [271, 274])
        #expect(block.short(274, in: directory) == 6)
        #expect(block.number(274, in: directory) == 6)
        #expect(Self.text(271, block) == "camera")
        #expect(block.next(after: directory) == nil)
    }

    @Test(arguments: [ByteOrder.little, .big])
    func `adds entries in the order of tags, and changes values of any length`(
        order: ByteOrder
    ) throws {
        var block = try Self.block(order)
        var directory = try #require(block.first)
        block.set(272, block.integerValue(70_000), in: &directory)
        block.set(258, block.integerValue(8), in: &directory)
        #expect(block.entries(of: directory).map(\.tag) == [258, 271, 272, 274])
        #expect(block.number(272, in: directory) == 70_000)
        for name in ["a", "a camera with a longer name", "abc"] {
            let letters = Array(name.utf8) + [0]
            block.set(271, .init(type: 2, count: letters.count, bytes: letters), in: &directory)
            #expect(Self.text(271, block) == name)
        }
        #expect(block.short(274, in: directory) == 6 && block.number(258, in: directory) == 8)
    }

    @Test(arguments: [ByteOrder.little, .big])
    func `what is taken out is not left among the bytes`(order: ByteOrder) throws {
        var block = try Self.block(order)
        var directory = try #require(block.first)
        #expect(block.remove([271], from: &directory))
        #expect(!block.remove([271], from: &directory))
        #expect(block.entries(of: directory).map(\.tag) == [274])
        #expect(block.bytes.firstRange(of: Array("camera".utf8)) == nil)
        #expect(block.bytes.count == 38)
    }

    @Test func `rationals are near what they stand for, or are none`() throws {
        let block = try Self.block(.big)
        for value in [1e-4, 0.3, 72, 300.5, 2834.6457, 3_999_999_999] {
            let written = try #require(block.rationalValue(value))
            let read = try #require(ByteOrder.big.number(written.bytes, type: 5))
            #expect(abs(read - value) <= 1e-5 * max(1, value), "\(value)")
        }
        #expect(block.rationalValue(0) == nil && block.rationalValue(5e9) == nil)
    }

    /// Whatever bytes say, reading and taking out end, and stay within them.
    @Test(arguments: [3, 17, 90]) func `survives damage`(seed: UInt64) throws {
        var state = seed
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let whole = try Self.block(.little).bytes
        for _ in 0..<3000 {
            var bytes = whole
            for _ in 0..<1 + random(4) { bytes[4 + random(bytes.count - 4)] = UInt8(random(256)) }
            guard var block = TIFFBlock(Array(bytes.prefix(8 + random(bytes.count - 7)))),
                var directory = block.first
            else { continue }
            for entry in block.entries(of: directory) {
                let range = block.values(of: entry)
                #expect(range.map { $0.upperBound <= block.bytes.count } ?? true)
                _ = block.numbers(of: entry)
            }
            _ = block.remove([271], from: &directory)
            _ = block.removeFollowingDirectories()
            #expect(block.bytes.count <= bytes.count)
        }
    }
}

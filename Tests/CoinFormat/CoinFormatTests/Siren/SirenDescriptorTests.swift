import FormatKit
import TestSupport
import Testing

@testable import CoinFormat

@Suite struct SirenDescriptorTests {
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `parses what it serializes`(seed: UInt64) throws {
        var numbers = SplitMix64(seed: seed)
        let widths = (0..<Int.random(in: 1...16, using: &numbers)).map { _ in
            Int.random(in: 1...64, using: &numbers)
        }
        let descriptor = SirenDescriptor(
            widths: widths, firstScale: .random(in: 0x1p-16...0x1p16, using: &numbers),
            hiddenScale: .random(in: 0x1p-16...0x1p16, using: &numbers))
        let bytes = descriptor.body
        var reader = ByteReader(bytes.span)
        let parsed = try SirenDescriptor(parsing: &reader)
        let left = reader.remaining
        #expect(parsed == descriptor)
        #expect(left == 0)
        #expect(bytes.count == 11 + widths.count)
    }

    private static let body: [UInt8] = [
        0, 0,  // coordinates, output mapping
        1,  // layer
        0x00, 0x00, 0x80, 0x40,  // first scale 4
        0x00, 0x00, 0x00, 0x3F,  // hidden scale ½
        28,  // width
    ]

    private static func parse(_ body: [UInt8]) throws -> SirenArchitecture {
        let size = ImageSize(width: 2, height: 2)
        let header = CoinHeader(
            size: size, channelCount: 3, bitDepth: 8, grid: TileGrid(oneTileOf: size),
            architectures: [ArchitectureDescriptor(kind: 1, body: body)])
        return try SirenArchitecture(header)
    }

    @Test func `parses every field`() throws {
        let network = SirenDescriptor(widths: [28], firstScale: 4, hiddenScale: 0.5)
        #expect(try Self.parse(Self.body).descriptors == [network])
    }

    @Test(
        arguments: [
            (0, [1], "the coordinate convention"), (1, [1], "the output mapping"),
            (2, [0], "the number of layers"), (2, [17], "the number of layers"),
            (3, [0, 0, 0, 0], "the first scale"), (3, [0, 0, 0x80, 0xC0], "the first scale"),
            (3, [1, 0, 0x80, 0x47], "the first scale"),
            (3, [0, 0, 0xC0, 0x7F], "the first scale"),
            (7, [0xFF, 0xFF, 0x7F, 0x37], "the hidden scale"),
            (7, [0, 0, 0x80, 0x7F], "the hidden scale"),
            (11, [0], "the width of a layer"), (11, [65], "the width of a layer"),
        ] as [(Int, [UInt8], String)])
    func `names a field that is out of its range, and its place`(
        offset: Int, value: [UInt8], field: String
    ) {
        let error = #expect(throws: BitstreamError.self) {
            try Self.parse(Self.body.replacing(at: offset, with: value))
        }
        guard case .invalidField(field, _, _, offset) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: [(0, "1"), (2, "3"), (5, "7"), (11, "12"), (13, "12")])
    func `refuses another length`(count: Int, expected: String) {
        #expect(
            throws: BitstreamError.invalidField(
                "the length of a descriptor", found: "\(count)", expected: expected, offset: 1)
        ) { try Self.parse(Array((Self.body + [0]).prefix(count))) }
    }

    @Test func `counts parameters and multiply-adds as the paper does`() {
        let descriptor = SirenDescriptor(widths: [Int](repeating: 28, count: 10))
        #expect(descriptor.parameterCount(channelCount: 3) == 7479)
        #expect(descriptor.multiplyAddsPerPixel(channelCount: 3) == 2 * 28 + 9 * 28 * 28 + 28 * 3)
    }

    @Test func `scales the first, the hidden and no output layer`() {
        let descriptor = SirenDescriptor(widths: [5, 6, 7], firstScale: 3, hiddenScale: 2)
        #expect((0...3).map(descriptor.scale(ofLayer:)) == [3, 2, 2, 1])
    }

    @Test func `traps on a network that no stream can hold`() async {
        await #expect(processExitsWith: .failure) { _ = SirenDescriptor(widths: []) }
        await #expect(processExitsWith: .failure) { _ = SirenDescriptor(widths: [65]) }
        await #expect(processExitsWith: .failure) {
            _ = SirenDescriptor(widths: [1], firstScale: .infinity)
        }
    }
}

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

import FormatKit
import TestSupport
import Testing

@testable import CoinFormat

@Suite struct TileWeightsTests {
    /// Two inputs, one neuron, two channels, with the values 1, 2, 3 and so on.
    private static let bytes: [UInt8] = [
        0x01,  // architecture
        0x00, 0x00, 0x3C, 0x00, 0x40,  // weights of the neuron: 1, 2
        0x00, 0x00, 0x42,  // bias: 3
        0x00, 0x00, 0x44, 0x00, 0x45,  // weights of the channels: 4, 5
        0x00, 0x00, 0x46, 0x00, 0x47,  // biases: 6, 7
    ]

    private static let descriptor = SirenDescriptor(widths: [1])

    /// Parses the payload of a box that starts at 65, 5 bytes before the payload.
    private static func parse(_ bytes: [UInt8]) throws -> TileWeights {
        let box = Box.serialized(.tile, bytes)
        var reader = ByteReader(box.span, base: 65)
        return try TileWeights(
            parsing: ArchitecturePayload(Box(parsing: &reader), architectureCount: 2),
            descriptor: descriptor, channelCount: 2)
    }

    @Test func `parses weights and biases layer by layer`() throws {
        let tile = try Self.parse(Self.bytes)
        #expect(tile.architecture == 1)
        #expect(tile.values.map(Binary16.decode) == [1, 2, 3, 4, 5, 6, 7])
    }

    @Test func `serializes what it parses`() throws {
        let payload = try Self.parse(Self.bytes).payload(Self.descriptor, channelCount: 2)
        #expect(payload.box.payload == Self.bytes)
    }

    @Test func `multiplies every parameter by the scale of its layer`() throws {
        let descriptor = SirenDescriptor(widths: [1], firstScale: 0.3, hiddenScale: 100)
        let parameters = try Self.parse(Self.bytes).parameters(descriptor, channelCount: 2)
        #expect(parameters == [0.3, 2 * 0.3, 3 * 0.3, 4, 5, 6, 7])
    }

    /// Half a unit in the last place of binary16, and a little for the scales.
    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func `rounds to what the decoder multiplies back`(seed: UInt64) {
        var numbers = SplitMix64(seed: seed)
        let descriptor = SirenDescriptor(widths: [4, 5], firstScale: 4.7, hiddenScale: 3.1)
        let parameters = numbers.floats(descriptor.parameterCount(channelCount: 3), in: -9...9)
        let rounded = TileWeights(
            rounding: parameters, architecture: 0, descriptor: descriptor, channelCount: 3)
        for (found, wanted) in zip(
            rounded.parameters(descriptor, channelCount: 3), parameters)
        {
            #expect((found - wanted).magnitude <= 0x1.01p-11 * wanted.magnitude + 0x1p-24)
        }
    }

    @Test func `refuses an architecture that the header lacks`() throws {
        #expect(
            throws: BitstreamError.invalidField(
                "the architecture index", found: "2", expected: "0 to 1", offset: 70)
        ) { try Self.parse(Self.bytes.replacing(at: 0, with: [2])) }
    }

    @Test(arguments: [1, 6, 9, 14])
    func `tells an unknown packing from damage`(offset: Int) {
        #expect(throws: BitstreamError.unsupportedPacking(1, offset: 70 + offset)) {
            try Self.parse(Self.bytes.replacing(at: offset, with: [1]))
        }
    }

    @Test(arguments: [0x7C00, 0xFC00, 0x7E00, 0xFC01] as [UInt16])
    func `refuses infinities and NaNs`(bits: UInt16) {
        var value: [UInt8] = []
        value.append(littleEndian: bits)
        #expect(
            throws: BitstreamError.invalidField(
                "a weight", found: "0x" + String(bits, radix: 16), expected: "a finite number",
                offset: 82)
        ) { try Self.parse(Self.bytes.replacing(at: 12, with: value)) }
    }
}

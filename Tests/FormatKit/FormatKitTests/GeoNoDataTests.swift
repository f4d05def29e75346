import MetadataBlocks
import Testing

@testable import FormatKit

/// The value that stands for no data moves with the samples.
@Suite struct GeoNoDataTests {
    /// A change of samples, and what the value becomes.
    struct Case: Sendable, CustomTestStringConvertible {
        var value: String
        var from: SampleType
        var significantBits: Int?
        var to: SampleType
        var expected: String?

        var testDescription: String {
            "\(value) of \(from), \(significantBits ?? from.bitCount) bits, to \(to)"
        }
    }

    private static let cases = [
        Case(value: "255", from: .uint8, to: .uint8, expected: "255"),
        Case(value: "-9999", from: .uint8, to: .uint8, expected: "-9999"),
        Case(value: "255", from: .uint8, to: .uint16, expected: "65535"),
        Case(value: "7", from: .uint8, to: .uint16, expected: "1799"),
        Case(value: "-1", from: .uint8, to: .uint16, expected: nil),
        Case(value: "7.5", from: .uint8, to: .uint16, expected: nil),
        Case(value: "15", from: .uint8, significantBits: 4, to: .uint16, expected: nil),
        Case(value: "65535", from: .uint16, to: .uint8, expected: nil),
        Case(value: "-9999", from: .float32, to: .uint16, expected: nil),
        Case(value: "255", from: .uint8, to: .float32, expected: nil),
    ]

    @Test(arguments: cases)
    func `another depth scales it, or says that it is lost`(change: Case) throws {
        let layout = PixelLayout(.gray, change.from)
        let source = ImageHeader(
            size: ImageSize(width: 1, height: 1), layout: layout,
            significantBits: change.significantBits ?? change.from.bitCount)
        let changed = Self.metadata(change.value)
            .changed(fromForm: [], from: source, to: PixelLayout(.gray, change.to))
        #expect(Self.value(changed.value) == change.expected)
        #expect(changed.losses.isEmpty == (change.expected != nil))
        #expect(changed.value.geotiff == nil || change.expected != nil)
    }

    @Test(arguments: [("255", "0"), ("0", "255"), ("3", "252"), ("256", nil), ("-1", nil)])
    func `white that becomes the largest sample turns it round`(value: String, expected: String?) {
        let inverted = Self.metadata(value).invertingNoData(maximum: 255)
        #expect(Self.value(inverted.metadata) == expected)
        #expect(inverted.losses.isEmpty == (expected != nil))
        #expect(Self.metadata(value).invertingNoData(maximum: nil).losses.count == 1)
    }

    private static func metadata(_ value: String) -> ImageMetadata {
        let text = Array("\(value)\0".utf8)
        let inline = text.count <= 4 ? text + [UInt8](repeating: 0, count: 4 - text.count) : nil
        var metadata = ImageMetadata()
        metadata.geotiff =
            [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x81, 0xA4, 2, 0, UInt8(text.count), 0, 0, 0]
            + (inline ?? [26, 0, 0, 0]) + [0, 0, 0, 0] + (inline == nil ? text : [])
        return metadata
    }

    private static func value(_ metadata: ImageMetadata) -> String? {
        guard let block = metadata.geotiff.flatMap(TIFFBlock.init), let directory = block.first,
            let entry = block.entry(42113, in: directory), let range = block.values(of: entry)
        else { return nil }
        return String(decoding: block.bytes[range].prefix { $0 != 0 }, as: UTF8.self)
    }
}

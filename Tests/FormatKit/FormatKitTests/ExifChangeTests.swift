import Testing

@testable import FormatKit

/// What changes make of single entries of an Exif block.
@Suite struct ExifChangeTests {
    private static let size = ImageSize(width: 40, height: 30)
    private static let crop = PictureChange.cropped(
        PixelRegion(columns: 4..<10, rows: 3..<7), of: size)

    /// A block with entries of at most a value of 4 bytes, or of bytes behind the directory.
    private static func block(_ entries: [(tag: Int, type: Int, values: [UInt8])]) -> [UInt8] {
        func bytes(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        var table = bytes(entries.count, 2)
        var rest: [UInt8] = []
        let start = 8 + 2 + 12 * entries.count + 4
        for entry in entries {
            let size = TIFFBlock.valueByteCount(type: entry.type) ?? 1
            table += bytes(entry.tag, 2) + bytes(entry.type, 2)
            table += bytes(entry.values.count / size, 4)
            let isInline = entry.values.count <= 4
            table +=
                isInline
                ? entry.values + [UInt8](repeating: 0, count: 4 - entry.values.count)
                : bytes(start + rest.count, 4)
            if !isInline { rest += entry.values }
        }
        return [0x49, 0x49, 42, 0, 8, 0, 0, 0] + table + [0, 0, 0, 0] + rest
    }

    private static func metadata(
        _ entries: (tag: Int, type: Int, values: [UInt8])...
    ) -> ImageMetadata {
        ImageMetadata(exif: block(entries))
    }

    @Test func `a block whose only entry goes is no block`() {
        let position: [UInt8] = [1, 0, 0, 0, 1, 0, 0, 0]
        let metadata = Self.metadata(
            (ExifTag.xPosition, 5, position), (ExifTag.yPosition, 5, position))
        let changed = metadata.changed(by: Self.crop)
        #expect(changed.value.exif == nil)
        #expect(changed.losses.count == 1)
    }

    @Test(
        arguments: [
            (#"{"shape": [30, 40]}"#, true), ("shape=(30, 40)", true),
            (#"<?xml version="1.0"?><OME xmlns="a"><Pixels SizeX="40"/></OME>"#, true),
            ("the shape of things", false), ("OME", false),
        ])
    func `a description that tells a size goes with it`(text: String, isLost: Bool) {
        let metadata = Self.metadata(
            (ExifTag.imageDescription, 2, Array(text.utf8) + [0]), (0x0131, 2, Array("x\0".utf8)))
        let scaled = PictureChange.resampled(
            from: Self.size, to: ImageSize(width: 20, height: 15))
        for change in [Self.crop, scaled] {
            let changed = metadata.changed(by: change)
            #expect(changed.losses.isEmpty == !isLost)
            #expect((changed.value.exif?.containsBytes(of: text) ?? false) == !isLost)
        }
        // On its head it has the same size.
        let turned = metadata.changed(by: .turned(.down, of: Self.size))
        #expect(turned.losses.isEmpty)
    }

    /// A transfer function of 8-bit samples.
    private static func curve(channels: Int, _ light: (Double) -> Double) -> ImageMetadata {
        let values = (0..<channels * 256).flatMap { index -> [UInt8] in
            let value = UInt16((65535 * light(Double(index % 256) / 255)).rounded())
            return [UInt8(truncatingIfNeeded: value), UInt8(value >> 8)]
        }
        return metadata((ExifTag.transferFunction, 3, values))
    }

    @Test(arguments: [1.0, 1.8, 2.4, 2.6], [1, 3])
    func `a transfer function that is a power is a gamma`(exponent: Double, channels: Int) throws {
        let metadata = Self.curve(channels: channels) { power($0, exponent) }
        guard case .calibration(let gamma?, nil) = metadata.colorAccount else {
            Issue.record("\(String(describing: metadata.colorAccount))")
            return
        }
        #expect(abs(1 / gamma - exponent) < 0.002)
    }

    @Test func `that of sRGB says what is assumed, and others are left to readers`() {
        let standard = Self.curve(channels: 1) {
            $0 <= 0.04045 ? $0 / 12.92 : power(($0 + 0.055) / 1.055, 2.4)
        }
        #expect(standard.colorAccount == nil)
        #expect(Self.curve(channels: 3) { power($0, 2.2) }.colorAccount == nil)
        #expect(Self.curve(channels: 1) { 1 - $0 }.colorAccount == nil)
        #expect(Self.curve(channels: 1) { $0 < 0.5 ? 0.2 : 0.8 }.colorAccount == nil)
        #expect(Self.metadata((ExifTag.transferFunction, 3, [1, 0])).colorAccount == nil)
    }
}

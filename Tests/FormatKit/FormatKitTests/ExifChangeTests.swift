import MetadataBlocks
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

    @Test func `that of sRGB says what is assumed, and so do black and white alone`() {
        let standard = Self.curve(channels: 1) {
            $0 <= 0.04045 ? $0 / 12.92 : power(($0 + 0.055) / 1.055, 2.4)
        }
        #expect(standard.colorAccount == nil)
        #expect(Self.curve(channels: 3) { power($0, 2.2) }.colorAccount == nil)
        #expect(Self.function([0, 65_535]).colorAccount == nil)
    }

    private static func function(_ values: [UInt16]) -> ImageMetadata {
        let bytes = values.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        return metadata((ExifTag.transferFunction, 3, bytes))
    }

    @Test(arguments: [1, 3])
    func `a transfer function of another shape is one of curves`(channels: Int) throws {
        // That of BT.709, which no power comes near.
        let metadata = Self.curve(channels: channels) {
            $0 < 0.081 ? $0 / 4.5 : power(($0 + 0.099) / 1.099, 1 / 0.45)
        }
        guard case .curves(let curves, nil) = metadata.colorAccount else {
            Issue.record("\(String(describing: metadata.colorAccount))")
            return
        }
        #expect(curves.tables.count == channels && curves.tables.allSatisfy { $0.count == 256 })
        #expect(curves.tables[0][0] == 0 && curves.tables[0][255] == 65_535)
        #expect(curves.resampled(to: 4096) == curves.tables)
        #expect(
            curves.resampled(to: 86)[0]
                == stride(from: 0, to: 256, by: 3).map {
                    curves.tables[0][$0]
                })
    }

    @Test func `each channel has a curve of its own, and primaries are told beside`() throws {
        let tables: [[UInt16]] = [[0, 1, 2, 65_535], [0, 2, 2, 65_535], [7, 7, 7, 9]]
        func rational(_ values: [Int]) -> [UInt8] {
            values.flatMap { value in
                [value, 1000].flatMap { number in
                    (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
                }
            }
        }
        let curves = tables.joined().flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        let metadata = Self.metadata(
            (ExifTag.transferFunction, 3, curves),
            (ExifTag.whitePoint, 5, rational([313, 329])),
            (ExifTag.primaryChromaticities, 5, rational([680, 320, 265, 690, 150, 60])))
        let primaries = Chromaticities(
            white: Chromaticity(0.313, 0.329), red: Chromaticity(0.68, 0.32),
            green: Chromaticity(0.265, 0.69), blue: Chromaticity(0.15, 0.06))
        #expect(
            metadata.colorAccount
                == .curves(try #require(TransferCurves(tables)), chromaticities: primaries))
        // It ends where colors are sRGB.
        #expect(metadata.changed(by: .convertedToSRGB).value.colorAccount == nil)
        #expect(metadata.changed(by: .convertedToSRGB).value.exif == nil)
    }

    @Test(
        arguments: [
            [1], [0, 9, 5, 65_535], [65_535, 0], [5, 5], [0, 1, 2], [0, 1, 2, 3, 4, 5, 6],
        ]
            as [[UInt16]])
    func `a transfer function that makes no sense is none, and known to be there`(
        values: [UInt16]
    ) {
        let metadata = Self.function(values)
        #expect(metadata.colorAccount == nil && metadata.exifTransferFunction == .unusable)
        // What counts before it makes it meaningless.
        var other = metadata
        other.gamma = 1
        #expect(other.exifTransferFunction == nil)
    }

    @Test func `a function of samples that are inverted rises with them`() {
        let falling = Self.function([65_535, 40_000, 10_000, 3])
        let rising = Self.function([3, 10_000, 40_000, 65_535])
        #expect(falling.invertingTransferFunction() == rising)
        #expect(rising.invertingTransferFunction() == rising)
        let three = Self.function([9, 0, 65_535, 0, 0, 65_535])
        #expect(
            three.invertingTransferFunction() == Self.function([0, 9, 0, 65_535, 0, 65_535]))
    }
}

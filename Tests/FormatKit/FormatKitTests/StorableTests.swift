import FormatKit
import TestSupport
import Testing

/// What writers check first.
@Suite struct StorableTests {
    private let descriptor = TestSupport.ToyFormat().descriptor

    private func header(_ width: Int, _ height: Int, _ layout: PixelLayout) -> ImageHeader {
        ImageHeader(size: ImageSize(width: width, height: height), layout: layout)
    }

    @Test func `sizes and layouts that the format has are accepted`() throws {
        try descriptor.checkStorable(header(1, 65_535, PixelLayout(.gray, .uint8)))
        try descriptor.checkStorable(header(65_535, 1, PixelLayout(.rgb, .uint16)))
    }

    @Test(arguments: [
        (0, 1, PixelLayout(.gray, .uint8), "size 0x1, expected 1 to 65535 each"),
        (1, 65_536, PixelLayout(.gray, .uint8), "size 1x65536, expected 1 to 65535 each"),
        (1, 1, PixelLayout(.cmyk, .uint8), "pixels are cmyk uint8"),
    ])
    func `others are refused`(
        width: Int, height: Int, layout: PixelLayout, reason: String
    ) {
        #expect(throws: ImageError.unstorable(descriptor.id, reason)) {
            try descriptor.checkStorable(header(width, height, layout))
        }
    }

    @Test(arguments: [
        (WriteSettings(quality: 100.5), "quality", "100.5 is not from 0 to 100"),
        (WriteSettings(quality: .nan), "quality", "nan is not from 0 to 100"),
        (WriteSettings(effort: 0), "effort", "0 is not from 1 to 9"),
        (WriteSettings(effort: 10), "effort", "10 is not from 1 to 9"),
    ])
    func `settings out of range are refused`(
        settings: WriteSettings, name: String, reason: String
    ) {
        #expect(throws: ImageError.invalidOption(name: name, reason: reason)) {
            try settings.checkRanges()
        }
    }

    @Test func `settings within their ranges, or left out, are accepted`() throws {
        try WriteSettings().checkRanges()
        try WriteSettings(quality: 0, effort: 1).checkRanges()
        try WriteSettings(quality: 100, effort: 9).checkRanges()
    }
}

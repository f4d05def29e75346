import FormatKit
import TestSupport
import Testing

@testable import CoinFormat

@Suite struct ResampledRegionTests {
    /// Delivers what has been decoded.
    private final class Rows: RegionDecoder {
        private var bytes: ArraySlice<UInt8>

        init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

        func decodeRows(into output: UnsafeMutableRawBufferPointer) {
            unsafe output.copyBytes(from: bytes.prefix(output.count))
            bytes = bytes.dropFirst(output.count)
        }
    }

    /// Resamples a picture, or a region of it, in bands of some rows.
    private static func resample(
        _ image: Image, region: PixelRegion? = nil, to size: ImageSize, rowsAtOnce: Int = 7
    ) throws -> [UInt8] {
        let region = region ?? PixelRegion(size)
        let plan = OctavePlan(
            image: image.header.size, region: region, size: size, highest: 0)
        let source = Rows(image.crop(plan.region))
        let layout = image.header.layout
        guard let taps = plan.taps else { return image.crop(region) }
        let decoder = ResampledRegion(source, region: plan.region, layout: layout, taps: taps)
        let rowByteCount = layout.bytesPerRow(width: region.columns.count)
        var bytes = [UInt8](repeating: 0, count: region.rows.count * rowByteCount)
        try unsafe bytes.withUnsafeMutableBytes { buffer in
            for start in stride(from: 0, to: buffer.count, by: rowsAtOnce * rowByteCount) {
                let end = min(start + rowsAtOnce * rowByteCount, buffer.count)
                try unsafe decoder.decodeRows(
                    into: UnsafeMutableRawBufferPointer(rebasing: buffer[start..<end]))
            }
        }
        return bytes
    }

    private static let layouts = [ColorModel.gray, .rgb].flatMap { model in
        [SampleType.uint8, .uint16].flatMap { sample in
            [PixelLayout(model, sample), PixelLayout(model, sample, alpha: .straight)]
        }
    }

    private static let sizes = [(13, 70), (80, 9), (41, 35), (1, 1), (100, 90), (20, 17)]

    @Test(arguments: layouts, sizes)
    func `keeps a color`(layout: PixelLayout, size: (Int, Int)) throws {
        let pixel = (0..<layout.bytesPerPixel).map { UInt8(60 + 20 * $0) }
        let header = ImageHeader(size: ImageSize(width: 41, height: 35), layout: layout)
        let image = Image(header: header, bytes: (0..<41 * 35).flatMap { _ in pixel })
        let size = ImageSize(width: size.0, height: size.1)
        let bytes = try Self.resample(image, to: size)
        #expect(bytes == (0..<size.pixelCount).flatMap { _ in pixel })
    }

    @Test(arguments: layouts)
    func `gives for a region what it gives for the whole`(layout: PixelLayout) throws {
        let image = Image.smooth(41, 35, layout)
        for (width, height) in Self.sizes {
            let size = ImageSize(width: width, height: height)
            var header = image.header
            header.size = size
            let whole = Image(header: header, bytes: try Self.resample(image, to: size))
            let region = PixelRegion(
                columns: width / 3..<width - width / 4, rows: height / 2..<height)
            let part = try Self.resample(image, region: region, to: size, rowsAtOnce: 2)
            #expect(part == whole.crop(region), "\(size)")
        }
    }

    @Test func `does not let transparent pixels show`() throws {
        let header = ImageHeader(
            size: ImageSize(width: 4, height: 1),
            layout: PixelLayout(.gray, .uint8, alpha: .straight))
        let image = Image(header: header, bytes: [200, 255, 0, 0, 9, 0, 7, 0])
        let bytes = try Self.resample(image, to: ImageSize(width: 2, height: 1))
        #expect(bytes == [200, 128, 0, 0])
    }

    @Test func `decodes the smallest octave that is not smaller`() {
        let image = ImageSize(width: 100, height: 61)
        func plan(_ width: Int, _ height: Int) -> OctavePlan {
            let size = ImageSize(width: width, height: height)
            return OctavePlan(
                image: image, region: PixelRegion(size), size: size, highest: 3)
        }
        #expect(plan(25, 16).octave == 2 && plan(25, 16).taps == nil)
        #expect(plan(100, 61).octave == 0 && plan(100, 61).taps == nil)
        #expect(plan(26, 16).octave == 1 && plan(26, 16).taps != nil)
        #expect(plan(24, 14).octave == 2)
        #expect(plan(3, 2).octave == 3)
        #expect(plan(300, 2).octave == 0)
        #expect(plan(24, 14).region == PixelRegion(ImageSize(width: 25, height: 16)))
    }
}

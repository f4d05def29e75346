import TestSupport
import Testing

@testable import FormatKit

@Suite struct ImageComparisonTests {
    private func image(
        _ width: Int, _ height: Int, _ layout: PixelLayout, _ bytes: [UInt8]
    ) -> Image {
        Image(
            header: ImageHeader(size: ImageSize(width: width, height: height), layout: layout),
            bytes: bytes)
    }

    private let gray = PixelLayout(.gray, .uint8)

    @Test(arguments: [PixelLayout(.gray, .uint8), PixelLayout(.rgb, .uint16)])
    func `finds an image equal to itself`(layout: PixelLayout) throws {
        let image = TestImages.picture(width: 200, height: 180, layout: layout)
        let comparison = try ImageComparison(image, image)
        #expect(comparison.isIdentical && comparison.overall.psnr == .infinity)
        #expect(comparison.similarity == MultiscaleSimilarity(image, image))
        #expect(abs((comparison.similarity?.value ?? 0) - 1) < 1e-9)
        #expect(comparison.similarity?.scaleCount == 5)
    }

    @Test func `computes PSNR for each channel and for all`() throws {
        let rgb = PixelLayout(.rgb, .uint8)
        let comparison = try ImageComparison(
            image(2, 1, rgb, [10, 20, 30, 40, 50, 60]), image(2, 1, rgb, [13, 20, 30, 40, 46, 60]))
        #expect(comparison.maximumDifference == 4)
        #expect(comparison.overall.meanSquaredError == 25.0 / 6)
        #expect(comparison.channels.map(\.meanSquaredError) == [4.5, 8, 0])
        // 10 log10(255² / 4.5)
        #expect(abs(comparison.channels[0].psnr - 41.5986785) < 1e-6)
        #expect(comparison.similarity == nil)
    }

    @Test func `compares 8 with 16 bits, and gray with color`() throws {
        let eight = image(2, 1, gray, [0, 255])
        let sixteen = image(
            2, 1, PixelLayout(.rgb, .uint16),
            [UInt8](repeating: 0, count: 6) + [255, 255, 255, 255, 255, 255])
        let comparison = try ImageComparison(eight, sixteen)
        #expect(comparison.isIdentical && comparison.peak == 65_535)
        #expect(comparison.layout == PixelLayout(.rgb, .uint16))
    }

    @Test func `does not count an alpha channel that is opaque`() throws {
        let rgba = PixelLayout(.rgb, .uint8, alpha: .straight)
        let opaque = image(1, 1, rgba, [1, 2, 3, 255])
        let plain = image(1, 1, PixelLayout(.rgb, .uint8), [1, 2, 6])
        #expect(try ImageComparison(opaque, plain).channels.count == 3)
        #expect(try ImageComparison(opaque, plain).overall.meanSquaredError == 3)
        let clear = image(1, 1, rgba, [1, 2, 3, 0])
        #expect(try ImageComparison(clear, plain).channels.count == 4)
    }

    @Test func `refuses what cannot be compared`() {
        let (one, two) = (image(2, 1, gray, [1, 2]), image(1, 2, gray, [1, 2]))
        #expect(throws: ImageComparison.Failure.sizesDiffer(one.header.size, two.header.size)) {
            try ImageComparison(one, two)
        }
        let cmyk = image(1, 1, PixelLayout(.cmyk, .uint8), [1, 2, 3, 4])
        let black = image(1, 1, gray, [0])
        #expect(throws: ImageComparison.Failure.self) { try ImageComparison(cmyk, black) }
        #expect(throws: Never.self) { try ImageComparison(cmyk, cmyk) }
        let float = image(1, 1, PixelLayout(.gray, .float32), [0, 0, 0, 0])
        #expect(throws: ImageComparison.Failure.self) { try ImageComparison(float, float) }
    }

    // The reference value is from a NumPy transcription of Wang et al. 2003.
    @Test func `agrees with a reference on MS-SSIM`() throws {
        let (width, height) = (203, 190)
        var (a, b): ([UInt8], [UInt8]) = ([], [])
        for y in 0..<height {
            for x in 0..<width {
                let value = (x * 7 + y * 3 + x * y / 5) % 256
                a.append(UInt8(value))
                b.append(UInt8(clamping: value + (x * 31 + y * 17) % 41 - 20))
            }
        }
        let comparison = try ImageComparison(
            image(width, height, gray, a), image(width, height, gray, b))
        let similarity = try #require(comparison.similarity)
        #expect(abs(similarity.value - 0.997_658_388) < 1e-7)
        #expect(abs(comparison.overall.psnr - 26.849_770_167) < 1e-7)
    }

    @Test(arguments: [(10, 0), (11, 1), (21, 1), (22, 2), (175, 4), (176, 5)])
    func `uses as many scales as fit`(side: Int, scaleCount: Int) {
        let image = TestImages.picture(width: side, height: side + 3, layout: gray)
        #expect(MultiscaleSimilarity(image, image)?.scaleCount ?? 0 == scaleCount)
    }
}

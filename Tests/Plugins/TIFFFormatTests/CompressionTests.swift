import FormatKit
import MetadataBlocks
import Testing
import TestSupport

@testable import TIFFFormat

/// Compressions that only some pixels can have, or that lose some.
@Suite struct CompressionTests {
    /// Smooth values, all of which are finite as floats.
    private func smoothImage(_ layout: PixelLayout, width: Int = 70, height: Int = 50) -> Image {
        var bytes: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                for channel in 0..<layout.channelCount {
                    let value = Double((x * (channel + 1) + 2 * y) % 256) / 255
                    switch layout.sample {
                    case .uint8: bytes.append(UInt8(value * 255))
                    case .uint16:
                        bytes += ByteOrder.host.bytes(Int(value * 65535), count: 2)
                    case .float32:
                        let pattern = Int(Float(value * 3 - 1).bitPattern)
                        bytes += ByteOrder.host.bytes(pattern, count: 4)
                    }
                }
            }
        }
        let header = ImageHeader(size: ImageSize(width: width, height: height), layout: layout)
        return Image(header: header, bytes: bytes)
    }

    private func needs(_ compression: TIFFCompression) throws {
        guard TIFFCompression.available.contains(compression) else {
            try Test.cancel("libtiff has no \(compression.rawValue)")
        }
    }

    @Test(arguments: storedLayouts, ["0", "32"])
    func `LERC keeps every sample`(layout: PixelLayout, tile: String) throws {
        try needs(.lerc)
        let image = smoothImage(layout)
        let bytes = try encode(image, ["compression": "lerc", "tile": tile])
        #expect(try decode(bytes).bytes == image.bytes)
    }

    @Test func `LERC's error is no larger than allowed`() throws {
        try needs(.lerc)
        let image = smoothImage(PixelLayout(.gray, .uint8))
        let bytes = try encode(image, ["compression": "lerc", "lerc-error": "4"])
        let result = try decode(bytes)
        #expect(zip(result.bytes, image.bytes).allSatisfy { abs(Int($0) - Int($1)) <= 4 })
    }

    @Test(arguments: ["0", "32"])
    func `WebP keeps every sample, or fewer with a quality`(tile: String) throws {
        try needs(.webp)
        let image = smoothImage(PixelLayout(.rgb, .uint8))
        let options = ["compression": "webp", "tile": tile]
        let exact = try encode(image, options)
        #expect(try decode(exact).bytes == image.bytes)
        #expect(try decode(try encode(image, options, quality: 20)).bytes != image.bytes)
        #expect(
            try decode(try encode(image, options, quality: 20, isLossless: true)).bytes
                == image.bytes)
    }

    @Test(arguments: ColorModel.allCases, ["0", "16"])
    func `JPEG comes close, the closer the higher the quality`(
        model: ColorModel, tile: String
    ) throws {
        try needs(.jpeg)
        // One slope for all channels: no chroma that subsampling would blur.
        let layout = PixelLayout(model, .uint8)
        var image = smoothImage(layout)
        for pixel in stride(from: 0, to: image.bytes.count, by: layout.channelCount) {
            for channel in 1..<max(2, layout.channelCount) where layout.channelCount > 1 {
                image.bytes[pixel + channel] = image.bytes[pixel]
            }
        }
        func error(_ quality: Double) throws -> Double {
            let options = ["compression": "jpeg", "tile": tile]
            let result = try decode(try encode(image, options, quality: quality))
            #expect(result.header.layout == layout)
            var sum = 0
            for (first, second) in zip(result.bytes, image.bytes) {
                let difference = Int(first) - Int(second)
                sum += difference * difference
            }
            return Double(sum) / Double(image.bytes.count)
        }
        let (low, high) = (try error(10), try error(98))
        #expect(high < 4)
        #expect(low > high)
    }

    @Test(
        arguments: [
            ("jpeg", PixelLayout(.rgb, .uint16)), ("jpeg", PixelLayout(.rgb, .float32)),
            ("jpeg", PixelLayout(.rgb, .uint8, alpha: .straight)),
            ("webp", PixelLayout(.gray, .uint8)),
            ("webp", PixelLayout(.rgb, .uint8, alpha: .straight)),
            ("webp", PixelLayout(.rgb, .uint16)),
            ("webp", PixelLayout(.cmyk, .uint8)), ("ccitt", PixelLayout(.gray, .uint8)),
        ])
    func `pixels that a compression cannot hold are refused by name`(
        name: String, layout: PixelLayout
    ) throws {
        try needs(try #require(TIFFCompression(rawValue: name)))
        let error = #expect(throws: ImageError.self) {
            try encode(smoothImage(layout), ["compression": name])
        }
        guard case .invalidOption("tiff.compression", let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.hasPrefix(name))
    }

    @Test func `lossless output is no JPEG and has no error`() throws {
        try needs(.jpeg)
        let image = smoothImage(PixelLayout(.gray, .uint8))
        for options in [["compression": "jpeg"], ["compression": "lerc", "lerc-error": "1"]] {
            let error = #expect(throws: ImageError.self) {
                try encode(image, options, isLossless: true)
            }
            guard case .invalidOption = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }

    // MARK: Packed samples

    static let packed = ["none", "packbits", "lzw", "deflate", "zstd"]

    @Test(arguments: [1, 2, 4], packed)
    func `gray of few bits is stored in so many`(bits: Int, compression: String) throws {
        let image = packedImage(bits)
        let tile = compression == "lzw" ? "16" : "0"
        let bytes = try encode(image, ["compression": compression, "tile": tile], bandRows: 5)
        let result = try decode(bytes)
        #expect(result.bytes == image.bytes)
        #expect(result.header.storage == .packedGray(bitCount: bits))
        #expect(result.header.details.contains(ImageDetail("bits_per_sample", .integer(bits))))
    }

    @Test(arguments: ["0", "32"])
    func `black and white goes into Group 4`(tile: String) throws {
        try needs(.ccitt)
        let image = packedImage(1, width: 61, height: 300)
        let bytes = try encode(image, ["compression": "ccitt", "tile": tile])
        let result = try decode(bytes)
        #expect(result.bytes == image.bytes)
        #expect(
            result.header.details.contains(ImageDetail("compression", .text("CCITT Group 4"))))
    }

    @Test(arguments: [1, 2, 4, 8], packed)
    func `a palette stays a palette`(bits: Int, compression: String) throws {
        var random = SplitMix64(seed: 5)
        let colors = (0..<(1 << bits)).map { _ in
            let bytes = random.bytes(3)
            return RGBAColor(red: bytes[0], green: bytes[1], blue: bytes[2])
        }
        let size = ImageSize(width: 37, height: 23)
        let pixels = (0..<size.pixelCount).flatMap { _ -> [UInt8] in
            let color = colors[Int.random(in: 0..<colors.count, using: &random)]
            return [color.red, color.green, color.blue]
        }
        let header = ImageHeader(
            size: size, layout: PixelLayout(.rgb, .uint8),
            storage: .palette(Palette(colors, indexBitCount: bits)))
        let image = Image(header: header, bytes: pixels)
        let result = try decode(try encode(image, ["compression": compression]))
        #expect(result.bytes == pixels)
        #expect(result.header.storage == header.storage)
        // A predictor wants whole samples, and so do LERC and WebP.
        let whole = try decode(try encode(image, ["predictor": "on"]))
        #expect(whole.bytes == pixels)
        #expect(whole.header.storage == nil)
    }

    @Test func `storage that does not fit the pixels is an error, never another picture`() throws {
        var gray = packedImage(2)
        gray.bytes[7] = 3
        #expect(throws: ImageError.self) { try encode(gray) }
        let header = ImageHeader(
            size: ImageSize(width: 1, height: 1), layout: PixelLayout(.rgb, .uint8),
            storage: .palette(Palette([.white], indexBitCount: 1)))
        #expect(throws: ImageError.self) { try encode(Image(header: header, bytes: [1, 2, 3])) }
    }

    private func packedImage(_ bits: Int, width: Int = 45, height: Int = 37) -> Image {
        let maximum = (1 << bits) - 1
        let header = ImageHeader(
            size: ImageSize(width: width, height: height), layout: PixelLayout(.gray, .uint8),
            significantBits: bits, storage: .packedGray(bitCount: bits))
        let pixels = (0..<width * height).map {
            UInt8(($0 / 3 + $0 / width) % (maximum + 1) * (255 / maximum))
        }
        return Image(header: header, bytes: pixels)
    }
}

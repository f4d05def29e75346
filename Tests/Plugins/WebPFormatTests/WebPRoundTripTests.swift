import FormatKit
import TestSupport
import Testing

@testable import WebPFormat

enum SampleMetadata {
    /// Exif that says to turn the picture by 90° clockwise.
    static let exif: [UInt8] =
        [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 1]
        + [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0] + [0, 0, 0, 0]
    static let xmp = Array("<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">ä</x:xmpmeta>".utf8)
    /// Not a profile, but libwebp does not look inside; an odd length needs a byte of padding.
    static let icc: [UInt8] = Array(0..<133)

    static let all = ImageMetadata(icc: icc, exif: exif, xmp: xmp, orientation: .right)
}

extension Image {
    /// Smooth colors, so that lossy coding has something to keep.
    static func gradient(_ width: Int, _ height: Int, hasAlpha: Bool = false) -> Image {
        let layout = PixelLayout(.rgb, .uint8, alpha: hasAlpha ? .straight : .opaque)
        let bytes = (0..<height).flatMap { y in
            (0..<width).flatMap { x -> [UInt8] in
                let color = [UInt8(x * 255 / width), UInt8(y * 255 / height), UInt8((x ^ y) & 63)]
                return hasAlpha ? color + [UInt8(255 - y * 200 / height)] : color
            }
        }
        let size = ImageSize(width: width, height: height)
        return Image(header: ImageHeader(size: size, layout: layout), bytes: bytes)
    }

    func meanSquareError(_ other: Image) -> Double {
        let sum = zip(bytes, other.bytes).reduce(0) { sum, pair in
            let difference = Int(pair.0) - Int(pair.1)
            return sum + difference * difference
        }
        return Double(sum) / Double(bytes.count)
    }
}

@Suite struct WebPRoundTripTests {
    static let layouts = [
        PixelLayout(.rgb, .uint8), PixelLayout(.rgb, .uint8, alpha: .straight),
    ]

    @Test(arguments: layouts, [nil, 1, 9])
    func `keeps every sample if asked to`(_ layout: PixelLayout, effort: Int?) throws {
        for (width, height) in [(1, 1), (1, 9), (16, 16), (33, 17), (300, 2)] {
            let image = Image.noise(width, height, layout)
            let settings = WriteSettings(isLossless: true, effort: effort)
            let decoded = try Image(
                decoding: image.encoded(by: WebPPlugin(), settings: settings), as: WebPPlugin())
            #expect(decoded.converted(to: layout)?.bytes == image.bytes, "\(width)x\(height)")
            #expect(decoded.header.details == [ImageDetail("compression", .text("lossless"))])
        }
    }

    @Test func `keeps the color of transparent pixels if lossless`() throws {
        let layout = PixelLayout(.rgb, .uint8, alpha: .straight)
        var image = Image.noise(20, 20, layout)
        for index in stride(from: 3, to: image.bytes.count, by: 4) { image.bytes[index] = 0 }
        let decoded = try Image(
            decoding: image.encoded(by: WebPPlugin(), settings: WriteSettings(isLossless: true)),
            as: WebPPlugin())
        #expect(decoded.bytes == image.bytes)
    }

    @Test(arguments: [false, true])
    func `is close to the picture if lossy, the closer the higher the quality`(
        hasAlpha: Bool
    ) throws {
        let image = Image.gradient(64, 48, hasAlpha: hasAlpha)
        let errors = try [10.0, nil, 100].map { quality in
            let bytes = try image.encoded(
                by: WebPPlugin(), settings: WriteSettings(quality: quality))
            let decoded = try Image(decoding: bytes, as: WebPPlugin())
            #expect(decoded.header.layout == image.header.layout)
            #expect(decoded.header.details == [ImageDetail("compression", .text("lossy"))])
            return image.meanSquareError(decoded)
        }
        #expect(errors[0] > errors[1] && errors[1] > errors[2])
        #expect(errors[1] < 150)
    }

    @Test(arguments: [false, true], layouts)
    func `keeps metadata to the byte`(isLossless: Bool, _ layout: PixelLayout) throws {
        let image = Image.noise(5, 4, layout, metadata: SampleMetadata.all)
        let bytes = try image.encoded(
            by: WebPPlugin(), settings: WriteSettings(isLossless: isLossless))
        let decoded = try Image(decoding: bytes, as: WebPPlugin())
        #expect(decoded.header.metadata == SampleMetadata.all)
    }

    @Test func `states the orientation even if there was no Exif`() throws {
        let metadata = ImageMetadata(orientation: .left)
        let image = Image.noise(2, 2, PixelLayout(.rgb, .uint8), metadata: metadata)
        let decoded = try Image(decoding: image.encoded(by: WebPPlugin()), as: WebPPlugin())
        #expect(decoded.header.metadata.orientation == .left)
    }

    @Test func `takes the JPEG prefix off Exif`() throws {
        // The prefix hides the orientation, so nothing is added to the block.
        let prefix: [UInt8] = [0x45, 0x78, 0x69, 0x66, 0, 0]
        let metadata = ImageMetadata(exif: prefix + SampleMetadata.exif, orientation: .right)
        let image = Image.noise(2, 2, PixelLayout(.rgb, .uint8), metadata: metadata)
        let decoded = try Image(decoding: image.encoded(by: WebPPlugin()), as: WebPPlugin())
        #expect(decoded.header.metadata.exif == SampleMetadata.exif)
        #expect(decoded.header.metadata.orientation == .right)
    }

    @Test(arguments: [WriteSettings(), WriteSettings(isLossless: true), WriteSettings(effort: 9)])
    func `writes the same bytes whatever the number of threads`(_ settings: WriteSettings) throws {
        for image in [
            Image.gradient(301, 203, hasAlpha: true), Image.noise(90, 70, Self.layouts[1]),
            Image.gradient(200, 200),
        ] {
            let one = try image.encoded(by: WebPPlugin(), settings: settings)
            let four = try image.encoded(
                by: WebPPlugin(), settings: settings, context: CodecContext(threadCount: 4),
                rowsPerBand: 64)
            #expect(one == four)
            let decoded = try Image(
                decoding: one, as: WebPPlugin(), context: CodecContext(threadCount: 4))
            #expect(try decoded.bytes == Image(decoding: one, as: WebPPlugin()).bytes)
        }
    }

    @Test func `heeds its options`() throws {
        let plugin = WebPPlugin()
        let image = Image.gradient(128, 96, hasAlpha: true)
        // libwebp leaves pictures of less than 64 pixels a side alone.
        let noise = Image.noise(100, 100, PixelLayout(.rgb, .uint8))
        func byteCount(
            _ options: [String: String], isLossless: Bool = false, of image: Image = image
        ) throws -> Int {
            let settings = try WriteSettings(
                for: plugin, isLossless: isLossless, options: options)
            return try image.encoded(by: plugin, settings: settings).count
        }
        let lossy = try byteCount([:])
        #expect(try byteCount(["alpha-quality": "0"]) < lossy)
        #expect(try byteCount(["sharp-yuv": "true"]) != lossy)
        let size = try byteCount(["target-size": "2000"])
        #expect(size > 1000 && size < 3000)
        let lossless = try byteCount([:], isLossless: true, of: noise)
        #expect(try byteCount(["near-lossless": "0"], of: noise) < lossless)
        #expect(try byteCount(["near-lossless": "100"], isLossless: true, of: noise) == lossless)
    }

    @Test(
        arguments: [
            (["near-lossless": "60"], true), (["exact": "false"], true),
            (["target-size": "100"], true), (["sharp-yuv": "true"], true),
            (["near-lossless": "60", "alpha-quality": "3"], false),
        ] as [([String: String], Bool)])
    func `refuses options that contradict each other`(
        options: [String: String], isLossless: Bool
    ) throws {
        let settings = try WriteSettings(
            for: WebPPlugin(), isLossless: isLossless, options: options)
        #expect(throws: ImageError.self) {
            try Image.gradient(2, 2).encoded(by: WebPPlugin(), settings: settings)
        }
    }

    @Test(arguments: [-1, 100.5, .nan])
    func `refuses a quality out of range`(_ quality: Double) throws {
        #expect(throws: ImageError.self) {
            try Image.gradient(2, 2).encoded(
                by: WebPPlugin(), settings: WriteSettings(quality: quality))
        }
    }

    @Test func `reports progress and stops when asked to`() throws {
        let image = Image.noise(200, 200, PixelLayout(.rgb, .uint8))
        let log = WarningLog()
        let watching = CodecContext(progress: { log.context().warn("\($0.fraction)") })
        _ = try image.encoded(by: WebPPlugin(), context: watching)
        #expect(log.warnings.contains("1.0"))
        #expect(throws: ImageError.cancelled) {
            try image.encoded(
                by: WebPPlugin(),
                context: CodecContext(isCancelled: { !log.warnings.isEmpty }))
        }
        // Asked to stop only once encoding is under way.
        let begun = WarningLog()
        let stopping = CodecContext(
            isCancelled: { begun.warnings.count > 1 },
            progress: { begun.context().warn("\($0.fraction)") })
        #expect(throws: ImageError.cancelled) {
            try image.encoded(by: WebPPlugin(), context: stopping)
        }
        #expect(!begun.warnings.contains("1.0"))
    }

    @Test func `refuses what it cannot write`() throws {
        func make(_ width: Int, _ layout: PixelLayout, _ limits: Limits = .default) throws {
            let header = ImageHeader(size: ImageSize(width: width, height: 1), layout: layout)
            _ = try WebPPlugin().makeWriter(
                sink: MemorySink(), header: header, settings: WriteSettings(),
                context: CodecContext(limits: limits))
        }
        let layout = PixelLayout(.rgb, .uint8)
        #expect(throws: Never.self) { try make(16_383, layout) }
        #expect(
            throws: ImageError.unstorable(.webp, "size 16384x1, expected 1 to 16383 each")
        ) { try make(16_384, layout) }
        #expect(throws: ImageError.self) { try make(0, layout) }
        #expect(throws: ImageError.self) { try make(1, PixelLayout(.gray, .uint8)) }
        #expect(throws: ImageError.self) { try make(1, PixelLayout(.rgb, .uint16)) }
        #expect(throws: ImageError.self) {
            try make(1000, layout, Limits(memoryByteCount: 1000))
        }
    }

    @Test func `refuses to finish with rows missing`() throws {
        let image = Image.gradient(2, 2)
        let writer = try WebPPlugin().makeWriter(
            sink: MemorySink(), header: image.header, settings: WriteSettings(),
            context: CodecContext())
        #expect(throws: ImageError.codecFailure(.webp, "0 rows written, expected 2")) {
            try writer.finish()
        }
    }
}

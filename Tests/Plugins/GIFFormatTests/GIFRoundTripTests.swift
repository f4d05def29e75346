import FormatKit
import TestSupport
import Testing

@testable import GIFFormat

@Suite struct GIFRoundTripTests {
    static let rgb = PixelLayout(.rgb, .uint8)
    static let rgba = PixelLayout(.rgb, .uint8, alpha: .straight)
    static let gray = PixelLayout(.gray, .uint8)

    /// A picture of so many random colors, a third of it in runs, with transparent pixels or without.
    static func picture(
        _ width: Int, _ height: Int, colorCount: Int, hasHoles: Bool = false, seed: UInt64 = 1,
        metadata: ImageMetadata = ImageMetadata()
    ) -> Image {
        var random = SplitMix64(seed: seed)
        let colors = (0..<colorCount).map { _ in random.bytes(3) + (hasHoles ? [255] : []) }
        let choices = colors + (hasHoles ? [[0, 0, 0, 0]] : [])
        var order = (0..<width * height).map {
            // All of them first, then any.
            $0 < choices.count ? $0 : Int.random(in: choices.indices, using: &random)
        }
        for index in order.indices where index > choices.count && index % 3 == 0 {
            order[index] = order[index - 1]
        }
        let header = ImageHeader(
            size: ImageSize(width: width, height: height), layout: hasHoles ? rgba : rgb,
            metadata: metadata)
        return Image(header: header, bytes: order.flatMap { choices[$0] })
    }

    static func animated(_ images: [Image], loopCount: Int = 3) -> [Image] {
        images.enumerated().map { index, image in
            var frame = image
            frame.header.frameCount = images.count
            frame.header.animation = AnimationTiming(
                duration: FrameDuration(milliseconds: 10 * (index + 1)), loopCount: loopCount)
            return frame
        }
    }

    @Test(arguments: [2, 3, 4, 5, 16, 17, 255, 256], [(16, 17), (1, 300), (300, 1), (97, 53)])
    func `keeps every color of a picture of few`(colorCount: Int, size: (Int, Int)) throws {
        let image = Self.picture(size.0, size.1, colorCount: colorCount)
        let log = WarningLog()
        let bytes = try image.encoded(by: GIFPlugin(), context: log.context())
        let decoded = try Image(decoding: bytes, as: GIFPlugin())
        #expect(decoded.header.layout == image.header.layout)
        #expect(decoded.bytes == image.bytes)
        #expect(log.warnings.isEmpty)
        // The same, if that is asked for.
        let lossless = try image.encoded(
            by: GIFPlugin(), settings: WriteSettings(isLossless: true))
        #expect(lossless == bytes)
    }

    @Test(arguments: [1, 2, 3, 254, 255])
    func `keeps transparency beside up to 255 colors`(colorCount: Int) throws {
        let image = Self.picture(20, 20, colorCount: colorCount, hasHoles: true)
        let bytes = try image.encoded(
            by: GIFPlugin(), settings: WriteSettings(isLossless: true))
        #expect(try Image(decoding: bytes, as: GIFPlugin()).bytes == image.bytes)
    }

    @Test func `keeps all grays`() throws {
        let image = Image.noise(61, 47, Self.gray)
        let decoded = try Image(decoding: image.encoded(by: GIFPlugin()), as: GIFPlugin())
        #expect(decoded.header.layout == Self.gray && decoded.bytes == image.bytes)
        let frames = Self.animated((1...3).map { Image.noise(61, 47, Self.gray, seed: $0) })
        let found = try [Image](decoding: frames.encoded(by: GIFPlugin()), as: GIFPlugin())
        #expect(found.map(\.bytes) == frames.map(\.bytes))
    }

    @Test func `long runs and many codes are kept`() throws {
        // Longer than any string of the table, and more strings than it has.
        for seed in 1...3 {
            var image = Self.picture(400, 300, colorCount: 7, seed: UInt64(seed))
            for index in 0..<180_000 { image.bytes[index] = UInt8(seed) }
            let bytes = try image.encoded(by: GIFPlugin())
            #expect(try Image(decoding: bytes, as: GIFPlugin()).bytes == image.bytes)
        }
    }

    @Test func `too many colors are told, and become as many as are allowed`() throws {
        let image = TestImages.picture(width: 90, height: 70)
        for (colors, least) in [(256, 36.0), (64, 30.0), (16, 24.0), (2, 9.0)] {
            for dither in ["true", "false"] {
                let log = WarningLog()
                let settings = try WriteSettings(
                    for: GIFPlugin(), options: ["colors": "\(colors)", "dither": dither])
                let bytes = try image.encoded(
                    by: GIFPlugin(), settings: settings, context: log.context())
                let decoded = try Image(decoding: bytes, as: GIFPlugin())
                let pixels = stride(from: 0, to: decoded.bytes.count, by: 3).map {
                    Array(decoded.bytes[$0..<$0 + 3])
                }
                #expect(Set(pixels).count <= colors)
                #expect(log.warnings.count == 1)
                #expect(log.warnings[0].hasSuffix("colors become \(colors)"), "\(log.warnings)")
                let quality = Self.decibels(image.bytes, decoded.bytes)
                #expect(quality > (dither == "true" ? least - 3 : least), "\(colors): \(quality)")
            }
        }
    }

    private static func decibels(_ first: [UInt8], _ second: [UInt8]) -> Double {
        let sum = zip(first, second).reduce(0.0) {
            let difference = Double($1.0) - Double($1.1)
            return $0 + difference * difference
        }
        // No logarithm without Foundation: 20 bits are 60 dB.
        var (ratio, decibels) = (255.0 * 255 * Double(first.count) / max(sum, 1), 0.0)
        while ratio >= 1.0232929922807541 {
            ratio /= 1.0232929922807541
            decibels += 0.1
        }
        return decibels
    }

    @Test func `dithering keeps means`() throws {
        // A gray between the two colors that there are.
        var image = Image.noise(64, 64, Self.rgb)
        for index in image.bytes.indices { image.bytes[index] = index % 3 == 0 ? 100 : 60 }
        for index in 0..<300 { image.bytes[index] = index < 150 ? 0 : 255 }
        let settings = try WriteSettings(
            for: GIFPlugin(), options: ["colors": "2", "dither": "true"])
        let decoded = try Image(
            decoding: image.encoded(by: GIFPlugin(), settings: settings), as: GIFPlugin())
        func mean(_ bytes: [UInt8]) -> Double {
            Double(bytes[3000...].reduce(0) { $0 + Int($1) }) / Double(bytes.count - 3000)
        }
        #expect(abs(mean(image.bytes) - mean(decoded.bytes)) < 4)
    }

    @Test func `partly transparent pixels become one or the other, with a word`() throws {
        let alphas: [UInt8] = [0, 1, 127, 128, 254, 255]
        let image = Image(
            header: ImageHeader(size: ImageSize(width: 6, height: 1), layout: Self.rgba),
            bytes: alphas.flatMap { [9, 8, 7, $0] })
        let log = WarningLog()
        let bytes = try image.encoded(by: GIFPlugin(), context: log.context())
        let decoded = try Image(decoding: bytes, as: GIFPlugin())
        #expect(
            decoded.bytes
                == [0, 0, 0, 1, 1, 1].flatMap { $0 == 0 ? [0, 0, 0, 0] : [9, 8, 7, 255] })
        #expect(
            log.warnings == ["4 pixels partly transparent become opaque or transparent"])
    }

    @Test func `without loss, what does not fit is refused`() throws {
        let lossless = WriteSettings(isLossless: true)
        func reason(_ image: Image) -> String? {
            do throws(ImageError) {
                _ = try image.encoded(by: GIFPlugin(), settings: lossless)
                return nil
            } catch .unstorable(_, let reason, _) {
                return reason
            } catch {
                return "\(error)"
            }
        }
        let words = "without loss it has at most 256, transparency among them"
        #expect(
            reason(Self.picture(20, 20, colorCount: 257)) == "a picture of 257 colors; \(words)")
        #expect(
            reason(Self.picture(20, 20, colorCount: 256, hasHoles: true))
                == "a picture of 256 colors; \(words)")
        var image = Self.picture(4, 4, colorCount: 3, hasHoles: true)
        image.bytes[3] = 200
        #expect(reason(image) == "a pixel is partly transparent")
        image.bytes.replaceSubrange(0..<4, with: [1, 0, 0, 0])
        #expect(reason(image) == "a transparent pixel has a color")
    }

    @Test(
        arguments: [
            ["colors": "1"], ["colors": "257"], ["dither": "some"], ["storage": "keep"],
        ])
    func `refuses options that make no sense`(options: [String: String]) {
        #expect(throws: ImageError.self) {
            try WriteSettings(for: GIFPlugin(), options: options)
        }
    }

    @Test func `keeps metadata`() throws {
        var metadata = ImageMetadata(
            icc: SampleProfile.icc("RGB "),
            xmp: Array("<x:xmpmeta xmlns:x='adobe:ns:meta/'>größer</x:xmpmeta>".utf8),
            texts: [
                TextEntry("Comment", "größer"),
                TextEntry("Comment", String(repeating: "long ", count: 200)),
            ])
        let image = Self.picture(5, 4, colorCount: 4, metadata: metadata)
        let bytes = try image.encoded(by: GIFPlugin())
        #expect(try Image(decoding: bytes, as: GIFPlugin()).header.metadata == metadata)
        metadata.texts.append(TextEntry("Author", "me"))
        metadata.xmp?.append(0)
        metadata.icc = Array("short".utf8)
        let header = ImageHeader(size: image.header.size, layout: Self.rgb, metadata: metadata)
        let losses = GIFPlugin().losses(of: header, with: WriteSettings())
        #expect(losses.map(\.name) == ["text", "icc", "xmp"])
    }

    @Test func `writes the same bytes whatever the number of threads, and again`() throws {
        let image = TestImages.picture(width: 60, height: 50)
        let one = try image.encoded(by: GIFPlugin())
        #expect(try one == image.encoded(by: GIFPlugin(), context: CodecContext(threadCount: 4)))
        #expect(try one == image.encoded(by: GIFPlugin(), rowsPerBand: 50))
    }

    @Test func `counts pixels against the memory limit`() throws {
        let need = 8 * 8 * 5 + 2 * ColorCensus.byteCount
        let image = Image.noise(8, 8, Self.rgb)
        func write(_ limit: Int) throws {
            _ = try image.encoded(
                by: GIFPlugin(), context: CodecContext(limits: Limits(memoryByteCount: limit)))
        }
        try write(need)
        #expect(throws: ImageError.limitExceeded(.memory, requested: need, allowed: need - 1)) {
            try write(need - 1)
        }
    }
}

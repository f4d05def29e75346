import FormatKit
import TestSupport
import Testing

@testable import WebPFormat

@Suite struct WebPAnimationTests {
    private static let red: [UInt8] = [255, 0, 0, 255]
    private static let green: [UInt8] = [0, 255, 0, 255]
    private static let none: [UInt8] = [0, 0, 0, 0]

    @Test(arguments: [WebPFrames.rgb, WebPFrames.rgba])
    func `keeps every frame`(layout: PixelLayout) throws {
        let frames = WebPFrames.noise(layout)
        let reader = try WebPFrames.open(WebPFrames.encode(frames))
        #expect(reader.header.frameCount == 3)
        #expect(reader.header.animation == frames[0].header.animation)
        #expect(try Image(reading: reader).bytes == frames[0].bytes)
        // In any order, and again.
        for index in [0, 1, 2, 1, 0, 2, 2] {
            try reader.selectPage(index)
            #expect(reader.header.animation == frames[index].header.animation)
            #expect(reader.header.layout == layout && reader.header.frameCount == 3)
            #expect(try Image(reading: reader).bytes == frames[index].bytes, "\(index)")
        }
    }

    @Test func `a frame can be left before its last row`() throws {
        let frames = WebPFrames.noise(WebPFrames.rgb)
        let reader = try WebPFrames.open(WebPFrames.encode(frames))
        var band = PixelBand(width: 21, layout: WebPFrames.rgb, rowCapacity: 2)
        try reader.selectPage(1)
        try reader.readRows(into: &band)
        try reader.selectPage(2)
        #expect(try Image(reading: reader).bytes == frames[2].bytes)
    }

    @Test func `a single picture can be selected again`() throws {
        let image = Image.noise(9, 5, WebPFrames.rgba)
        let reader = try WebPFrames.open(
            image.encoded(by: WebPPlugin(), settings: WriteSettings(isLossless: true)))
        for _ in 0..<2 {
            try reader.selectPage(0)
            #expect(try Image(reading: reader).bytes == image.bytes)
        }
        #expect(reader.header.animation == nil)
    }

    /// Parts of pictures that change, appear and vanish, and what lies under transparency.
    static let changes: [[Image]] = {
        let (rgb, rgba) = (WebPFrames.rgb, WebPFrames.rgba)
        let hidden: [UInt8] = [9, 8, 7, 0]
        func spot(_ layout: PixelLayout, _ color: [UInt8], _ other: [UInt8], at x: Int) -> Image {
            WebPFrames.plain(layout, color, rectangle: (x..<x + 5, 3..<8), other)
        }
        return [
            [spot(rgb, red, green, at: 0), spot(rgb, red, green, at: 5)],
            [spot(rgba, none, green, at: 0), spot(rgba, none, green, at: 9)],
            [spot(rgba, none, red, at: 1), WebPFrames.plain(rgba, none)],
            [spot(rgba, hidden, red, at: 1), spot(rgba, hidden, [3, 2, 1, 0], at: 4)],
            [spot(rgba, red, [0, 0, 255, 100], at: 1), spot(rgba, red, [0, 0, 255, 99], at: 3)],
        ]
    }()

    @Test(arguments: changes, [nil, 1, 9])
    func `keeps what changes between frames`(_ images: [Image], effort: Int?) throws {
        let frames = WebPFrames.animated(images + images)
        let decoded = try WebPFrames.decode(
            WebPFrames.encode(frames, settings: WriteSettings(isLossless: true, effort: effort)))
        #expect(decoded.map(\.bytes) == frames.map(\.bytes))
        #expect(decoded.map(\.header.animation) == frames.map(\.header.animation))
    }

    @Test(arguments: changes, [[0, 0, 1, 1, 1, 0], [0, 0], [0, 1, 1], [1, 0, 0, 0, 1]])
    func `frames like the one before stay frames`(_ images: [Image], order: [Int]) throws {
        let frames = WebPFrames.animated(order.map { images[$0] })
        for settings in [WriteSettings(isLossless: true), WriteSettings(quality: 90)] {
            let decoded = try WebPFrames.decode(WebPFrames.encode(frames, settings: settings))
            #expect(decoded.map(\.header.animation) == frames.map(\.header.animation))
            guard settings.isLossless else { continue }
            #expect(decoded.map(\.bytes) == frames.map(\.bytes))
        }
    }

    @Test(arguments: [[:], ["mixed": "true"], ["mixed": "true", "sharp-yuv": "true"]])
    func `is close to the frames if lossy`(options: [String: String]) throws {
        for hasAlpha in [false, true] {
            let images = (0..<3).map { index in
                var image = Image.gradient(64, 48, hasAlpha: hasAlpha)
                for offset in 0..<3000 where offset % 4 != 3 { image.bytes[offset] = UInt8(index) }
                return image
            }
            let frames = WebPFrames.animated(images)
            let decoded = try WebPFrames.decode(
                WebPFrames.encode(
                    frames, settings: WriteSettings(for: WebPPlugin(), options: options)))
            #expect(decoded.count == 3)
            for (frame, result) in zip(frames, decoded) {
                #expect(result.header.layout == frame.header.layout)
                let alone = try Image(
                    decoding: frame.alone.encoded(by: WebPPlugin()), as: WebPPlugin())
                #expect(frame.meanSquareError(result) < 1.2 * frame.meanSquareError(alone))
            }
        }
    }

    @Test func `mixed takes the smaller way for each frame`() throws {
        // Flat colors are smaller if lossless, noise if lossy.
        let flat = WebPFrames.plain(WebPFrames.rgb, Self.red, size: (64, 64))
        let frames = WebPFrames.animated([flat, Image.noise(64, 64, WebPFrames.rgb)])
        func file(_ options: [String: String]) throws -> [UInt8] {
            try WebPFrames.encode(
                frames,
                settings: WriteSettings(for: WebPPlugin(), quality: 50, options: options))
        }
        let (mixed, lossy) = (try file(["mixed": "true"]), try file([:]))
        #expect(mixed.count < lossy.count)
        #expect(mixed.count < (try WebPFrames.encode(frames).count))
        #expect(try WebPFrames.decode(mixed)[0].bytes == flat.bytes)
    }

    @Test func `keeps metadata to the byte`() throws {
        let frames = WebPFrames.noise(WebPFrames.rgba, metadata: SampleMetadata.all)
        let decoded = try WebPFrames.decode(WebPFrames.encode(frames))
        #expect(decoded.allSatisfy { $0.header.metadata == SampleMetadata.all })
    }

    @Test(arguments: [WebPFrames.rgb, WebPFrames.rgba], [false, true])
    func `writes the same bytes whatever the number of threads`(
        layout: PixelLayout, isLossless: Bool
    ) throws {
        let frames = WebPFrames.noise(layout, size: (120, 90))
        let settings = WriteSettings(isLossless: isLossless)
        let one = try WebPFrames.encode(frames, settings: settings)
        let four = try WebPFrames.encode(
            frames, settings: settings, context: CodecContext(threadCount: 4))
        #expect(one == four)
        let decoded = try WebPFrames.decode(one, CodecContext(threadCount: 4))
        #expect(try decoded == WebPFrames.decode(one))
    }

    @Test func `an animation is converted without a loss`() throws {
        let bytes = try WebPFrames.encode(WebPFrames.noise(WebPFrames.rgb))
        let sink = MemorySink()
        _ = try Converter(
            registry: try FormatRegistry([WebPPlugin()]), context: CodecContext(), isStrict: true
        ).convert(
            MemorySource(bytes), selection: Selection(pages: .all), to: WebPPlugin(),
            settings: WriteSettings(isLossless: true), makeSink: { sink })
        #expect(sink.bytes == bytes)
    }

    @Test func `reports progress and stops when asked to`() throws {
        let frames = WebPFrames.noise(WebPFrames.rgb)
        let log = WarningLog()
        let watching = CodecContext(progress: { log.context().warn("\($0.fraction)") })
        _ = try WebPFrames.encode(frames, context: watching)
        #expect(log.warnings.count == 3 && log.warnings.last == "1.0")
        #expect(throws: ImageError.cancelled) {
            try WebPFrames.encode(frames, context: CodecContext(isCancelled: { true }))
        }
        let file = try WebPFrames.encode(frames)
        #expect(throws: ImageError.cancelled) {
            try WebPFrames.decode(file, CodecContext(isCancelled: { true }))
        }
    }

    @Test(
        arguments: [(["target-size": "1000"], false), (["mixed": "true"], true)]
            as [([String: String], Bool)])
    func `refuses options that make no sense`(options: [String: String], isLossless: Bool) throws {
        let settings = try WriteSettings(
            for: WebPPlugin(), isLossless: isLossless, options: options)
        #expect(throws: ImageError.self) {
            try WebPFrames.encode(WebPFrames.noise(WebPFrames.rgb), settings: settings)
        }
    }

    @Test func `refuses to finish with frames missing`() throws {
        var image = Image.gradient(8, 8)
        image.header.frameCount = 2
        #expect(throws: ImageError.codecFailure(.webp, "1 frames written, expected 2")) {
            try image.encoded(by: WebPPlugin())
        }
    }
}

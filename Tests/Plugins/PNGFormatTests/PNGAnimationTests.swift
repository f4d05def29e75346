import FormatKit
import TestSupport
import Testing

@testable import PNGFormat

@Suite struct PNGAnimationTests {
    private let rgba = PixelLayout(.rgb, .uint8, alpha: .straight)

    /// Writes an animation of noise.
    private func animation(
        _ layout: PixelLayout, frameCount: Int = 3, size: (Int, Int) = (7, 5),
        options: [String: String] = [:]
    ) throws -> (bytes: [UInt8], frames: [Image]) {
        let frames = (0..<frameCount).map { index in
            var image = Image.noise(size.0, size.1, layout, seed: UInt64(index + 1))
            image.header.frameCount = frameCount
            image.header.animation = AnimationTiming(
                duration: FrameDuration(index + 1, 30), loopCount: 4)
            return image
        }
        let settings = try WriteSettings(for: PNGPlugin(), options: options)
        return (try frames.encoded(by: PNGPlugin(), settings: settings), frames)
    }

    private func open(
        _ bytes: [UInt8], _ context: CodecContext = CodecContext()
    ) throws -> any MultiImageReader {
        try PNGPlugin().openPages(bytes, context: context)
    }

    @Test(arguments: PNGRoundTripTests.layouts, ["false", "true"])
    func `keeps every frame`(layout: PixelLayout, interlaced: String) throws {
        let (bytes, frames) = try animation(layout, options: ["interlaced": interlaced])
        let reader = try open(bytes)
        #expect(reader.header.frameCount == 3)
        #expect(try Image(reading: reader).bytes == frames[0].bytes)
        // In any order, and again.
        for index in [0, 1, 2, 1, 0, 2, 2] {
            try reader.selectPage(index)
            #expect(reader.header.animation == frames[index].header.animation)
            #expect(reader.header.layout == layout)
            #expect(try Image(reading: reader).bytes == frames[index].bytes)
        }
    }

    @Test func `frames larger than a chunk are kept`() throws {
        let (bytes, frames) = try animation(rgba, frameCount: 2, size: (300, 200))
        #expect(PNGEditing(bytes).parts.count { $0.type == "fdAT" } > 1)
        let reader = try open(bytes)
        try reader.selectPage(1)
        #expect(try Image(reading: reader).bytes == frames[1].bytes)
    }

    @Test func `an animation is converted without a loss`() throws {
        let (bytes, _) = try animation(PixelLayout(.gray, .uint16))
        let sink = MemorySink()
        _ = try Converter(
            registry: try FormatRegistry([PNGPlugin()]), context: CodecContext(), isStrict: true
        ).convert(
            MemorySource(bytes), selection: Selection(pages: .all), to: PNGPlugin(),
            settings: WriteSettings(), makeSink: { sink })
        #expect(sink.bytes == bytes)
    }

    /// Frames of one color on a canvas of 3 × 1, drawn as the arguments say.
    private func drawn(
        _ frames: [(left: Int, width: Int, disposal: UInt8, blend: UInt8, color: [UInt8])],
        layout: PixelLayout? = nil
    ) throws -> [[UInt8]] {
        let layout = layout ?? rgba
        var parts: [PNGEditing.Part] = []
        var number = UInt32(0)
        func numbered() -> [UInt8] {
            defer { number += 1 }
            return number.bigEndianBytes
        }
        for (index, frame) in frames.enumerated() {
            let place = [frame.width, 1, frame.left, 0].flatMap { UInt32($0).bigEndianBytes }
            parts.append(
                .init(
                    type: "fcTL",
                    content: numbered() + place + [0, 1, 0, 0, frame.disposal, frame.blend]))
            let row = [0] + [[UInt8]](repeating: frame.color, count: frame.width).joined()
            let pixels = PNGEditing.stored(row)
            parts.append(
                index == 0
                    ? .init(type: "IDAT", content: pixels)
                    : .init(type: "fdAT", content: numbered() + pixels))
        }
        var file = try PNGEditing(
            Image(
                header: ImageHeader(size: ImageSize(width: 3, height: 1), layout: layout),
                bytes: [UInt8](repeating: 0, count: layout.bytesPerRow(width: 3))
            ).encoded(by: PNGPlugin()))
        let control = UInt32(frames.count).bigEndianBytes + [0, 0, 0, 0]
        file.parts =
            [file.parts[0], .init(type: "acTL", content: control)] + parts
            + [.init(type: "IEND", content: [])]
        let reader = try open(file.bytes)
        return try (0..<frames.count).map { index in
            try reader.selectPage(index)
            return try Image(reading: reader).bytes
        }
    }

    private let red: [UInt8] = [255, 0, 0, 255]
    private let glass: [UInt8] = [0, 0, 255, 128]
    private let none: [UInt8] = [0, 0, 0, 0]

    @Test func `frames stay, are cleared or give way`() throws {
        let green: [UInt8] = [0, 255, 0, 255]
        for (disposal, expected) in [(UInt8(0), green), (1, none), (2, red)] {
            let images = try drawn([
                (0, 3, 0, 0, red), (1, 1, disposal, 0, green), (2, 1, 0, 0, green),
            ])
            #expect(images[0] == red + red + red)
            #expect(images[1] == red + green + red)
            #expect(images[2] == red + expected + green)
        }
    }

    @Test func `the first frame gives way to nothing`() throws {
        let images = try drawn([(0, 3, 2, 0, red), (2, 1, 0, 0, glass)])
        #expect(images[1] == none + none + glass)
    }

    @Test func `frames are laid over or replace`() throws {
        let over = try drawn([(0, 3, 0, 0, red), (1, 1, 0, 1, glass)])
        #expect(over[1] == red + [127, 0, 128, 255] + red)
        let replaced = try drawn([(0, 3, 0, 0, red), (1, 1, 0, 0, glass)])
        #expect(replaced[1] == red + glass + red)
        let onNothing = try drawn([(0, 3, 0, 0, none), (1, 1, 0, 1, glass)])
        #expect(onNothing[1] == none + glass + none)
    }

    @Test func `an opaque animation gets alpha where it clears`() throws {
        let rgb = PixelLayout(.rgb, .uint8)
        let images = try drawn(
            [(0, 3, 1, 0, [9, 8, 7]), (1, 1, 0, 0, [1, 2, 3])], layout: rgb)
        #expect(images[1] == none + [1, 2, 3, 255] + none)
        let kept = try drawn(
            [(0, 3, 0, 0, [9, 8, 7]), (1, 1, 0, 0, [1, 2, 3])], layout: rgb)
        #expect(kept[1] == [9, 8, 7, 1, 2, 3, 9, 8, 7])
    }

    @Test(arguments: [(UInt8(255), UInt8(0)), (10, 200), (77, 78)])
    func `all 8-bit alphas are blended with correct rounding`(upper: UInt8, lower: UInt8) {
        let alphas = (0...255).flatMap { front in (0...255).map { (front, $0) } }
        let source = alphas.flatMap { [upper, UInt8($0.0)] }
        var target = alphas.flatMap { [lower, UInt8($0.1)] }
        unsafe source.withUnsafeBytes { source in
            unsafe target.withUnsafeMutableBytes {
                unsafe PNGBlending.blend(source, over: $0, 2, UInt8.self)
            }
        }
        let wrong = alphas.indices.filter { index in
            let (a, b) = (Double(alphas[index].0) / 255, Double(alphas[index].1) / 255)
            let alpha = a + b * (1 - a)
            let color =
                a == 0 ? Double(lower) : (Double(upper) * a + Double(lower) * b * (1 - a)) / alpha
            return abs(Double(target[2 * index]) - color) > 0.5 + 1e-6
                || abs(Double(target[2 * index + 1]) - alpha * 255) > 0.5 + 1e-6
        }
        #expect(wrong.isEmpty)
    }

    @Test(arguments: ["number", "count", "nonsense", "none", "check", "place"])
    func `of a damaged animation the default image is read`(damage: String) throws {
        let (bytes, frames) = try animation(rgba)
        var file = PNGEditing(bytes)
        let controls = file.parts.indices.filter { file.parts[$0].type == "fcTL" }
        switch damage {
        case "number": file.parts[controls[1]].content[3] = 9
        case "count": file.parts[1].content[3] = 2
        case "nonsense": file.parts[1].content.replaceSubrange(0..<4, with: [255, 255, 255, 255])
        case "none": file.parts.removeAll { $0.type == "fcTL" || $0.type == "fdAT" }
        case "check": file.parts[controls[2]].hasWrongCheck = true
        default: file.parts[controls[2]].content[15] = 1
        }
        let log = WarningLog()
        let image = try Image(decoding: file.bytes, as: PNGPlugin(), context: log.context())
        #expect(image.bytes == frames[0].bytes && image.header.frameCount == 1)
        #expect(log.warnings == [] && image.header.losses.count == 1)
        #expect(
            image.header.losses.first?.description.hasPrefix("the animation is damaged") == true)
    }

    @Test func `damaged pixels of a frame are an error`() throws {
        let (bytes, _) = try animation(rgba)
        var file = PNGEditing(bytes)
        let index = try #require(file.parts.lastIndex { $0.type == "fdAT" })
        file.parts[index].hasWrongCheck = true
        let reader = try open(file.bytes)
        try reader.selectPage(2)
        #expect(throws: ImageError.self) { try Image(reading: reader) }
        try reader.selectPage(1)
        #expect(throws: Never.self) { try Image(reading: reader) }
    }

    @Test func `frames and memory are bounded`() throws {
        let (bytes, _) = try animation(rgba)
        #expect(throws: ImageError.limitExceeded(.frames, requested: 3, allowed: 2)) {
            try open(bytes, CodecContext(limits: Limits(frameCount: 2)))
        }
        // Beside what libpng needs for a row, 32 bytes for each of 7 pixels.
        let reader = try open(bytes, CodecContext(limits: Limits(memoryByteCount: 500)))
        #expect(throws: ImageError.limitExceeded(.memory, requested: 560 + 7 * 32, allowed: 500)) {
            try reader.selectPage(0)
        }
    }

    @Test(
        arguments: [
            (FrameDuration(1, 30), 1, 30), (FrameDuration(70_000, 1000), 7_000, 100),
            (FrameDuration(1_000_000, 1), 65_535, 1), (FrameDuration(700_000, 1000), 700, 1),
            (FrameDuration(0, 100_000), 0, 1000),
        ] as [(FrameDuration, UInt16, UInt16)])
    func `durations fit`(duration: FrameDuration, numerator: UInt16, denominator: UInt16) {
        let fraction = PNGAnimationWriter.fraction(duration)
        #expect(fraction.0 == numerator && fraction.1 == denominator)
    }

    @Test(.enabled(if: PNGJudgeTests.pngcheck.isInstalled))
    func `pngcheck accepts our animations`() throws {
        for layout in PNGRoundTripTests.layouts {
            let outcome = try PNGJudgeTests.pngcheck.run(
                ["-q", "%"], on: try animation(layout).bytes, pathExtension: "png")
            #expect(outcome.status == 0, "\(outcome.text)")
        }
    }
}

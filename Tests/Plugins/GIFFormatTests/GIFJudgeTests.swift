import FormatKit
import TestSupport
import Testing

@testable import GIFFormat

/// What other people's programs think of our files, and we of theirs.
@Suite struct GIFJudgeTests {
    typealias Pictures = GIFRoundTripTests
    static let magick = ForeignTool("convert-im6")
    static let identify = ForeignTool("identify")
    static let vips = ForeignTool("vipsheader")
    /// Python with Pillow, or nothing.
    static let pillow: ForeignTool? = {
        let python = ForeignTool("python3")
        let outcome = try? python.run(["-c", "import PIL"], on: [], pathExtension: "py")
        if outcome?.status != 0 { print("SKIPPED: Pillow is not installed") }
        return outcome?.status == 0 ? python : nil
    }()

    private static func files() throws -> [(frames: [Image], bytes: [UInt8])] {
        let pictures = [2, 5, 100, 256].map { [Pictures.picture(83, 47, colorCount: $0)] }
        let animations =
            GIFAnimationTests.moves.map { Pictures.animated($0) } + [
                Pictures.animated((1...3).map { Image.noise(40, 30, Pictures.gray, seed: $0) }),
                Pictures.animated(
                    (1...3).map {
                        Pictures.picture(40, 30, colorCount: 90, hasHoles: true, seed: $0)
                    }),
            ]
        return try (pictures + animations).map { ($0, try $0.encoded(by: GIFPlugin())) }
    }

    @Test(.enabled(if: magick.isInstalled))
    func `ImageMagick sees the same pixels`() throws {
        for (frames, bytes) in try Self.files() {
            let outcome = try Self.magick.run(
                ["-regard-warnings", "%", "-coalesce", "-depth", "8", "rgba:-"], on: bytes,
                pathExtension: "gif")
            #expect(outcome.status == 0, "\(outcome.diagnostics)")
            let expected = frames.flatMap { $0.converted(to: Pictures.rgba)?.bytes ?? [] }
            #expect(Self.isSeenAlike(outcome.output, expected))
        }
    }

    @Test(.enabled(if: pillow != nil))
    func `Pillow sees the same pixels, durations and loops`() throws {
        let script = """
            import sys
            from PIL import Image, ImageSequence
            image = Image.open(sys.argv[1])
            loops = image.info.get("loop", -1)
            for frame in ImageSequence.Iterator(image):
                duration = frame.info.get("duration", 0)
                sys.stdout.buffer.write(bytes([duration // 10, loops & 255]))
                sys.stdout.buffer.write(frame.convert("RGBA").tobytes())
            """
        for (frames, bytes) in try Self.files() {
            let outcome = try #require(Self.pillow).run(
                ["-c", script, "%"], on: bytes, pathExtension: "gif")
            #expect(outcome.status == 0, "\(outcome.diagnostics)")
            let frameByteCount = 2 + 4 * frames[0].header.size.pixelCount
            try #require(outcome.output.count == frames.count * frameByteCount)
            for (index, frame) in frames.enumerated() {
                let found = outcome.output[index * frameByteCount..<(index + 1) * frameByteCount]
                if let timing = frame.header.animation {
                    #expect(
                        found.prefix(2) == [
                            UInt8(timing.duration.milliseconds / 10), UInt8(timing.loopCount - 1),
                        ])
                }
                let expected = try #require(frame.converted(to: Pictures.rgba))
                #expect(Self.isSeenAlike(Array(found.dropFirst(2)), expected.bytes), "\(index)")
            }
        }
    }

    /// Whether pixels are the same, whatever the color of those that are transparent.
    private static func isSeenAlike(_ found: [UInt8], _ expected: [UInt8]) -> Bool {
        guard found.count == expected.count else { return false }
        return stride(from: 0, to: found.count, by: 4).allSatisfy { place in
            let (first, second) = (found[place..<place + 4], expected[place..<place + 4])
            return first == second || first.last == 0 && second.last == 0
        }
    }

    @Test(.enabled(if: identify.isInstalled && vips.isInstalled))
    func `ImageMagick and libvips count the frames`() throws {
        for (frames, bytes) in try Self.files() {
            let outcome = try Self.identify.run(
                ["-regard-warnings", "-format", "%T ", "%"], on: bytes, pathExtension: "gif")
            #expect(outcome.status == 0 && outcome.diagnostics.isEmpty, "\(outcome.diagnostics)")
            #expect(outcome.text.split(separator: " ").count == frames.count)
            let pages = try Self.vips.run(
                ["-f", "n-pages", "%"], on: bytes, pathExtension: "gif")
            #expect(pages.text == "\(frames.count)\n" || frames.count == 1, "\(pages)")
        }
    }

    @Test(
        .enabled(if: magick.isInstalled),
        arguments: [[], ["-interlace", "GIF"], ["-colors", "5"], ["-colorspace", "gray"]])
    func `reads the files of ImageMagick as it does`(options: [String]) throws {
        let picture = TestImages.picture(width: 61, height: 43)
        let pixels = Array("P6 61 43 255\n".utf8) + picture.bytes
        let made = try Self.magick.run(
            ["%"] + options + ["gif:-"], on: pixels, pathExtension: "ppm")
        let seen = try Self.magick.run(
            ["%", "-depth", "8", "rgb:-"], on: made.output, pathExtension: "gif")
        let image = try Image(decoding: made.output, as: GIFPlugin())
        #expect(image.converted(to: Pictures.rgb)?.bytes == seen.output)
    }

    @Test(
        .enabled(if: magick.isInstalled),
        arguments: ["none", "background", "previous"],
        ["Optimize", "OptimizeTransparency", "OptimizePlus"])
    func `reads the animations of ImageMagick as it does`(
        disposal: String, layers: String
    ) throws {
        let frames = (0..<4).flatMap { index in
            [
                "(", "-size", "24x18", "xc:rgb(\(60 * index),90,200)", "-fill", "red", "-draw",
                "rectangle \(3 * index),2 \(3 * index + 6),\(4 + 3 * index)", ")",
            ]
        }
        let made = try Self.magick.run(
            ["-dispose", disposal, "-delay", "7", "-loop", "3"] + frames + [
                "-layers", layers, "gif:-",
            ],
            on: [], pathExtension: "txt")
        try #require(made.status == 0, "\(made.diagnostics)")
        let seen = try Self.magick.run(
            ["%", "-coalesce", "-depth", "8", "rgba:-"], on: made.output, pathExtension: "gif")
        let images = try [Image](decoding: made.output, as: GIFPlugin())
        let found = images.flatMap { $0.converted(to: Pictures.rgba)?.bytes ?? [] }
        #expect(images.count == 4)
        #expect(images[0].header.animation?.duration.milliseconds == 70)
        #expect(Self.isSeenAlike(found, seen.output))
    }
}

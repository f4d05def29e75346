import FormatKit
import TestSupport
import Testing

@testable import GIFFormat

@Suite struct GIFAnimationTests {
    typealias Pictures = GIFRoundTripTests

    private func decode(_ bytes: [UInt8]) throws -> [Image] {
        try [Image](decoding: bytes, as: GIFPlugin())
    }

    @Test(arguments: [1, 5, 100, 255, 256], [false, true])
    func `keeps every frame of few colors`(colorCount: Int, hasHoles: Bool) throws {
        guard !(hasHoles && colorCount == 256) else { return }
        let frames = Pictures.animated(
            (1...4).map {
                Pictures.picture(
                    23, 19, colorCount: colorCount, hasHoles: hasHoles, seed: UInt64($0))
            })
        let decoded = try decode(
            frames.encoded(by: GIFPlugin(), settings: WriteSettings(isLossless: true)))
        #expect(decoded.map(\.bytes) == frames.map(\.bytes))
        #expect(decoded.map(\.header.animation) == frames.map(\.header.animation))
    }

    /// A spot in front of a color, at some place.
    private static func spot(
        at x: Int, _ color: [UInt8], on ground: [UInt8], size: (Int, Int) = (16, 12)
    ) -> Image {
        let layout = ground.count == 4 ? Pictures.rgba : Pictures.rgb
        return Image(
            header: ImageHeader(
                size: ImageSize(width: size.0, height: size.1), layout: layout),
            bytes: (0..<size.1).flatMap { row in
                (0..<size.0).flatMap { column in
                    (x..<x + 4).contains(column) && (3..<6).contains(row) ? color : ground
                }
            })
    }

    static let moves: [[Image]] = [
        [0, 4, 4, 9].map { spot(at: $0, [255, 0, 0], on: [0, 0, 255]) },
        // What was opaque becomes transparent, and the other way round.
        [0, 2, 9, 30, 5].map { spot(at: $0, [255, 0, 0, 255], on: [0, 0, 0, 0]) },
        [0, 2, 9].map { spot(at: $0, [0, 0, 0, 0], on: [0, 200, 0, 255]) },
        // Nothing at all, then something.
        [30, 30, 3, 3, 30].map { spot(at: $0, [1, 2, 3, 255], on: [0, 0, 0, 0]) },
    ]

    @Test(arguments: moves)
    func `what moves, appears and vanishes is kept`(images: [Image]) throws {
        let frames = Pictures.animated(images)
        let decoded = try decode(frames.encoded(by: GIFPlugin()))
        let layout = frames[0].header.layout
        #expect(
            decoded.map { $0.converted(to: layout)?.bytes } == frames.map(\.bytes))
        #expect(decoded.map(\.header.animation) == frames.map(\.header.animation))
    }

    @Test func `what is as it was is left out`() throws {
        var ground = Pictures.picture(200, 150, colorCount: 100)
        var images: [Image] = []
        for index in 0..<5 {
            ground.bytes.replaceSubrange(
                300 * index..<300 * index + 60, with: [UInt8](repeating: 7, count: 60))
            images.append(ground)
        }
        let frames = Pictures.animated(images)
        let bytes = try frames.encoded(by: GIFPlugin())
        let first = try images[0].encoded(by: GIFPlugin())
        #expect(bytes.count < first.count + 4 * 400)
        #expect(try decode(bytes).map(\.bytes) == frames.map(\.bytes))
    }

    @Test func `frames share colors if they can`() throws {
        let one = Pictures.picture(20, 20, colorCount: 200)
        var other = one
        other.bytes.replaceSubrange(0..<300, with: one.bytes[600..<900])
        let bytes = try Pictures.animated([one, other, one]).encoded(by: GIFPlugin())
        let structure = try GIFStructure(of: MemorySource(bytes), context: CodecContext())
        #expect(structure.frames.allSatisfy { $0.colors == structure.colors })
        let different = try Pictures.animated([
            one, Pictures.picture(20, 20, colorCount: 200, seed: 2),
        ]).encoded(by: GIFPlugin())
        let second = try GIFStructure(of: MemorySource(different), context: CodecContext())
        #expect(second.frames[1].colors != second.colors)
    }

    @Test func `too many colors of a frame are told once`() throws {
        let log = WarningLog()
        let frames = Pictures.animated([
            Image.noise(30, 20, Pictures.rgb), Pictures.picture(30, 20, colorCount: 5),
            Image.noise(30, 20, Pictures.rgb, seed: 2),
        ])
        _ = try frames.encoded(by: GIFPlugin(), context: log.context())
        #expect(
            log.warnings
                == ["600 colors become 256 (in 2 of 3 frames; the most are told)"])
    }

    @Test(
        arguments: [(0, [0]), (1, []), (2, [1]), (65_536, [65_535]), (99_999, [65_535])]
            as [(Int, [Int])])
    func `writes how often it is shown again`(loopCount: Int, repetitions: [Int]) throws {
        let frames = Pictures.animated(Self.moves[0], loopCount: loopCount)
        let bytes = try frames.encoded(by: GIFPlugin())
        let name = Array("NETSCAPE2.0".utf8)
        let found = bytes.indices.filter { bytes[$0...].starts(with: name) }.map {
            Int(bytes[$0 + 13]) | Int(bytes[$0 + 14]) << 8
        }
        #expect(found == repetitions)
        let count = try decode(bytes)[0].header.animation?.loopCount
        #expect(count == min(loopCount, 65_536))
    }

    @Test func `an animation is converted without a loss`() throws {
        let bytes = try Pictures.animated(Self.moves[1]).encoded(by: GIFPlugin())
        let sink = MemorySink()
        _ = try Converter(
            registry: try FormatRegistry([GIFPlugin()]), context: CodecContext(), isStrict: true,
            isVerifying: true
        ).convert(
            MemorySource(bytes), selection: Selection(pages: .all), to: GIFPlugin(),
            settings: WriteSettings(), makeSink: { sink })
        #expect(sink.bytes == bytes)
    }

    @Test func `reports progress and stops when asked to`() throws {
        let frames = Pictures.animated(Self.moves[0])
        let log = WarningLog()
        let watching = CodecContext(progress: { log.context().warn("\($0.fraction)") })
        _ = try frames.encoded(by: GIFPlugin(), context: watching)
        #expect(log.warnings == ["0.25", "0.5", "0.75", "1.0"])
        #expect(throws: ImageError.cancelled) {
            try frames.encoded(by: GIFPlugin(), context: CodecContext(isCancelled: { true }))
        }
    }

    @Test func `refuses to finish with rows or frames missing`() throws {
        var image = Pictures.picture(8, 8, colorCount: 3)
        image.header.frameCount = 2
        #expect(throws: ImageError.codecFailure(.gif, "1 frames written, expected 2")) {
            try image.encoded(by: GIFPlugin())
        }
        let writer = try GIFPlugin().makeWriter(
            sink: MemorySink(), header: image.header, settings: WriteSettings(),
            context: CodecContext())
        #expect(throws: ImageError.codecFailure(.gif, "0 rows written, expected 8")) {
            try writer.finish()
        }
    }
}

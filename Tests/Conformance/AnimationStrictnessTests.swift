import BuiltInFormats
import FormatKit
import TestSupport
import Testing

/// `--strict` refuses an animation exactly when something of its timing is lost, whatever the
/// writer.
///
/// What is lost is judged by reading the file that the conversion writes without `--strict`. All files
/// are verified, too: what is right must not be refused.
@Suite struct AnimationStrictnessTests {
    /// Timings of frames, with a name for failures.
    struct Case: Sendable, CustomStringConvertible {
        let description: String
        let timings: [AnimationTiming]

        init(
            _ description: String,
            _ durations: [FrameDuration] = [FrameDuration](
                repeating: FrameDuration(milliseconds: 40), count: 2),
            loopCount: Int = 0, background: RGBAColor? = nil
        ) {
            self.description = description
            timings = durations.map {
                AnimationTiming(duration: $0, loopCount: loopCount, background: background)
            }
        }
    }

    private static let cases = [
        Case("milliseconds"),
        Case("different ones", [10, 250, 70_000].map(FrameDuration.init(milliseconds:))),
        Case("thirtieths", [FrameDuration(1, 30), FrameDuration(2, 30)]),
        Case("a third after milliseconds", [FrameDuration(1, 10), FrameDuration(1, 3)]),
        Case("no time", [FrameDuration(1, 10), FrameDuration(0, 1)]),
        Case("a day and a bit", [FrameDuration(86_401, 1), FrameDuration(1, 10)]),
        Case("a century", [FrameDuration(1, 10), FrameDuration(3_155_760_000, 1)]),
        Case("three loops", loopCount: 3), Case("70000 loops", loopCount: 70_000),
        Case("five billion loops", loopCount: 5_000_000_000),
        Case("a red background", background: RGBAColor(red: 255, green: 0, blue: 0)),
        Case("a white background", background: .white),
    ]

    private static let formats = BuiltIn.registry.descriptors
        .filter { $0.write?.pages == .animation && $0.read != nil }.map(\.id.rawValue)

    private func convert(
        _ input: Case, to format: any FormatPlugin, isStrict: Bool
    ) throws -> (bytes: [UInt8], losses: [Loss]) {
        let frames = input.timings.indices.map { index in
            TestImages.picture(
                width: 8, height: 8, layout: PixelLayout(.rgb, .uint8), seed: UInt64(index))
        }
        let registry = try FormatRegistry([
            CannedFormat(frames: frames, timings: input.timings), format,
        ])
        let sink = MemorySink()
        let report = try Converter(
            registry: registry, context: CodecContext(), isStrict: isStrict, isVerifying: true
        ).convert(
            MemorySource(CannedFormat.bytes), selection: Selection(pages: .all), to: format,
            settings: WriteSettings()
        ) { sink }
        return (sink.bytes, report.losses)
    }

    private func timings(_ bytes: [UInt8]) throws -> [AnimationTiming] {
        let reader = try BuiltIn.registry.makeReader(
            source: MemorySource(bytes), context: CodecContext()
        ).reader
        let frames = try #require(reader as? any MultiImageReader)
        return try (0..<frames.header.frameCount).map { index in
            try frames.selectPage(index)
            return try #require(frames.header.animation)
        }
    }

    @Test(arguments: formats, cases)
    func `strictness refuses exactly the timings that change`(
        format: String, input: Case
    ) throws {
        let plugin = try #require(BuiltIn.registry.plugin(named: format))
        let (bytes, losses) = try convert(input, to: plugin, isStrict: false)
        let found = try timings(bytes)
        let isKept =
            found.map(\.duration.normalized) == input.timings.map(\.duration.normalized)
            && found[0].loopCount == input.timings[0].loopCount
            && (!input.timings[0].namesBackground
                || found[0].background == input.timings[0].background)
        #expect(losses.isEmpty == isKept, "planned \(losses), found \(found)")
        #expect(losses.allSatisfy { $0.name == "animation" })
        if losses.isEmpty {
            #expect(try convert(input, to: plugin, isStrict: true).bytes == bytes)
        } else {
            #expect(throws: ImageError.lossRefused(losses)) {
                try convert(input, to: plugin, isStrict: true)
            }
        }
    }
}

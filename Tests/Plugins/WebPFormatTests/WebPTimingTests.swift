import FormatKit
import TestSupport
import Testing

@testable import WebPFormat

@Suite struct WebPTimingTests {
    private func milliseconds(of durations: [FrameDuration]) -> [Int] {
        var clock = MillisecondClock()
        return durations.map { clock.advance(by: $0) }
    }

    @Test(
        arguments: [
            (Array(repeating: FrameDuration(1, 30), count: 6), [33, 34, 33, 33, 34, 33]),
            ([FrameDuration(1, 4), FrameDuration(0, 7), FrameDuration(5, 1)], [250, 0, 5000]),
            (
                [FrameDuration(1, 2000), FrameDuration(0, 1), FrameDuration(1, 2000)],
                [1, 0, 0]
            ),
            ([FrameDuration(20_000_000_001, 1000)], [20_000_000_001]),
            ([FrameDuration(.max, 1), FrameDuration(.max, .max)], [.max, 1000]),
        ] as [([FrameDuration], [Int])])
    func `frames begin at their time to the nearest millisecond`(
        durations: [FrameDuration], expected: [Int]
    ) {
        #expect(milliseconds(of: durations) == expected)
    }

    private func timings(
        _ timings: [AnimationTiming?]
    ) throws -> (found: [AnimationTiming?], warnings: [String]) {
        let log = WarningLog()
        let frames = timings.enumerated().map { index, timing in
            var image = Image.noise(8, 8, WebPFrames.rgb, seed: UInt64(index))
            image.header.frameCount = timings.count
            image.header.animation = timing
            return image
        }
        let decoded = try WebPFrames.decode(WebPFrames.encode(frames, context: log.context()))
        return (decoded.map(\.header.animation), log.warnings)
    }

    @Test func `pages get a tenth of a second, for ever, on nothing`() throws {
        let (found, warnings) = try timings([nil, nil])
        let expected = AnimationTiming(
            duration: FrameDuration(milliseconds: 100), background: RGBAColor(argb: 0))
        #expect(found == [expected, expected] && warnings.isEmpty)
    }

    @Test func `what does not fit is changed, with a warning`() throws {
        let (found, warnings) = try timings([
            AnimationTiming(duration: FrameDuration(milliseconds: 1 << 24), loopCount: 70_000),
            AnimationTiming(duration: FrameDuration(milliseconds: 1 << 24 - 1), loopCount: 70_000),
            AnimationTiming(duration: FrameDuration(1, 3), loopCount: 70_000),
        ])
        #expect(found.map { $0?.duration.milliseconds } == [16_777_215, 16_777_215, 333])
        #expect(found.allSatisfy { $0?.loopCount == 65_535 })
        #expect(
            warnings == [
                "70000 loops become 65535",
                "frame 1 is shown for 16777215 ms instead of 16777216",
                "the durations of frames are rounded to milliseconds",
            ])
    }
}

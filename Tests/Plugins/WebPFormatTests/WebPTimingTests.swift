import FormatKit
import TestSupport
import Testing

@testable import WebPFormat

@Suite struct WebPTimingTests {
    private func timings(
        _ timings: [AnimationTiming?]
    ) throws -> (found: [AnimationTiming?], losses: [String]) {
        let frames = timings.enumerated().map { index, timing in
            var image = Image.noise(8, 8, WebPFrames.rgb, seed: UInt64(index))
            image.header.frameCount = timings.count
            image.header.animation = timing
            return image
        }
        let decoded = try WebPFrames.decode(WebPFrames.encode(frames))
        let losses = WebPAnimationWriter.losses(of: timings.map { $0 ?? .default })
        return (decoded.map(\.header.animation), losses.map(\.description))
    }

    @Test func `pages get a tenth of a second, for ever, on nothing`() throws {
        let (found, losses) = try timings([nil, nil])
        let expected = AnimationTiming(
            duration: FrameDuration(milliseconds: 100), background: RGBAColor(argb: 0))
        #expect(found == [expected, expected] && losses.isEmpty)
    }

    @Test func `what does not fit is changed, as a loss`() throws {
        let (found, losses) = try timings([
            AnimationTiming(duration: FrameDuration(milliseconds: 1 << 24), loopCount: 70_000),
            AnimationTiming(duration: FrameDuration(milliseconds: 1 << 24 - 1), loopCount: 70_000),
            AnimationTiming(duration: FrameDuration(1, 3), loopCount: 70_000),
        ])
        #expect(found.map { $0?.duration.milliseconds } == [16_777_215, 16_777_215, 333])
        #expect(found.allSatisfy { $0?.loopCount == 65_535 })
        #expect(
            losses == [
                "70000 loops become 65535",
                "the durations of frames are rounded to 1 ms",
                "the durations of frames are shortened to at most 16777215 × 1 ms",
            ])
    }
}

import FormatKit
import Testing

@Suite struct FrameClockTests {
    @Test(
        arguments: [
            (Array(repeating: FrameDuration(1, 30), count: 6), [33, 34, 33, 33, 34, 33]),
            ([FrameDuration(1, 4), FrameDuration(0, 7), FrameDuration(5, 1)], [250, 0, 5000]),
            (
                [FrameDuration(1, 2000), FrameDuration(0, 1), FrameDuration(1, 2000)],
                [1, 0, 0]
            ),
            ([FrameDuration(9_999, 1), FrameDuration(.max, .max)], [9_999_000, 1000]),
        ] as [([FrameDuration], [Int])])
    func `frames begin at their time to the nearest tick`(
        durations: [FrameDuration], expected: [Int]
    ) {
        var clock = FrameClock(ticksPerSecond: 1000, range: 0...1 << 24)
        #expect(durations.map { clock.advance(by: $0) } == expected)
    }

    @Test(
        arguments: [
            (FrameDuration(10_001, 1000), 10_000, true), (FrameDuration(10, 1), 10_000, false),
            (FrameDuration(.max, 1), 10_000, true), (FrameDuration(99_999, 10_000), 10_000, false),
        ] as [(FrameDuration, Int, Bool)])
    func `durations have an end`(duration: FrameDuration, expected: Int, isShortened: Bool) {
        var clock = FrameClock(ticksPerSecond: 1000, range: 0...10_000)
        #expect(clock.advance(by: duration) == expected)
        #expect(clock.hasShortened == isShortened)
    }

    @Test(
        arguments: [
            (FrameDuration(1, 30), 3000), (FrameDuration(1001, 24_000), 24_000),
            (FrameDuration(milliseconds: 40), 1000), (FrameDuration(0, 7), 1000),
            (FrameDuration(2, 14), 7000), (FrameDuration(1, .max), 1000),
        ])
    func `a clock is chosen in which a duration and milliseconds are whole`(
        duration: FrameDuration, ticks: Int
    ) {
        #expect(FrameClock(for: duration, range: 0...100).ticksPerSecond == ticks)
    }

    @Test func `says what is not exact`() {
        var clock = FrameClock(ticksPerSecond: 1000, range: 20...500)
        _ = clock.advance(by: FrameDuration(1, 10))
        #expect(clock.losses.isEmpty)
        _ = clock.advance(by: FrameDuration(1, 3))
        _ = clock.advance(by: FrameDuration(3, 1))
        #expect(clock.advance(by: FrameDuration(0, 1)) == 20)
        #expect(
            clock.losses.map(\.description) == [
                "the durations of frames are rounded to 1 ms",
                "the durations of frames are shortened to at most 500 × 1 ms",
                "the durations of frames are lengthened to at least 20 × 1 ms",
            ])
    }

    @Test(
        arguments: [
            (FrameDuration(3600, 90_000), FrameDuration(40, 1000)),
            (FrameDuration(3000, 90_000), FrameDuration(1, 30)),
            (FrameDuration(0, 24), FrameDuration(0, 1000)),
            (FrameDuration(.max, 1), FrameDuration(.max, 1)),
        ])
    func `a duration has one form`(duration: FrameDuration, expected: FrameDuration) {
        #expect(duration.normalized == expected)
    }
}

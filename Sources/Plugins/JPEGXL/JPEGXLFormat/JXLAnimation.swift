internal import CJXLShim
internal import FormatKit

/// When the frames of an animation are shown.
struct JXLAnimation {
    private let durations: [FrameDuration]
    private let loopCount: Int

    /// Reads the times of an animation; a single picture has none.
    init?(_ contents: cjxl_contents) {
        guard unsafe contents.is_animated != 0, unsafe contents.tick_count > 0,
            unsafe contents.frame_count > 0
        else { return nil }
        let ticks = unsafe UnsafeBufferPointer(
            start: contents.durations, count: Int(contents.frame_count))
        let (seconds, count) = unsafe (Int(contents.tick_seconds), Int(contents.tick_count))
        durations = unsafe ticks.map { ticks in
            let (product, overflow) = Int(ticks).multipliedReportingOverflow(by: seconds)
            return FrameDuration(overflow ? .max : product, count).normalized
        }
        loopCount = unsafe Int(contents.loop_count)
    }

    /// The timing of a frame.
    func timing(_ index: Int) -> AnimationTiming {
        AnimationTiming(duration: durations[index], loopCount: loopCount)
    }
}

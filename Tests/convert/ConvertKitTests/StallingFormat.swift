import FormatKit
import TestSupport

extension WriteOnlyFormat {
    /// A format whose writer writes a little and then waits until somebody cancels it.
    static let stalling = WriteOnlyFormat("stall") { StallingWriter(sink: $0, context: $1) }
}

private final class StallingWriter: ImageWriter {
    private let sink: any ImageSink
    private let context: CodecContext

    init(sink: any ImageSink, context: CodecContext) {
        (self.sink, self.context) = (sink, context)
    }

    func writeRows(_ band: PixelBand) throws(ImageError) {
        try sink.append([1, 2, 3])
    }

    func finish() throws(ImageError) {
        var count = 0.0
        while true {
            count += 1
            context.progress(Progress(fraction: 1 - 1 / count, detail: "waiting"))
            try context.checkCancellation()
        }
    }
}

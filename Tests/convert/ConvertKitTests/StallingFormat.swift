import FormatKit

/// A format whose writer writes a little and then waits until somebody cancels it.
struct StallingFormat: FormatPlugin {
    let descriptor = FormatDescriptor(
        id: FormatID("stall"), name: "Stalling", fileExtensions: ["stall"], mediaTypes: [],
        signatures: [], read: nil,
        write: WriteCapabilities(
            layouts: [PixelLayout(.rgb, .uint8)], maximumDimension: 100, metadata: [],
            losslessness: .never, streaming: .wholeImage),
        library: "none")

    func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        throw .unsupported(descriptor.id, "reading")
    }

    func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        Writer(sink: sink, context: context)
    }

    private final class Writer: ImageWriter {
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
}

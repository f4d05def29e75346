import FormatKit
import TestSupport

/// A format whose writer forgets the last row.
struct BrokenFormat: FormatPlugin {
    let descriptor = FormatDescriptor(
        id: FormatID("broken"), name: "Broken", fileExtensions: ["broken"], mediaTypes: [],
        signatures: [Signature(Array("BROKEN".utf8))],
        read: ReadCapabilities(streaming: .rows, metadata: []),
        write: WriteCapabilities(
            layouts: [PixelLayout(.rgb, .uint8)], maximumDimension: 100, metadata: [],
            losslessness: .always, streaming: .rows))

    func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        throw .truncated(descriptor.id, "the last row is missing")
    }

    func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        try sink.append(Array("BROKEN".utf8))
        return Writer()
    }

    private final class Writer: ImageWriter {
        func writeRows(_ band: PixelBand) {}

        func finish() {}
    }
}

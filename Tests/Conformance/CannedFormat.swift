import FormatKit

/// A format for tests whose one file, `CANNED`, is whatever pictures the test wants to be read.
struct CannedFormat: FormatPlugin {
    private let images: [Image]

    /// A file of one picture.
    init(image: Image) {
        images = [image]
    }

    /// A file of pictures of one size, which are shown one after the other.
    init(frames: [Image], timings: [AnimationTiming]) {
        images = zip(frames, timings).map { frame, timing in
            var image = frame
            image.header.frameCount = frames.count
            image.header.animation = timing
            return image
        }
    }

    /// The file.
    static let bytes = Array("CANNED".utf8)

    var descriptor: FormatDescriptor {
        FormatDescriptor(
            id: FormatID("canned"), name: "Canned", fileExtensions: ["canned"],
            mediaTypes: ["image/x-canned"], signatures: [Signature(Self.bytes)],
            read: ReadCapabilities(
                streaming: .rows, metadata: Set(MetadataKind.allCases), pages: .animation),
            write: nil, library: "none")
    }

    func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        Reader(images)
    }

    func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        throw .unsupported(descriptor.id, "writing")
    }

    private final class Reader: MultiImageReader {
        private let images: [Image]
        private var index = 0
        private var offset = 0

        var header: ImageHeader { images[index].header }

        init(_ images: [Image]) {
            self.images = images
        }

        func selectPage(_ index: Int) {
            self.index = index
            offset = 0
        }

        func readRows(into band: inout PixelBand) {
            let bytes = images[index].bytes
            let count = min(bytes.count - offset, band.rowCapacity * band.bytesPerRow)
            let rows = bytes[offset..<offset + count]
            unsafe band.fill(rowCount: count / band.bytesPerRow) {
                unsafe $0.copyBytes(from: rows)
            }
            offset += count
        }
    }
}

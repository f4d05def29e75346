public import FormatKit

/// A format for tests that is only read, and whose one file is whatever pictures the test wants.
public struct CannedFormat: FormatPlugin {
    private let images: [Image]
    /// What the format is and can do.
    public let descriptor: FormatDescriptor

    /// The file, where the format has its usual name.
    public static let bytes = Array("CANNED".utf8)

    /// Creates a format whose file is one picture.
    ///
    /// - Parameters:
    ///   - image: What is read.
    ///   - name: The format's name and file extension, and in capitals its file.
    public init(_ image: Image, name: String = "canned") {
        self.init([image], name)
    }

    /// Creates a format whose file is pictures of one size, shown one after the other.
    ///
    /// - Parameters:
    ///   - frames: What is read.
    ///   - timings: How each is shown.
    public init(frames: [Image], timings: [AnimationTiming]) {
        let images = zip(frames, timings).map { frame, timing in
            var image = frame
            image.header.frameCount = frames.count
            image.header.animation = timing
            return image
        }
        self.init(images, "canned")
    }

    private init(_ images: [Image], _ name: String) {
        self.images = images
        descriptor = FormatDescriptor(
            id: FormatID(name), name: name, fileExtensions: [name],
            mediaTypes: [], signatures: [Signature(Array(name.uppercased().utf8))],
            read: ReadCapabilities(
                streaming: .rows, metadata: Set(MetadataKind.allCases), pages: .animation),
            write: nil)
    }

    /// Opens whatever file.
    public func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        Reader(images)
    }

    /// Refuses to write.
    public func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        throw .unsupported(descriptor.id, "writing")
    }

    private final class Reader: MultiImageReader {
        private let images: [Image]
        private var index = 0
        private var rowCount = 0

        var header: ImageHeader { images[index].header }

        init(_ images: [Image]) {
            self.images = images
        }

        func selectPage(_ index: Int) {
            self.index = index
            rowCount = 0
        }

        func readRows(into band: inout PixelBand) {
            rowCount += band.fill(from: images[index].bytes, row: rowCount)
        }
    }
}

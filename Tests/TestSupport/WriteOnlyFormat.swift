public import FormatKit

/// A format for tests that is only written, RGB of 8 bits, by a writer that the test makes.
public struct WriteOnlyFormat: FormatPlugin {
    /// What the format is and can do.
    public let descriptor: FormatDescriptor
    private let start: @Sendable (any ImageSink, CodecContext) -> any ImageWriter

    /// Creates a format.
    ///
    /// - Parameters:
    ///   - name: The format's name and file extension.
    ///   - start: Makes a writer.
    public init(
        _ name: String, start: @escaping @Sendable (any ImageSink, CodecContext) -> any ImageWriter
    ) {
        descriptor = FormatDescriptor(
            id: FormatID(name), name: name, fileExtensions: [name], mediaTypes: [],
            signatures: [], read: nil,
            write: WriteCapabilities(
                layouts: [PixelLayout(.rgb, .uint8)], maximumDimension: 100, metadata: [],
                losslessness: .never, streaming: .wholeImage))
        self.start = start
    }

    /// Refuses to read.
    public func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        throw .unsupported(descriptor.id, "reading")
    }

    /// Starts a file.
    public func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        start(sink, context)
    }
}

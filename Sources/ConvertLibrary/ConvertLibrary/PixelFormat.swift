internal import FormatKit

/// Samples in memory, as a format that is read.
struct PixelFormat: FormatPlugin {
    /// What a ``PixelSource`` says that it begins with.
    static let signature = Array("samples in memory".utf8)

    /// What the format is.
    let descriptor = FormatDescriptor(
        id: FormatID("pixels"), name: "Samples in memory", fileExtensions: [], mediaTypes: [],
        signatures: [Signature(PixelFormat.signature)],
        read: ReadCapabilities(streaming: .rows, metadata: [.icc, .exif, .xmp, .resolution]),
        write: nil)

    /// Reads samples.
    func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        // A file that begins like this holds none.
        guard let source = source as? PixelSource else { throw .unrecognized }
        return PixelReader(source)
    }

    /// Writes nothing: there is ``PixelOutput``.
    func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        throw .unsupported(descriptor.id, "writing")
    }
}

private final class PixelReader: ImageReader {
    private let source: PixelSource
    private var row = 0

    init(_ source: PixelSource) { self.source = source }

    var header: ImageHeader { source.header }

    func readRows(into band: inout PixelBand) {
        let rows = row..<min(row + band.rowCapacity, header.size.height)
        unsafe band.fill(rowCount: rows.count) { unsafe source.copyRows(rows, into: $0) }
        row = rows.upperBound
    }
}

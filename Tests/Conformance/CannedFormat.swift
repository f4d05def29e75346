import FormatKit

/// A format for tests whose one file, `CANNED`, is any picture that the test wants to be read.
struct CannedFormat: FormatPlugin {
    let image: Image

    /// The file.
    static let bytes = Array("CANNED".utf8)

    var descriptor: FormatDescriptor {
        FormatDescriptor(
            id: FormatID("canned"), name: "Canned", fileExtensions: ["canned"],
            mediaTypes: ["image/x-canned"], signatures: [Signature(Self.bytes)],
            read: ReadCapabilities(streaming: .rows, metadata: Set(MetadataKind.allCases)),
            write: nil, library: "none")
    }

    func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        Reader(image)
    }

    func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        throw .unsupported(descriptor.id, "writing")
    }

    private final class Reader: ImageReader {
        let header: ImageHeader
        private let bytes: [UInt8]
        private var offset = 0

        init(_ image: Image) {
            (header, bytes) = (image.header, image.bytes)
        }

        func readRows(into band: inout PixelBand) {
            let count = min(bytes.count - offset, band.rowCapacity * band.bytesPerRow)
            let rows = bytes[offset..<offset + count]
            unsafe band.fill(rowCount: count / band.bytesPerRow) {
                unsafe $0.copyBytes(from: rows)
            }
            offset += count
        }
    }
}

import FormatKit
import TestSupport

/// A format without pixels of its own: `SCALE`, the width, the height and a value, a byte each, that
/// all samples have, whatever the size that is asked for.
struct ScalableFormat: FormatPlugin {
    let descriptor = FormatDescriptor(
        id: FormatID("scalable"), name: "Scalable", fileExtensions: ["scalable"], mediaTypes: [],
        signatures: [Signature(Array("SCALE".utf8))],
        read: ReadCapabilities(streaming: .rows, metadata: []), write: nil)

    /// A file.
    static func file(width: UInt8 = 8, height: UInt8 = 4, value: UInt8) -> [UInt8] {
        Array("SCALE".utf8) + [width, height, value]
    }

    func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        let bytes = try source.bytes(at: 5, count: 3)
        guard bytes.count == 3 else { throw .truncated(descriptor.id, "the header has 8 bytes") }
        return Reader(width: Int(bytes[0]), height: Int(bytes[1]), value: bytes[2])
    }

    func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        throw .unsupported(descriptor.id, "writing")
    }

    private final class Reader: SelectingReader {
        private(set) var header: ImageHeader
        private let value: UInt8
        private var rowCount = 0

        init(width: Int, height: Int, value: UInt8) {
            header = ImageHeader(
                size: ImageSize(width: width, height: height), layout: PixelLayout(.gray, .uint8))
            self.value = value
        }

        func select(_ region: PixelRegion, ofSize size: ImageSize) {
            header = ImageHeader(size: region.size, layout: header.layout)
        }

        func readRows(into band: inout PixelBand) {
            let rows = min(band.rowCapacity, header.size.height - rowCount)
            rowCount += rows
            unsafe band.fill(rowCount: rows) { target in
                for index in target.indices { unsafe target[index] = value }
            }
        }
    }
}

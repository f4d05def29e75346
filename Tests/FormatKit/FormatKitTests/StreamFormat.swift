import FormatKit

/// Toy files in a wrapping of their own, whose coded stream is the toy file: `WRAP`, then the file.
///
/// It takes the streams of both formats, as JPEG XL takes JPEG.
struct StreamFormat: FormatPlugin {
    /// What is wrong with a stream once it has been read.
    enum Fault: Sendable {
        case none
        /// The codec refuses it.
        case refused
        /// The codec makes another one of it.
        case changed
    }

    static let id = FormatID("wrap")

    let descriptor: FormatDescriptor
    private let toy: ToyFormat
    var fault = Fault.none
    /// What is in files beside their streams.
    var losses: [Loss] = []
    /// What every file says beside its pixels.
    var metadata = ImageMetadata()

    init(layouts: Set<PixelLayout> = Set(ToyFormat.layouts), memoryPerPixel: Int = 0) {
        toy = ToyFormat()
        descriptor = FormatDescriptor(
            id: Self.id, name: "Wrapped toy", fileExtensions: ["wrap"], mediaTypes: [],
            signatures: [Signature(Array("WRAP".utf8))],
            read: ReadCapabilities(streaming: .rows, metadata: Set(MetadataKind.allCases)),
            write: WriteCapabilities(
                layouts: layouts, maximumDimension: 255,
                metadata: Set(MetadataKind.allCases).subtracting([.orientation]),
                losslessness: .always, streaming: .rows,
                streams: [
                    StreamCapability(format: toy.descriptor.id, memoryPerPixel: memoryPerPixel) {
                        $1.quality == nil ? $0.traits.first : "a quality is asked for"
                    }
                ]),
            options: [.transcode("takes toys")], library: "none")
    }

    func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        let bytes = try source.bytes(at: 4, count: source.byteCount - 4)
        var header = try toy.makeReader(source: MemorySource(bytes), context: context).header
        header.metadata = metadata
        header.losses = losses + [.picture("the stream is left out")]
        return Reader(
            header: header, bytes: bytes,
            rows: try toy.makeReader(
                source: MemorySource(bytes), context: context),
            stream: CodedStream(format: toy.descriptor.id, losses: losses))
    }

    func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        try sink.append(Array("WRAP".utf8))
        return try toy.makeWriter(sink: sink, header: header, settings: settings, context: context)
    }

    func embed(
        _ stream: [UInt8], of header: ImageHeader, to sink: any ImageSink,
        _ settings: WriteSettings, context: CodecContext
    ) throws(ImageError) {
        if fault == .refused { throw .streamRefused(Self.id, "it looks odd") }
        var stream = stream
        if fault == .changed { stream[9] ^= 1 }
        try sink.append(Array("WRAP".utf8) + stream)
    }

    private final class Reader: StreamReader {
        let header: ImageHeader
        let stream: CodedStream?
        private let bytes: [UInt8]
        private let rows: any ImageReader

        init(header: ImageHeader, bytes: [UInt8], rows: any ImageReader, stream: CodedStream) {
            self.header = header
            self.bytes = bytes
            self.rows = rows
            self.stream = stream
        }

        func readStream(reserving memory: MemoryShare) throws(ImageError) -> [UInt8] {
            try memory.reserve(bytes.count)
            return bytes
        }

        func readRows(into band: inout PixelBand) throws(ImageError) {
            try rows.readRows(into: &band)
        }
    }
}

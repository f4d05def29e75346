import FormatKit

/// Toy files in a wrapping of their own, whose coded stream is the toy file: `WRAP`, then the file.
///
/// It takes the streams of both formats, as JPEG XL takes JPEG. Or its files are their own streams, and it
/// edits them, as JPEG does.
struct StreamFormat: StreamPlugin {
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
    private let isEditing: Bool
    /// How pictures can be turned in what is edited.
    var turns: StreamTurns?
    /// What stays behind where a stream is edited.
    var rest: [Loss] = []
    var fault = Fault.none
    /// What is in files beside their streams.
    var losses: [Loss] = []
    /// What every file says beside its pixels.
    var metadata = ImageMetadata()

    init(
        layouts: Set<PixelLayout> = Set(ToyFormat.layouts), memoryPerPixel: Int = 0,
        isEditing: Bool = false
    ) {
        toy = ToyFormat()
        self.isEditing = isEditing
        descriptor = FormatDescriptor(
            id: Self.id, name: "Wrapped toy", fileExtensions: ["wrap"], mediaTypes: [],
            signatures: [Signature(Array("WRAP".utf8))],
            read: ReadCapabilities(streaming: .rows, metadata: Set(MetadataKind.allCases)),
            write: WriteCapabilities(
                layouts: layouts, maximumDimension: 255,
                metadata: Set(MetadataKind.allCases).subtracting([.orientation]),
                losslessness: .always, streaming: .rows,
                streams: [
                    StreamCapability(
                        format: isEditing ? Self.id : toy.descriptor.id,
                        memoryPerPixel: memoryPerPixel, isEditable: isEditing)
                ]),
            options: [.transcode("takes toys")])
    }

    func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        let bytes = try source.bytes(at: 4, count: source.byteCount - 4)
        var header = try toy.makeReader(source: MemorySource(bytes), context: context).header
        header.metadata = metadata
        header.losses = losses + [.picture("the stream is left out")]
        return Reader(
            header: header, bytes: isEditing ? Array("WRAP".utf8) + bytes : bytes,
            rows: try toy.makeReader(
                source: MemorySource(bytes), context: context),
            stream: CodedStream(
                format: isEditing ? Self.id : toy.descriptor.id, losses: losses, turns: turns))
    }

    func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        try sink.append(Array("WRAP".utf8))
        return try toy.makeWriter(sink: sink, header: header, settings: settings, context: context)
    }

    func objection(to stream: CodedStream, with settings: WriteSettings) -> String? {
        settings.quality == nil ? stream.traits.first : "a quality is asked for"
    }

    func embed(
        _ stream: [UInt8], of header: ImageHeader, to sink: any ImageSink,
        _ settings: WriteSettings, context: CodecContext
    ) throws(ImageError) {
        if fault == .refused { throw .streamRefused(Self.id, "it looks odd") }
        var stream = stream
        if fault == .changed { stream[9] ^= 1 }
        try sink.append(isEditing ? stream : Array("WRAP".utf8) + stream)
    }

    /// Leaves the stream as it is, whatever is asked for: toys have no metadata, and no sides.
    func edit(
        _ stream: [UInt8], _ edit: StreamEdit, of header: ImageHeader, to sink: any ImageSink,
        context: CodecContext
    ) throws(ImageError) {
        if fault == .refused { throw .streamRefused(Self.id, "it looks odd") }
        var stream = stream
        if fault == .changed { stream[13] ^= 1 }
        try sink.append(stream)
        rest.forEach(context.lose)
    }

    func difference(
        of edited: [UInt8], from stream: [UInt8], after edit: StreamEdit, context: CodecContext
    ) -> String? {
        edited == stream ? nil : "a toy is another, turned from \(edit.turning)"
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

/// The error that `body` throws, if it throws one of ours.
func refusal(_ body: () throws -> Void) -> ImageError? {
    do {
        try body()
        return nil
    } catch {
        return error as? ImageError
    }
}

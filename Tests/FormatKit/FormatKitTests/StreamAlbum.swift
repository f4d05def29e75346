import FormatKit

/// A format of pages that is only written: for each `R` and the rows, or `S` and the toy file that it
/// is.
struct StreamAlbum: StreamPlugin {
    static let id = FormatID("streams")

    let descriptor: FormatDescriptor
    /// The page, counted from 0, whose stream the writer refuses.
    var refusedPage: Int?

    init() {
        descriptor = FormatDescriptor(
            id: Self.id, name: "Pages of streams", fileExtensions: ["streams"], mediaTypes: [],
            signatures: [], read: nil,
            write: WriteCapabilities(
                layouts: Set(ToyFormat.layouts), maximumDimension: 255,
                metadata: Set(MetadataKind.allCases).subtracting([.orientation, .exif]),
                losslessness: .always, streaming: .rows, pages: .pages,
                streams: [
                    StreamCapability(format: ToyFormat().descriptor.id, isPageable: true)
                ]),
            options: [.transcode("takes toys")])
    }

    func objection(to stream: CodedStream, with settings: WriteSettings) -> String? {
        settings.quality == nil ? stream.traits.first : "a quality is asked for"
    }

    func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        throw .unsupported(Self.id, "reading")
    }

    func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        Writer(sink: sink, refusedPage: refusedPage)
    }

    private final class Writer: StreamWriter {
        private let sink: any ImageSink
        private let refusedPage: Int?
        private var page = 0
        private var hasRows = false

        init(sink: any ImageSink, refusedPage: Int?) {
            self.sink = sink
            self.refusedPage = refusedPage
        }

        func beginPage(_ header: ImageHeader) {
            page += 1
            hasRows = false
        }

        func writeStream(_ stream: [UInt8]) throws(ImageError) {
            if page == refusedPage { throw .streamRefused(StreamAlbum.id, "it looks odd") }
            try sink.append(Array("S".utf8) + stream)
        }

        func writeRows(_ band: PixelBand) throws(ImageError) {
            try sink.append((hasRows ? [] : Array("R".utf8)) + band.filledBytes)
            hasRows = true
        }

        func finish() {}
    }
}

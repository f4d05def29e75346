import FormatKit

/// A format of several pictures, of the tests' own: `ALB1`, the number of pages, then for each
/// width, height, layout as in ``ToyFormat``, tenths of a second (0: none) and orientation in a
/// byte each, and the rows.
struct ToyAlbum: FormatPlugin {
    let descriptor: FormatDescriptor
    /// The page that its readers deliver at first.
    var initialPage = 0

    static let layouts = ToyFormat.layouts

    init(
        pages: PageSupport = .pages, layouts: Set<PixelLayout> = Set(Self.layouts),
        metadata: Set<MetadataKind> = [.orientation]
    ) {
        descriptor = FormatDescriptor(
            id: FormatID("album"), name: "Album", fileExtensions: ["alb"], mediaTypes: [],
            signatures: [Signature(Array("ALB1".utf8))],
            read: ReadCapabilities(streaming: .rows, metadata: metadata, pages: pages),
            write: WriteCapabilities(
                layouts: layouts, maximumDimension: 255, metadata: metadata,
                losslessness: .always, streaming: .rows, pages: pages))
    }

    func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        try Reader(source: source, limits: context.limits, initialPage: initialPage)
    }

    func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        try sink.append(Array("ALB1".utf8) + [UInt8(header.frameCount)])
        let writer = Writer(sink: sink)
        try writer.beginPage(header)
        return writer
    }

    private final class Reader: MultiImageReader {
        private(set) var header: ImageHeader
        private let source: any ImageSource
        private let limits: Limits
        private var offset = 5
        let initialPage: Int

        init(
            source: any ImageSource, limits: Limits, initialPage: Int
        ) throws(ImageError) {
            self.initialPage = initialPage
            let count = Int(try source.bytes(at: 4, count: 1).first ?? 0)
            try limits.checkFrames(count)
            header = ImageHeader(
                size: ImageSize(width: 1, height: 1), layout: ToyAlbum.layouts[0],
                frameCount: count)
            self.source = source
            self.limits = limits
            try selectPage(initialPage)
        }

        func selectPage(_ index: Int) throws(ImageError) {
            offset = 5
            for page in 0...index {
                let fields = try source.bytes(at: offset, count: 5).map(Int.init)
                guard fields.count == 5, fields[2] < ToyAlbum.layouts.count,
                    let orientation = Orientation(rawValue: fields[4])
                else { throw .malformed(FormatID("album"), "page \(page + 1)", offset: offset) }
                header = ImageHeader(
                    size: ImageSize(width: fields[0], height: fields[1]),
                    layout: ToyAlbum.layouts[fields[2]], frameCount: header.frameCount,
                    animation: fields[3] == 0
                        ? nil : AnimationTiming(duration: FrameDuration(fields[3], 10)),
                    metadata: ImageMetadata(orientation: orientation))
                offset += 5
                if page < index {
                    offset += header.size.height * header.layout.bytesPerRow(width: fields[0])
                }
            }
            try limits.check(header.size)
        }

        func readRows(into band: inout PixelBand) throws(ImageError) {
            // One row a call, so that callers cannot count on more.
            let bytes = try source.bytes(at: offset, count: band.bytesPerRow)
            guard bytes.count == band.bytesPerRow else {
                throw .truncated(FormatID("album"), "no rows", offset: source.byteCount)
            }
            unsafe band.fill(rowCount: 1) { unsafe $0.copyBytes(from: bytes) }
            offset += bytes.count
        }
    }

    private final class Writer: MultiImageWriter {
        private let sink: any ImageSink

        init(sink: any ImageSink) { self.sink = sink }

        func beginPage(_ header: ImageHeader) throws(ImageError) {
            guard let layout = ToyAlbum.layouts.firstIndex(of: header.layout) else {
                throw .unstorable(FormatID("album"), "\(header.layout)")
            }
            let tenths = header.animation.map { $0.duration.milliseconds / 100 } ?? 0
            try sink.append(
                [
                    header.size.width, header.size.height, layout, tenths,
                    header.metadata.orientation.rawValue,
                ].map { UInt8($0) })
        }

        func writeRows(_ band: PixelBand) throws(ImageError) {
            try sink.append(Array(band.filledBytes))
        }

        func finish() {}
    }
}

/// A page of a file in the album format.
struct ToyPage: Equatable {
    var width = 3
    var height = 2
    var layout = 0
    var tenths = 0
    var orientation = Orientation.up
    var seed: UInt8 = 1

    var pixels: [UInt8] {
        let count = height * ToyAlbum.layouts[layout].bytesPerRow(width: width)
        return (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7 + Int(seed)) }
    }

    var bytes: [UInt8] {
        [width, height, layout, tenths, orientation.rawValue].map { UInt8($0) } + pixels
    }
}

/// A file in the album format.
func albumFile(_ pages: [ToyPage]) -> [UInt8] {
    Array("ALB1".utf8) + [UInt8(pages.count)] + pages.flatMap(\.bytes)
}

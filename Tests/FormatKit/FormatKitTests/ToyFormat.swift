import FormatKit

/// A format of the tests' own: `TOY`, a digit for the version, then width, height and layout in a
/// byte each, then the rows.
struct ToyFormat: FormatPlugin, FormatPlanning {
    let descriptor: FormatDescriptor
    private let prefersCodePoints: Bool
    private let storesCodePoints: @Sendable (ColorCodePoints) -> Bool
    private let furtherLosses: [Loss]
    /// Thrown by the writer after this many rows.
    var failure: (error: ImageError, afterRows: Int)?
    /// What every file says beside its pixels.
    var metadata = ImageMetadata()

    static let signature = Signature(Array("TOY".utf8))
    static let layouts: [PixelLayout] = [
        PixelLayout(.gray, .uint8), PixelLayout(.rgb, .uint8), PixelLayout(.rgb, .uint16),
        PixelLayout(.rgb, .uint8, alpha: .straight),
    ]

    init(
        _ id: FormatID = FormatID("toy"), extensions: [String]? = nil, mediaTypes: [String]? = nil,
        signatures: [Signature] = [Self.signature], layouts: Set<PixelLayout> = Set(Self.layouts),
        metadata: Set<MetadataKind> = [], maximumDimension: Int = 255,
        losslessness: Losslessness = .always, canRead: Bool = true, canWrite: Bool = true,
        options: [OptionSpec] = [], prefersCodePoints: Bool = false,
        storesCodePoints: @escaping @Sendable (ColorCodePoints) -> Bool = { _ in true },
        furtherLosses: [Loss] = [], storesLight: Bool = false
    ) {
        descriptor = FormatDescriptor(
            id: id, name: "Toy", fileExtensions: extensions ?? [id.rawValue],
            mediaTypes: mediaTypes ?? ["image/\(id)"], signatures: signatures,
            read: canRead ? ReadCapabilities(streaming: .rows, metadata: metadata) : nil,
            write: canWrite
                ? WriteCapabilities(
                    layouts: layouts, maximumDimension: maximumDimension, metadata: metadata,
                    losslessness: losslessness, streaming: .rows, storesLight: storesLight) : nil,
            options: options)
        self.prefersCodePoints = prefersCodePoints
        self.storesCodePoints = storesCodePoints
        self.furtherLosses = furtherLosses
    }

    func stores(_ points: ColorCodePoints) -> Bool { storesCodePoints(points) }

    func prefersCodePoints(with settings: WriteSettings) -> Bool { prefersCodePoints }

    func losses(of header: ImageHeader, with settings: WriteSettings) -> [Loss] { furtherLosses }

    func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        let head = try source.bytes(at: 0, count: 7)
        guard head.count == 7, Int(head[6]) < Self.layouts.count else {
            throw .truncated(descriptor.id, "no header", offset: head.count)
        }
        let size = ImageSize(width: Int(head[4]), height: Int(head[5]))
        try context.limits.check(size)
        return Reader(
            source: source,
            header: ImageHeader(
                size: size, layout: Self.layouts[Int(head[6])], metadata: metadata))
    }

    func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        guard let layout = Self.layouts.firstIndex(of: header.layout) else {
            throw .unstorable(descriptor.id, "\(header.layout)")
        }
        let head = [UInt8(header.size.width), UInt8(header.size.height), UInt8(layout)]
        try sink.append(Array("TOY1".utf8) + head)
        return Writer(sink: sink, failure: failure)
    }

    private final class Reader: ImageReader {
        let header: ImageHeader
        private let source: any ImageSource
        private var row = 0

        init(source: any ImageSource, header: ImageHeader) {
            self.source = source
            self.header = header
        }

        func readRows(into band: inout PixelBand) throws(ImageError) {
            let count = min(band.rowCapacity, header.size.height - row)
            let offset = 7 + row * band.bytesPerRow
            let source = source
            let (read, expected) = try unsafe band.fill(rowCount: count) {
                (buffer: UnsafeMutableRawBufferPointer) throws(ImageError) -> (Int, Int) in
                (try unsafe source.read(at: offset, into: buffer), buffer.count)
            }
            guard read == expected else {
                throw .truncated(FormatID("toy"), "no rows", offset: source.byteCount)
            }
            row += count
        }
    }

    private final class Writer: ImageWriter {
        private let sink: any ImageSink
        private let failure: (error: ImageError, afterRows: Int)?
        private var row = 0

        init(sink: any ImageSink, failure: (error: ImageError, afterRows: Int)?) {
            self.sink = sink
            self.failure = failure
        }

        func writeRows(_ band: PixelBand) throws(ImageError) {
            row += band.rowCount
            if let failure, row > failure.afterRows { throw failure.error }
            try sink.append(Array(band.filledBytes))
        }

        func finish() throws(ImageError) {}
    }
}

/// A file in the toy format.
func toyFile(width: Int, height: Int, layout: Int, seed: UInt8 = 1) -> [UInt8] {
    let count = height * ToyFormat.layouts[layout].bytesPerRow(width: width)
    return Array("TOY1".utf8) + [UInt8(width), UInt8(height), UInt8(layout)]
        + (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7 + Int(seed)) }
}

public import FormatKit

/// An example of a format: `TOY1`, four big-endian 16-bit fields (width, height, channels, bits
/// per sample), then the samples, big-endian, row by row.
public struct ToyFormat: FormatPlugin {
    /// What the format is and can do.
    public let descriptor = FormatDescriptor(
        id: FormatID("toy"), name: "Toy raw pixels", fileExtensions: ["toy"],
        mediaTypes: ["image/x-toy"], signatures: [Signature(Array("TOY1".utf8))],
        read: ReadCapabilities(streaming: .rows, metadata: []),
        write: WriteCapabilities(
            layouts: Set(
                [ColorModel.gray, .rgb].flatMap {
                    [PixelLayout($0, .uint8), PixelLayout($0, .uint16)]
                }),
            maximumDimension: 65_535, metadata: [], losslessness: .always, streaming: .rows),
        options: [
            OptionSpec("note", .choice(["none", "loud"]), default: "none", summary: "says hello")
        ])

    /// Creates the plugin.
    public init() {}

    /// Opens a file.
    public func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        try ToyReader(format: descriptor.id, source: source, context: context)
    }

    /// Starts a file.
    public func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        if settings.options.choice("note") == "loud" { context.warn("hello") }
        let (size, layout) = (header.size, header.layout)
        let fields = [size.width, size.height, layout.channelCount, layout.sample.bitCount]
        try sink.append(
            Array("TOY1".utf8) + fields.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] })
        return ToyWriter(sink: sink)
    }
}

private final class ToyReader: ImageReader {
    let header: ImageHeader
    private let (format, source): (FormatID, any ImageSource)
    private var offset = 12

    init(format: FormatID, source: any ImageSource, context: CodecContext) throws(ImageError) {
        let bytes = try source.bytes(at: 4, count: 8)
        guard bytes.count == 8 else { throw .truncated(format, "the header has 12 bytes") }
        let fields = stride(from: 0, to: 8, by: 2).map { Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]) }
        let size = ImageSize(width: fields[0], height: fields[1])
        guard size.pixelCount > 0 else { throw .malformed(format, "\(size) pixels", offset: 4) }
        guard let model = [1: ColorModel.gray, 3: .rgb][fields[2]],
            let sample = [8: SampleType.uint8, 16: .uint16][fields[3]]
        else { throw .unsupported(format, "\(fields[2]) channels of \(fields[3]) bits") }
        try context.limits.check(size)
        header = ImageHeader(size: size, layout: PixelLayout(model, sample))
        (self.format, self.source) = (format, source)
    }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        let rowsLeft = header.size.height - (offset - 12) / band.bytesPerRow
        let rows = min(band.rowCapacity, rowsLeft)
        let bytes = try source.bytes(at: offset, count: rows * band.bytesPerRow)
        guard bytes.count == rows * band.bytesPerRow else {
            throw .truncated(format, "rows are missing", offset: offset + bytes.count)
        }
        let samples = swappingBytes(bytes, of: header.layout.sample)
        unsafe band.fill(rowCount: rows) { unsafe $0.copyBytes(from: samples) }
        offset += bytes.count
    }
}

private final class ToyWriter: ImageWriter {
    private let sink: any ImageSink

    init(sink: any ImageSink) { self.sink = sink }

    func writeRows(_ band: PixelBand) throws(ImageError) {
        try sink.append(swappingBytes(Array(band.filledBytes), of: band.layout.sample))
    }

    func finish() {}
}

/// Converts 16-bit samples between host byte order and big-endian.
private func swappingBytes(_ bytes: [UInt8], of sample: SampleType) -> [UInt8] {
    guard sample == .uint16, Int(1).bigEndian != 1 else { return bytes }
    return bytes.indices.map { bytes[$0 ^ 1] }
}

/// A whole image in memory.
///
/// ```swift
/// let header = ImageHeader(
///     size: ImageSize(width: 256, height: 1), layout: PixelLayout(.gray, .uint8))
/// let ramp = Image(header: header, bytes: Array(0...255))
/// let sink = MemorySink()
/// try ramp.write(
///     to: try png.makeWriter(
///         sink: sink, header: header, settings: WriteSettings(), context: CodecContext()))
/// print("\(sink.bytes.count) bytes of PNG")
/// ```
public struct Image: Sendable, Equatable {
    /// Size, layout and metadata.
    public var header: ImageHeader
    /// All rows, samples in host byte order.
    public var bytes: [UInt8]

    /// Creates an image.
    ///
    /// - Precondition: `bytes` is as long as the header says.
    public init(header: ImageHeader, bytes: [UInt8]) {
        precondition(
            bytes.count == header.size.height * header.layout.bytesPerRow(width: header.size.width))
        self.header = header
        self.bytes = bytes
    }

    /// Reads all rows.
    ///
    /// - Throws: ``ImageError`` as the reader does, or if the image exceeds the memory limit.
    public init(reading reader: any ImageReader, limits: Limits = .default) throws(ImageError) {
        let header = reader.header
        let (size, layout) = (header.size, header.layout)
        let byteCount = size.byteCount(perPixel: layout.bytesPerPixel)
        try limits.checkMemory(byteCount)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount)
        let rowCapacity = max(
            1, min(size.height, (1 << 20) / layout.bytesPerRow(width: size.width)))
        var band = PixelBand(width: size.width, layout: layout, rowCapacity: rowCapacity)
        while bytes.count < byteCount {
            try reader.readRows(into: &band)
            precondition(band.rowCount > 0, "a reader delivers every row or throws")
            bytes += band.filledBytes
        }
        self.init(header: header, bytes: bytes)
    }

    /// Writes all rows and finishes the writer.
    ///
    /// - Throws: ``ImageError`` as the writer does.
    public func write(to writer: any ImageWriter) throws(ImageError) {
        try writer.writeRows(
            PixelBand(width: header.size.width, layout: header.layout, bytes: bytes))
        try writer.finish()
    }

    /// The image in another layout, or `nil` where there is no way.
    public func converted(to layout: PixelLayout) -> Image? {
        guard let converter = PixelConverter(from: header.layout, to: layout) else { return nil }
        var header = header
        header.layout = layout
        let band = PixelBand(width: header.size.width, layout: converter.source, bytes: bytes)
        return Image(header: header, bytes: converter.convert(band).bytes)
    }
}

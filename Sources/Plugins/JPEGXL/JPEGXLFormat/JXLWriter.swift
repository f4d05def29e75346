internal import CJXLShim
internal import FormatKit

/// Writes one JPEG XL file.
final class JXLWriter: ImageWriter {
    private let sink: any ImageSink
    private let header: ImageHeader
    private let options: JXLWriteOptions
    private let context: CodecContext
    private var pixels: [UInt8] = []
    private var rowCount = 0

    init(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) {
        options = try JXLWriteOptions(settings)
        let range = 1...(1 << 18)
        guard range.contains(header.size.width), range.contains(header.size.height) else {
            throw .unstorable(.jxl, "size \(header.size), expected 1 to \(range.upperBound) each")
        }
        guard JXLPlugin.layouts.contains(header.layout) else {
            throw .unstorable(.jxl, "pixels are \(header.layout)")
        }
        let (byteCount, overflow) = header.size.pixelCount.multipliedReportingOverflow(
            by: header.layout.bytesPerPixel + header.layout.channelCount * Self.memoryPerSample)
        try context.limits.checkMemory(overflow ? .max : byteCount)
        pixels.reserveCapacity(header.size.pixelCount * header.layout.bytesPerPixel)
        self.sink = sink
        self.header = header
        self.context = context
    }

    /// The encoder works in floats, of which it holds several a sample.
    private static let memoryPerSample = 24

    func writeRows(_ band: PixelBand) throws(ImageError) {
        precondition(band.width == header.size.width && band.layout == header.layout)
        precondition(rowCount + band.rowCount <= header.size.height)
        pixels += band.filledBytes
        rowCount += band.rowCount
    }

    func finish() throws(ImageError) {
        guard rowCount == header.size.height else {
            throw .codecFailure(.jxl, "\(rowCount) rows written, expected \(header.size.height)")
        }
        try context.checkCancellation()
        var file = unsafe cjxl_bytes()
        defer { unsafe cjxl_free(file) }
        let status = unsafe encode(into: &file)
        guard status == .ok else {
            throw .codecFailure(
                .jxl, status == .outOfMemory ? "out of memory" : "the picture cannot be encoded")
        }
        let bytes = unsafe UnsafeRawBufferPointer(start: file.start, count: file.count)
        try unsafe sink.write(bytes, at: sink.byteCount)
    }

    private func encode(into file: inout cjxl_bytes) -> cjxl_status {
        let metadata = header.metadata
        // The codestream's orientation counts; Exif, where there is one, must not contradict it.
        var exif =
            metadata.exif.flatMap { ExifOrientation.setting(metadata.orientation, in: $0) } ?? []
        var (xmp, icc) = (metadata.xmp ?? [], metadata.icc ?? [])
        let codes = metadata.codePoints
        let color: cjxl_color_kind =
            codes != nil ? .codePoints : metadata.icc != nil ? .icc : .standardRGB
        return unsafe exif.withUnsafeMutableBufferPointer { exif in
            unsafe xmp.withUnsafeMutableBufferPointer { xmp in
                unsafe icc.withUnsafeMutableBufferPointer { icc in
                    var image = unsafe cjxl_image(
                        width: UInt32(header.size.width), height: UInt32(header.size.height),
                        layout: cjxl_layout(
                            channel_count: UInt32(header.layout.channelCount),
                            sample_bits: Int32(header.layout.sample.bitCount)),
                        significant_bits: UInt32(header.significantBits),
                        orientation: Int32(metadata.orientation.rawValue),
                        is_lossless: options.isLossless ? 1 : 0, distance: Float(options.distance),
                        effort: Int32(options.effort), color: color,
                        primaries: codes?.primaries ?? 1, transfer: codes?.transfer ?? 13,
                        icc: cjxl_bytes(start: icc.baseAddress, count: icc.count),
                        exif: cjxl_bytes(start: exif.baseAddress, count: exif.count),
                        xmp: cjxl_bytes(start: xmp.baseAddress, count: xmp.count))
                    return unsafe pixels.withUnsafeBufferPointer { pixels in
                        unsafe cjxl_encode(
                            &image, pixels.baseAddress, pixels.count, context.threadCount, &file)
                    }
                }
            }
        }
    }
}

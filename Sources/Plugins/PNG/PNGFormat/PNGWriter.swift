internal import CPNGShim
internal import FormatKit

/// Writes one PNG file.
final class PNGWriter: ImageWriter {
    private let encoder: PNGEncoder
    private let header: ImageHeader
    private let context: CodecContext
    private let isInterlaced: Bool
    private var rowCount = 0
    /// All rows, of an image to be interlaced.
    private var image: [UInt8] = []

    init(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) {
        let options = try PNGWriteOptions(settings)
        try Self.check(header, options, context.limits)
        encoder = try PNGEncoder(output: PNGOutput(sink))
        self.header = header
        self.context = context
        isInterlaced = options.isInterlaced
        if isInterlaced { image.reserveCapacity(bytesPerRow * header.size.height) }
        try writeHeader(options)
    }

    private static func check(
        _ header: ImageHeader, _ options: PNGWriteOptions, _ limits: Limits
    ) throws(ImageError) {
        let size = header.size
        let range = 1...Int(Int32.max)
        guard range.contains(size.width), range.contains(size.height) else {
            throw .unstorable(.png, "size \(size), expected 1 to \(range.upperBound) each")
        }
        guard PNGPlugin.layouts.contains(header.layout) else {
            throw .unstorable(.png, "pixels are \(header.layout)")
        }
        guard options.isInterlaced else { return }
        let (byteCount, overflow) = size.pixelCount.multipliedReportingOverflow(
            by: header.layout.bytesPerPixel)
        try limits.checkMemory(overflow ? .max : byteCount)
    }

    private var bytesPerRow: Int { header.layout.bytesPerRow(width: header.size.width) }

    private func writeHeader(_ options: PNGWriteOptions) throws(ImageError) {
        let image = cpng_image(
            width: UInt32(header.size.width), height: UInt32(header.size.height),
            channel_count: Int32(header.layout.channelCount),
            sample_bits: Int32(header.layout.sample.bitCount),
            is_interlaced: options.isInterlaced ? 1 : 0, compression: Int32(options.compression))
        try encoder.writeHeader(image, icc: header.metadata.icc)
        let metadata = PNGMetadataChunks(header.metadata)
        for chunk in metadata.chunks { try encoder.writeChunk(chunk.type, chunk.content) }
        var warnings = WarningRelay(context)
        metadata.warnings.forEach { warnings.take($0) }
        for index in 0..<encoder.warningCount {
            warnings.take(encoder.warning(at: index).map { "libpng: \($0)" })
        }
        warnings.finish()
    }

    func writeRows(_ band: PixelBand) throws(ImageError) {
        precondition(band.width == header.size.width && band.layout == header.layout)
        precondition(rowCount + band.rowCount <= header.size.height)
        rowCount += band.rowCount
        guard !isInterlaced else {
            image += band.filledBytes
            return
        }
        let (encoder, bytesPerRow) = (encoder, bytesPerRow)
        try unsafe band.withFilledBytes { (rows) throws(ImageError) in
            try unsafe encoder.writeRows(rows, bytesPerRow: bytesPerRow)
        }
    }

    func finish() throws(ImageError) {
        guard rowCount == header.size.height else {
            throw .codecFailure(.png, "\(rowCount) rows written, expected \(header.size.height)")
        }
        if isInterlaced { try writeInterlaced() }
        try encoder.finish()
    }

    private func writeInterlaced() throws(ImageError) {
        let (encoder, context, bytesPerRow) = (encoder, context, bytesPerRow)
        let sliceByteCount = max(1, (1 << 20) / bytesPerRow) * bytesPerRow
        try unsafe image.withUnsafeBufferPointer { (buffer) throws(ImageError) in
            let bytes = UnsafeRawBufferPointer(buffer)
            for _ in 0..<Self.passCount {
                for start in stride(from: 0, to: bytes.count, by: sliceByteCount) {
                    try context.checkCancellation()
                    let end = min(start + sliceByteCount, bytes.count)
                    try unsafe encoder.writeRows(
                        UnsafeRawBufferPointer(rebasing: bytes[start..<end]),
                        bytesPerRow: bytesPerRow)
                }
            }
        }
        image = []
    }

    /// The passes of Adam7.
    private static let passCount = 7
}

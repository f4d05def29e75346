internal import FormatKit

/// Reads the first picture of one AVIF file.
final class AVIFReader: ImageReader {
    let header: ImageHeader
    private let decoder: AVIFDecoder
    private let context: CodecContext
    private var hasDecoded = false
    private var rowCount = 0

    init(source: any ImageSource, context: CodecContext) throws(ImageError) {
        try BoxWalk.check(source)
        let limits = context.limits
        let decoder = try AVIFDecoder(input: AVIFInput(source))
        let contents = try decoder.readContents(
            frameLimit: limits.frameCount, threadCount: context.threadCount)
        try limits.check(contents.codedSize)
        try limits.checkMemory(Self.memory(contents, fileByteCount: source.byteCount))
        for block in [contents.icc, contents.exif, contents.xmp] {
            try limits.checkMetadata(block?.count ?? 0)
        }
        var metadata = ImageMetadata(
            icc: contents.icc, exif: contents.exif, xmp: contents.xmp,
            orientation: contents.orientation)
        metadata.codePoints = contents.codePoints
        header = ImageHeader(
            size: contents.size, layout: contents.layout, significantBits: contents.depth,
            frameCount: contents.frameCount, metadata: metadata, details: contents.details)
        self.decoder = decoder
        self.context = context
    }

    /// The codec's picture and, where it is filtered or put together from tiles, a second one.
    private static func memory(_ contents: AVIFContents, fileByteCount: Int) -> Int {
        let (pixels, overflow) = contents.codedSize.pixelCount.multipliedReportingOverflow(
            by: 2 * contents.layout.bytesPerPixel)
        let (sum, sumOverflow) = pixels.addingReportingOverflow(fileByteCount)
        return overflow || sumOverflow ? .max : sum
    }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        precondition(band.width == header.size.width && band.layout == header.layout)
        if !hasDecoded {
            try context.checkCancellation()
            try decoder.decode()
            hasDecoded = true
        }
        let count = min(band.rowCapacity, header.size.height - rowCount)
        let (decoder, row) = (decoder, rowCount)
        try unsafe band.fill(rowCount: count) { (buffer) throws(ImageError) in
            try unsafe decoder.copyRows(from: row, count: count, to: buffer)
        }
        rowCount += count
    }
}

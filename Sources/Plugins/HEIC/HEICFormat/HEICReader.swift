internal import FormatKit
internal import ISOBoxes
internal import MetadataBlocks

/// Reads the picture of one HEIC file.
final class HEICReader: ImageReader {
    let header: ImageHeader
    private let decoder: HEICDecoder
    private let context: CodecContext
    private let memory: MemoryShare
    private var isDecoded = false
    private var rowCount = 0

    init(source: any ImageSource, context: CodecContext) throws(ImageError) {
        let file = try HEIFFile(source, .heic, codedTypes: Self.codedTypes)
        let decoder = try HEICDecoder(input: CallbackSource(file.source, context: context))
        let contents = try decoder.readContents(threadCount: context.threadCount)
        try context.limits.check(contents.size)
        try context.limits.check(contents.codedSize)
        memory = context.memory.makeShare()
        try memory.reserve(
            contents.codedSize, bytesPerPixel: Self.memoryPerPixel(contents.layout),
            besides: source.byteCount)
        let blocks = try decoder.blocks(contents, context.limits)
        let parts = try HEIFParts(
            of: source, before: file.end, codedTypes: Self.codedTypes,
            codecProperties: ["hvcC", "lhvC", "rloc", "oinf", "tols"])
        var metadata = ImageMetadata(
            icc: blocks.icc, exif: blocks.exif.flatMap(Self.upright), xmp: blocks.xmp)
        // A profile counts before code points, as in AVIF.
        metadata.codePoints = blocks.icc == nil ? contents.codePoints : nil
        metadata.contentLight = parts.contentLight
        metadata.masteringDisplay = parts.masteringDisplay
        metadata.resolution = parts.resolution
        metadata.adoptExifResolution()
        header = ImageHeader(
            size: contents.size, layout: contents.layout, significantBits: contents.depth,
            metadata: metadata,
            losses: file.losses + parts.losses + (try Self.movieLosses(source)),
            details: contents.details)
        self.decoder = decoder
        self.context = context
        var warnings = WarningRelay(context)
        context.tellReducedCopies(parts.copyCount)
        try Remainder(of: source, from: file.end)?.tell(&warnings)
    }

    private static let codedTypes: Set<String> = ["hvc1", "hev1", "iden"]

    /// The codec's picture, a converted one, and of turned ones both for a while.
    static func memoryPerPixel(_ layout: PixelLayout) -> Int {
        3 * layout.bytesPerPixel + 4
    }

    /// The Exif block from its byte order on, without the orientation, which has been applied: what
    /// counts is the file's own account of it (ISO/IEC 23008-12 §A.2.1).
    private static func upright(_ block: [UInt8]) -> [UInt8]? {
        // In front there is how far the block is away.
        guard block.count > 8 else { return nil }
        let distance = block[..<4].reduce(0) { $0 << 8 | Int($1) }
        guard distance <= block.count - 8 else { return nil }
        let exif = ExifBlock.removingPrefix(from: Array(block[(4 + distance)...]))
        return ExifOrientation.setting(.up, in: exif)
    }

    /// A sequence or a video beside the picture.
    private static func movieLosses(_ source: any ImageSource) throws(ImageError) -> [Loss] {
        let file = ISOBox(type: "", content: 0..<source.byteCount)
        guard try file.child("moov", of: source) != nil else { return [] }
        return [.picture("the sequence of pictures or video is left out")]
    }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        precondition(band.width == header.size.width && band.layout == header.layout)
        if !isDecoded {
            try context.checkCancellation()
            try decoder.decode()
            isDecoded = true
        }
        let count = min(band.rowCapacity, header.size.height - rowCount)
        let (decoder, row) = (decoder, rowCount)
        unsafe band.fill(rowCount: count) { buffer in
            unsafe decoder.copyRows(from: row, count: count, to: buffer)
        }
        rowCount += count
    }
}

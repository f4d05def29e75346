internal import CWebPShim
internal import FormatKit
internal import MetadataBlocks

/// Reads one WebP file.
///
/// Unless a frame of an animation is selected, it delivers the first, and needs less memory.
final class WebPReader: MultiImageReader {
    private(set) var header: ImageHeader
    private let contents: cwebp_contents
    /// Whether the file ends before its own account says, and what is there is to be salvaged.
    private let isCut: Bool
    private let animation: WebPAnimation?
    private let context: CodecContext
    private let memory: MemoryShare
    /// The file, until it has been decoded or a decoder of animations keeps it.
    private var file: [UInt8]
    private var decoder: WebPAnimationDecoder?
    /// The frame that is delivered, if one has been selected.
    private var frame: Int?
    /// All rows, once decoded, or those that could be salvaged.
    private var image: [UInt8] = []
    /// What is wrong with the rows that could not.
    private var damage: ImageError?
    private var rowCount = 0

    /// The file, and the pixels of the decoder and ours; of an animation what its decoder takes.
    let heldByteCount: Int?

    init(source: any ImageSource, context: CodecContext) throws(ImageError) {
        let head = try source.bytes(at: 0, count: Self.headByteCount)
        let riff = try RIFFHeader(head)
        let size = try WebPDecoding.size(head, isWholeFile: head.count == source.byteCount)
        try context.limits.check(size)
        let byteCount = min(riff.end, source.byteCount)
        // The decoder's own picture and ours hold at most four bytes a pixel each.
        memory = context.memory.makeShare()
        try memory.reserve(size, bytesPerPixel: 8, besides: byteCount)
        file = try source.bytes(at: 0, count: byteCount)
        let isShort = riff.end > byteCount
        let missing = WebPEnd.mend(&file, isCut: isShort)
        isCut = isShort && missing == nil
        guard !isCut || context.isSalvaging else {
            throw .truncated(.webp, "\(riff.end) bytes announced", offset: source.byteCount)
        }
        contents = try WebPDecoding.contents(file, allowsCut: context.isSalvaging)
        guard contents.canvas.width == size.width, contents.canvas.height == size.height else {
            throw .malformed(.webp, "two sizes: \(size) and another")
        }
        try context.limits.checkFrames(Int(contents.frame_count))
        animation = try contents.is_animated != 0 ? WebPAnimation(contents, of: file) : nil
        header = try Self.header(contents, file, context.limits)
        header.animation = animation?.timing(0)
        heldByteCount =
            header.frameCount > 1
            ? WebPAnimationDecoder.heldByteCount(size, fileByteCount: byteCount)
            : size.byteCount(perPixel: 8, besides: byteCount)
        self.context = context
        header.losses = WebPChunks.losses(file) + (missing ?? [])
        var warnings = WarningRelay(context)
        try Remainder(of: source, from: byteCount)?.tell(&warnings)
    }

    /// More than any header of an image takes, optional chunks aside.
    private static let headByteCount = 64

    private static func header(
        _ contents: cwebp_contents, _ file: [UInt8], _ limits: Limits
    ) throws(ImageError) -> ImageHeader {
        let exif = try block(contents.exif, file, limits).map(
            ExifBlock.removingPrefix)
        var metadata = ImageMetadata(
            icc: try block(contents.icc, file, limits), exif: exif,
            xmp: try block(contents.xmp, file, limits),
            orientation: exif.flatMap(ExifOrientation.read) ?? .up)
        metadata.adoptExifResolution()
        return ImageHeader(
            size: ImageSize(
                width: Int(contents.canvas.width), height: Int(contents.canvas.height)),
            layout: PixelLayout(
                .rgb, .uint8, alpha: contents.has_alpha != 0 ? .straight : .opaque),
            frameCount: Int(contents.frame_count), metadata: metadata,
            details: details(contents))
    }

    private static func details(_ contents: cwebp_contents) -> [ImageDetail] {
        [
            ImageDetail(
                "compression", .text(contents.is_lossless != 0 ? "lossless" : "lossy"))
        ]
    }

    private static func block(
        _ range: cwebp_range, _ file: [UInt8], _ limits: Limits
    ) throws(ImageError) -> [UInt8]? {
        guard range.length > 0 else { return nil }
        try limits.checkMetadata(range.length)
        return Array(file[range.offset..<(range.offset + range.length)])
    }

    func selectPage(_ index: Int) throws(ImageError) {
        precondition(index < header.frameCount)
        rowCount = 0
        // What has no other frame is decoded as before, once.
        guard let animation, header.frameCount > 1 else { return }
        if decoder == nil {
            try memory.grow(
                to: WebPAnimationDecoder.heldByteCount(header.size, fileByteCount: file.count))
            decoder = try WebPAnimationDecoder(file, context: context)
            file = []
            header.layout.alpha = animation.isOpaque(on: header.size) ? .opaque : .straight
        }
        header.animation = animation.timing(index)
        frame = index
        image = []
    }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        precondition(band.width == header.size.width && band.layout == header.layout)
        if image.isEmpty, damage == nil { try decode() }
        // Whoever salvages fills up the rest.
        if let damage, rowCount * band.bytesPerRow >= image.count { throw damage }
        rowCount += band.fill(from: image, row: rowCount)
    }

    private func decode() throws(ImageError) {
        try context.checkCancellation()
        if let frame, let decoder {
            image = try decoder.image(at: frame, hasAlpha: header.layout.hasAlpha)
            return
        }
        if context.isSalvaging {
            try salvage()
        } else {
            image = try WebPDecoding.image(
                file, contents, layout: header.layout, isThreaded: context.threadCount > 1)
        }
        if header.frameCount == 1 { file = [] }
    }

    private func salvage() throws(ImageError) {
        (image, damage) = try WebPDecoding.salvagedImage(file, contents, layout: header.layout)
        if isCut, damage == nil {
            context.lose(.part(of: .formatBlocks, "the end of the file is missing"))
        }
    }
}

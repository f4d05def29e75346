internal import FormatKit
internal import ISOBoxes

/// Reads the pictures of one AVIF file.
final class AVIFReader: MultiImageReader {
    private(set) var header: ImageHeader
    private let decoder: AVIFDecoder
    private let context: CodecContext
    private let memory: MemoryShare
    /// How often a sequence is shown.
    private let loopCount: Int
    /// The picture that is delivered.
    private var index = 0
    /// The picture that has been decoded.
    private var decodedIndex: Int?
    private var rowCount = 0

    init(source: any ImageSource, context: CodecContext) throws(ImageError) {
        let file = try HEIFFile(source, .avif, codedTypes: Self.codedTypes)
        let limits = context.limits
        let decoder = try AVIFDecoder(input: CallbackSource(file.source, context: context))
        let contents = try decoder.readContents(
            frameLimit: limits.frameCount, threadCount: context.threadCount)
        try limits.check(contents.codedSize)
        memory = context.memory.makeShare()
        try memory.reserve(
            contents.codedSize, bytesPerPixel: Self.memoryPerPixel(contents),
            besides: source.byteCount)
        for block in [contents.icc, contents.exif, contents.xmp] {
            try limits.checkMetadata(block?.count ?? 0)
        }
        var metadata = ImageMetadata(
            icc: contents.icc, exif: contents.exif, xmp: contents.xmp,
            orientation: contents.orientation)
        // A profile counts before code points, unlike in PNG (ISO/IEC 23000-22 §7.3.6.4).
        metadata.codePoints = contents.icc == nil ? contents.codePoints : nil
        let parts = try HEIFParts(
            of: source, before: file.end, codedTypes: Self.codedTypes,
            codecProperties: ["av1C", "a1op", "a1lx"])
        metadata.contentLight = parts.contentLight
        metadata.masteringDisplay = parts.masteringDisplay
        metadata.resolution = parts.resolution
        metadata.adoptExifResolution()
        header = ImageHeader(
            size: contents.size, layout: contents.layout, significantBits: contents.depth,
            frameCount: contents.frameCount, metadata: metadata, losses: file.losses + parts.losses,
            details: contents.details)
        self.decoder = decoder
        self.context = context
        var warnings = WarningRelay(context)
        context.tellReducedCopies(parts.copyCount)
        try Remainder(of: source, from: file.end)?.tell(&warnings)
        loopCount = contents.frameCount > 1 ? try AVIFLoops.count(in: source) : 0
        if contents.frameCount > 1 { header.animation = try timing(0) }
    }

    private static let codedTypes: Set<String> = ["av01"]

    private func timing(_ index: Int) throws(ImageError) -> AnimationTiming {
        AnimationTiming(duration: try decoder.duration(of: index), loopCount: loopCount)
    }

    /// What a picture takes, and of a sequence the eight on which others may depend.
    private static func memoryPerPixel(_ contents: AVIFContents) -> Int {
        let dependencies = contents.frameCount > 1 ? 8 : 0
        return AVIFMemory.reading(contents.layout) + dependencies * contents.layout.bytesPerPixel
    }

    func selectPage(_ index: Int) throws(ImageError) {
        precondition(index < header.frameCount)
        if header.frameCount > 1 { header.animation = try timing(index) }
        self.index = index
        rowCount = 0
    }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        precondition(band.width == header.size.width && band.layout == header.layout)
        if decodedIndex != index {
            try context.checkCancellation()
            decodedIndex = nil
            try decoder.decode(index)
            decodedIndex = index
        }
        let count = min(band.rowCapacity, header.size.height - rowCount)
        let (decoder, row) = (decoder, rowCount)
        try unsafe band.fill(rowCount: count) { (buffer) throws(ImageError) in
            try unsafe decoder.copyRows(from: row, count: count, to: buffer)
        }
        rowCount += count
    }
}

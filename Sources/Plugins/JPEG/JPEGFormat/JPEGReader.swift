internal import CJPEGShim
internal import FormatKit
internal import ShimKit

/// Reads one JPEG file.
final class JPEGReader: ShrinkingReader {
    private(set) var header: ImageHeader
    /// Those for which libjpeg has a fast transform of the coefficients.
    let shrinkFactors = [2, 4, 8]
    /// The coefficients of a progressive file.
    let heldByteCount: Int?
    let stream: CodedStream?
    let context: CodecContext
    let source: any ImageSource
    let decoder: JPEGDecoder
    let memory: MemoryShare
    private var hasStarted = false
    private var rowCount = 0
    var warnings: WarningRelay
    private(set) var takenWarningCount = 0

    init(source: any ImageSource, context: CodecContext) throws(ImageError) {
        let structure = try JPEGStructure(of: source)
        guard let size = structure.frame?.size else {
            throw .malformed(.jpeg, "a scan without a frame header")
        }
        try context.limits.check(size)
        // libjpeg holds a few rows of blocks in several forms.
        memory = context.memory.makeShare()
        try memory.reserve(size.width * Self.rowMemoryPerPixel)
        var metadata = try JPEGMetadata(
            of: source, structure: structure, limits: context.limits)
        let decoder = try JPEGDecoder(
            input: CallbackSource(source, context: context), isSalvaging: context.isSalvaging)
        if context.takesPlainCMYK { decoder.takePlainCMYK() }
        let frame = try unsafe decoder.readHeader()
        guard unsafe frame.width == size.width, unsafe frame.height == size.height else {
            throw .malformed(.jpeg, "two sizes: \(size) and another")
        }
        let bufferedByteCount = Int(clamping: unsafe frame.buffered_byte_count)
        try memory.reserve(bufferedByteCount)
        heldByteCount = bufferedByteCount
        let layout = PixelLayout(unsafe Self.model(frame.color), .uint8)
        let carried = metadata.assemble()
        header = ImageHeader(
            size: size, layout: layout, metadata: carried, losses: metadata.losses,
            details: unsafe Self.details(frame) + metadata.details)
        stream = unsafe Self.stream(frame)
        self.decoder = decoder
        self.context = context
        self.source = source
        warnings = WarningRelay(context)
        metadata.warnings.forEach { warnings.take($0) }
        metadata.damage.forEach { warnings.take($0) }
        takeLibraryWarnings()
    }

    /// Up to 16 rows of samples, and twice that while chroma is interpolated.
    private static let rowMemoryPerPixel = 4 * 16 * 3

    private static func model(_ color: cjpeg_color) -> ColorModel {
        switch color {
        case .gray: .gray
        case .rgb: .rgb
        case .cmyk: .cmyk
        }
    }

    private static func details(_ frame: cjpeg_frame) -> [ImageDetail] {
        let process =
            (unsafe frame.is_progressive != 0 ? "progressive" : "sequential")
            + (unsafe frame.is_arithmetic != 0 ? ", arithmetic" : "")
        let space = unsafe ImageDetail("color_space", .text(String(cString: frame.color_space)))
        guard unsafe frame.component_count > 1 else {
            return [ImageDetail("process", .text(process)), space]
        }
        let (h, v) = unsafe (frame.horizontal_sampling, frame.vertical_sampling)
        let factors = [(h.0, v.0), (h.1, v.1), (h.2, v.2), (h.3, v.3)]
            .prefix(Int(unsafe frame.component_count)).map { "\($0)x\($1)" }
        return [
            ImageDetail("process", .text(process)), space,
            ImageDetail("sampling_factors", .list(factors.map { .text($0) })),
        ]
    }

    private func takeLibraryWarnings() {
        while takenWarningCount < decoder.warningCount {
            warnings.take(decoder.warning(at: takenWarningCount).map { "libjpeg: \($0)" })
            takenWarningCount += 1
        }
    }

    func shrink(by factor: Int) throws(ImageError) {
        precondition(!hasStarted && shrinkFactors.contains(factor))
        header.size = try decoder.shrink(by: factor)
    }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        precondition(band.width == header.size.width && band.layout == header.layout)
        if !hasStarted {
            hasStarted = true
            try decoder.start()
        }
        let count = min(band.rowCapacity, header.size.height - rowCount)
        let (decoder, bytesPerRow) = (decoder, band.bytesPerRow)
        try unsafe band.fill(rowCount: count) { (buffer) throws(ImageError) in
            try unsafe decoder.readRows(into: buffer, bytesPerRow: bytesPerRow)
        }
        rowCount += count
        if count > 0, rowCount == header.size.height { try finish() }
    }

    private func finish() throws(ImageError) {
        try decoder.finish()
        takeLibraryWarnings()
        JPEGPicture.lateLosses(decoder.lateSegmentCount).forEach(context.lose)
        if let row = decoder.damagedRow {
            let height = header.size.height
            context.loseRows(min(row, height - 1)..<height)
        }
        try Remainder(of: source, from: decoder.offset)?.tell(&warnings)
        warnings.finish()
    }
}

internal import FormatKit

/// Writes a picture in few colors, which are chosen when all of it is there.
final class PNGPaletteWriter: ImageWriter {
    private let sink: any ImageSink
    private let header: ImageHeader
    private let settings: WriteSettings
    private let choice: PNGWriteOptions.Colors
    private let context: CodecContext
    private let memory: MemoryShare
    private var pictures: WrittenPictures
    private var rows: PackedPixels

    init(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings,
        choice: PNGWriteOptions.Colors, context: CodecContext
    ) throws(ImageError) {
        guard header.frameCount == 1 else {
            throw .unstorable(.png, "png.palette is for a single picture, not for an animation")
        }
        guard !settings.isLossless || header.layout.sample == .uint8 else {
            throw .unstorable(.png, "the colors of a palette have 8 bits", field: .depth)
        }
        memory = context.memory.makeShare()
        try memory.reserve(Self.heldByteCount(header))
        (self.sink, self.settings, self.choice) = (sink, settings, choice)
        self.context = context
        self.header = header
        pictures = WrittenPictures(in: .png, header)
        rows = PackedPixels(header.size)
    }

    /// Pixels of four bytes, and rows of indices and of samples.
    static func heldByteCount(_ header: ImageHeader) -> Int {
        header.size.byteCount(
            perPixel: 4, besides: ColorCensus.byteCount + 16 * header.size.width)
    }

    /// The header of what is written, whatever the colors are.
    static func indexed(_ header: ImageHeader) -> ImageHeader {
        var indexed = header
        let isGray = header.layout.model == .gray
        indexed.layout = PixelLayout(
            .rgb, .uint8, alpha: header.layout.hasAlpha ? .straight : .opaque)
        indexed.significantBits = 8
        indexed.storage = nil
        // The colors are new ones.
        indexed.metadata.significantBits = nil
        indexed.metadata.background = nil
        indexed.metadata.blocks.removeAll { $0.name == PNGChunkType.histogram.description }
        if isGray, let icc = header.metadata.icc, ColorModel(profile: icc) != .rgb {
            indexed.metadata.icc = nil
        }
        return indexed
    }

    /// What of the metadata does not hold for a palette.
    static func losses(_ header: ImageHeader) -> [Loss] {
        let indexed = indexed(header)
        var losses = [MetadataKind.background, .icc].filter {
            header.metadata.kinds.contains($0) && !indexed.metadata.kinds.contains($0)
        }.map(Loss.metadata)
        if header.layout.sample != .uint8 {
            losses.append(.bitDepth(from: header.significantBits, to: 8))
        }
        if indexed.metadata.blocks.count < header.metadata.blocks.count {
            losses.append(.part(of: .formatBlocks, "the hIST chunk is of another palette"))
        }
        return losses
    }

    func writeRows(_ band: PixelBand) throws(ImageError) {
        pictures.add(band)
        rows.add(band)
        if settings.isLossless, rows.partialCount + rows.hiddenCount > 0 {
            throw .unstorable(
                .png,
                rows.partialCount > 0
                    ? "with png.palette a pixel cannot be partly transparent"
                    : "with png.palette a transparent pixel has no color")
        }
    }

    func finish() throws(ImageError) {
        try pictures.endPicture()
        try pictures.checkComplete()
        try context.checkCancellation()
        let pixels = rows.take()
        var census = ColorCensus()
        census.add(pixels)
        let hasHole = pixels.contains { !$0.isVisible }
        let limit = choice.count - (hasHole ? 1 : 0)
        let isExact = census.colorCount <= limit
        if settings.isLossless, !isExact {
            throw .unstorable(
                .png,
                "a picture of \(census.colorCount) colors; without loss png.palette has "
                    + "\(choice.count), transparency among them")
        }
        let palette = PaletteChoice.palette(
            of: census, count: max(1, limit), refinements: choice.refinements)
        try write(pixels, palette, hasHole: hasHole, isExact: isExact)
        if !isExact {
            context.lose(.picture("\(census.colorCount) colors become \(palette.count)"))
        }
        rows.losses.forEach(context.lose)
    }

    private func write(
        _ pixels: [PackedColor], _ palette: [PackedColor], hasHole: Bool, isExact: Bool
    ) throws(ImageError) {
        // What is transparent comes first, so that tRNS is one byte.
        let hole = RGBAColor(red: 0, green: 0, blue: 0, alpha: 0)
        let colors =
            (hasHole ? [hole] : [])
            + palette.map {
                RGBAColor(red: UInt8($0.red), green: UInt8($0.green), blue: UInt8($0.blue))
            }
        var indexed = Self.indexed(header)
        indexed.layout.alpha = hasHole ? .straight : .opaque
        indexed.storage = .palette(Palette(colors, indexBitCount: 1))
        let writer = try PNGWriter(
            sink: sink, header: indexed, settings: settings, context: context)
        let width = header.size.width
        // Indices of the palette; the hole has one that no color has, as a palette of 256 has none.
        var mapper = PaletteMapper(
            palette, width: width, hole: UInt8(truncatingIfNeeded: palette.count),
            isDithered: choice.isDithered && !isExact)
        let channels = colors.map { color in
            let samples = [color.red, color.green, color.blue, color.alpha]
            return Array(samples.prefix(indexed.layout.channelCount))
        }
        for start in stride(from: 0, to: pixels.count, by: width) {
            if start / width % 64 == 0 { try context.checkCancellation() }
            let row = pixels[start..<start + width]
            let indices = mapper.indices(of: row)
            var bytes: [UInt8] = []
            bytes.reserveCapacity(width * indexed.layout.channelCount)
            for (pixel, index) in zip(row, indices) {
                bytes += channels[pixel.isVisible ? Int(index) + (hasHole ? 1 : 0) : 0]
            }
            try writer.writeRows(
                PixelBand(width: width, layout: indexed.layout, bytes: bytes))
        }
        try writer.finish()
    }
}

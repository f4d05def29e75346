internal import FormatKit

/// Reads one TGA file; rows stream unless they are in runs.
final class TGAReader: ImageReader {
    let header: ImageHeader
    let heldByteCount: Int?
    private let source: any ImageSource
    private let file: TGAHeader
    private let end: TGAEnd
    private let colors: TGAColors
    private let context: CodecContext
    private let memory: MemoryShare
    /// All stored pixels, of those in runs.
    private var pixels: [UInt8]?
    private var rowCount = 0
    /// Of the bytes that stand for nothing, the bits that are in any and in every one.
    private var (anyRest, everyRest) = (UInt8(0), UInt8(255))
    private var hasUnknownColor = false

    init(source: any ImageSource, context: CodecContext) throws(ImageError) {
        file = try TGAHeader(of: source)
        try context.limits.check(file.size)
        memory = context.memory.makeShare()
        let held = file.hasRuns ? file.size.byteCount(perPixel: file.bytesPerPixel) : 0
        try memory.reserve(held)
        heldByteCount = held
        end = try TGAEnd(of: source)
        colors = try TGAColors(file, end, source)
        var metadata = ImageMetadata(resolution: end.resolution, texts: end.texts)
        metadata.gamma = end.gamma
        let text = try source.bytes(at: file.textRange.lowerBound, count: file.textRange.count)
        let name = String(latin1: text.prefix { $0 != 0 })
        if !name.isEmpty { metadata.texts.append(TextEntry("Title", name)) }
        header = ImageHeader(
            size: file.size, layout: colors.layout, significantBits: colors.significantBits,
            storage: colors.storage, metadata: metadata, losses: end.losses,
            details: Self.details(file))
        self.source = source
        self.context = context
        context.tellReducedCopies(end.copyCount)
        if !file.hasRuns { try checkRows() }
    }

    private static func details(_ file: TGAHeader) -> [ImageDetail] {
        [
            ImageDetail("bits_per_pixel", .integer(file.bitCount)),
            ImageDetail("compression", .text(file.hasRuns ? "runs" : "none")),
            ImageDetail("rows", .text(file.isFromTop ? "from the top" : "from the bottom")),
        ]
    }

    private var bytesPerRow: Int { file.size.width * file.bytesPerPixel }

    /// All rows must be there; what follows them is told of.
    private func checkRows() throws(ImageError) {
        let pixelEnd = file.tableRange.upperBound + bytesPerRow * file.size.height
        guard pixelEnd <= source.byteCount else {
            if context.isSalvaging { return }
            throw .truncated(
                .tga, "the rows need \(bytesPerRow * file.size.height) bytes",
                offset: source.byteCount)
        }
        try tellRest(from: pixelEnd)
    }

    /// What lies behind the pixels and is not the end.
    private func tellRest(from offset: Int) throws(ImageError) {
        guard !end.isThere else { return }
        var warnings = WarningRelay(context)
        try Remainder(of: source, from: offset)?.tell(&warnings)
    }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        precondition(band.width == header.size.width && band.layout == header.layout)
        if file.hasRuns, pixels == nil { try decode() }
        let count = min(band.rowCapacity, header.size.height - rowCount)
        let size = band.bytesPerRow
        try unsafe band.fill(rowCount: count) { (buffer) throws(ImageError) in
            for row in 0..<count {
                try context.checkCancellation()
                let target = unsafe UnsafeMutableRawBufferPointer(
                    rebasing: buffer[row * size..<(row + 1) * size])
                try unsafe read(row: rowCount + row, into: target)
            }
        }
        rowCount += count
        guard count > 0, rowCount == header.size.height else { return }
        if hasUnknownColor { context.lose(.colorsBeyond(paletteOf: colors.colorCount)) }
        // Programs that mean nothing by them fill them with one of two values.
        if anyRest != 0, everyRest != 255 { context.lose(.channels(1)) }
    }

    private func read(
        row: Int, into target: UnsafeMutableRawBufferPointer
    ) throws(ImageError) {
        let fileRow = file.isFromTop ? row : header.size.height - 1 - row
        let start = fileRow * bytesPerRow
        let stored: ArraySlice<UInt8>
        if let pixels {
            stored = pixels[min(start, pixels.count)..<min(start + bytesPerRow, pixels.count)]
        } else {
            stored = try source.bytes(
                at: file.tableRange.upperBound + start, count: bytesPerRow)[...]
        }
        guard stored.count == bytesPerRow else { return try unsafe makeUp(row, target) }
        let converted = colors.converted(stored)
        anyRest |= converted.anyRest
        everyRest &= converted.everyRest
        hasUnknownColor = hasUnknownColor || converted.hasUnknownColor
        let pixels = converted.pixels
        guard file.isFromRight else { return unsafe target.copyBytes(from: pixels) }
        let size = header.layout.bytesPerPixel
        for place in stride(from: 0, to: pixels.count, by: size) {
            for byte in 0..<size {
                unsafe target[pixels.count - size - place + byte] = pixels[place + byte]
            }
        }
    }

    /// Makes up a row that the file does not have, if that is wanted and it has others.
    private func makeUp(
        _ row: Int, _ target: UnsafeMutableRawBufferPointer
    ) throws(ImageError) {
        let goodByteCount = pixels?.count ?? source.byteCount - file.tableRange.upperBound
        guard context.isSalvaging, goodByteCount >= bytesPerRow else {
            throw .truncated(.tga, "rows are missing", offset: source.byteCount)
        }
        if file.kind == .indices {
            // A color that the table has, as it is told of.
            let first = UInt8(clamping: file.table.first)
            let indices = [UInt8](repeating: first, count: header.size.width)
            unsafe target.copyBytes(from: colors.converted(indices[...]).pixels)
        } else {
            unsafe target.initializeMemory(as: UInt8.self, repeating: 0)
        }
        context.loseRows(row..<row + 1)
    }

    private func decode() throws(ImageError) {
        var runs = TGARuns(file, of: source)
        var isWhole = true
        do throws(ImageError) {
            try runs.decode(file.size.pixelCount, context)
        } catch .truncated where context.isSalvaging {
            isWhole = false
        }
        pixels = runs.pixels
        if isWhole { try tellRest(from: runs.offset) }
    }
}

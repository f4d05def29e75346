internal import FormatKit

/// Reads the picture of one part.
final class EXRPicture {
    private(set) var header: ImageHeader
    /// What is held, in bytes.
    let heldByteCount: Int
    private let page: EXRPage
    private let colors: EXRColors
    private let context: CodecContext
    private let memory: MemoryShare
    private let decoder: EXRDecoder
    private let source: any ImageSource
    private let chroma: EXRChroma
    private let isAlone: Bool
    private var isOpen = false
    private var chunks: EXRChunks
    private var strips: [EXRStrip]
    private var rowCount = 0
    /// The rows that were made up, and why.
    private var badRowCount = 0
    private var warnings: WarningRelay

    init(
        _ page: EXRPage, of file: EXRFile, in source: any ImageSource, context: CodecContext
    ) throws(ImageError) {
        try Self.check(page)
        try context.limits.check(page.window.size)
        let colors = try EXRColors(page)
        guard page.largestByteCount <= Int(Int32.max) else {
            throw .unsupported(.exr, "a chunk of \(page.largestByteCount) bytes")
        }
        // Of rows without chroma, those above and below are needed, too.
        let stripCount = colors.isSubsampled ? min(3, page.stripCount) : 1
        heldByteCount = EXRStrip.byteCount(page, colors).multipliedClamped(by: stripCount)
            .addingClamped(Self.libraryByteCount(page))
        memory = context.memory.makeShare()
        try memory.reserve(heldByteCount)
        strips = (0..<stripCount).map { _ in EXRStrip(page, colors) }
        header = Self.header(page, colors, frameCount: file.pages.count)
        decoder = try EXRDecoder(
            EXRPartSource(page, in: source, hasParts: file.hasParts), context: context)
        chunks = EXRChunks(page, in: source, file)
        chroma = EXRChroma(page.part.chromaticities ?? .sRGB)
        isAlone = file.pages.count == 1 && page.chunkCount == page.stripCount * page.columnCount
        warnings = WarningRelay(context)
        self.page = page
        self.colors = colors
        self.context = context
        self.source = source
    }

    /// Refuses what has no pixels, or what the library cannot decompress.
    private static func check(_ page: EXRPage) throws(ImageError) {
        switch page.kind {
        case .lines, .tiles: break
        case .deep: throw .unsupported(.exr, "deep data: several samples of a pixel")
        case .unknown(let type): throw .unsupported(.exr, "a part of the type \(type)")
        }
        guard EXRDecoder.canDecompress(page.compression) else {
            throw .unsupported(
                .exr,
                "\(page.compression.name.uppercased()) compression, which OpenEXR "
                    + "\(EXRPlugin.libraryVersion ?? "") does not have in its core library")
        }
    }

    /// What the library holds: a chunk three times, tables, and places of chunks.
    private static func libraryByteCount(_ page: EXRPage) -> Int {
        let tables = page.compression == .piz ? 2 << 20 : 1 << 16
        return page.largestByteCount.multipliedClamped(by: 3)
            .addingClamped(8 * page.stripCount * page.columnCount).addingClamped(tables)
    }

    private static func header(
        _ page: EXRPage, _ colors: EXRColors, frameCount: Int
    ) -> ImageHeader {
        ImageHeader(
            size: page.window.size, layout: colors.layout,
            significantBits: colors.significantBits, frameCount: frameCount,
            metadata: EXRDescription.metadata(page),
            losses: colors.losses + nameLoss("part", page.part.name)
                + nameLoss("layer", String(colors.layer.dropLast()))
                + Loss.unknown("attribute", page.part.unknownNames),
            details: EXRDescription.details(page))
    }

    /// A part has a name in files of several, and may have one alone; so have the layers of channels.
    private static func nameLoss(_ noun: String, _ name: String?) -> [Loss] {
        guard let name, !name.isEmpty else { return [] }
        return [.part(of: .texts, "the name of the \(noun), \"\(name.prefix(40))\", is left out")]
    }

    /// Tells of what is made up, and of copies.
    func tell() {
        if !colors.missingNames.isEmpty {
            context.warn(
                (colors.missingNames.count == 1 ? "the channel " : "the channels ")
                    + colors.missingNames.joined(separator: " and ")
                    + (colors.missingNames.count == 1 ? " is" : " are") + " taken to be 0")
        }
        let copies = page.kind == .tiles ? page.part.tiles?.smallerCount(page.window.size) ?? 0 : 0
        context.tellReducedCopies(copies + (page.part.hasPreview ? 1 : 0))
    }

    // MARK: Rows

    func readRows(into band: inout PixelBand) throws(ImageError) {
        precondition(band.width == header.size.width && band.layout == header.layout)
        if !isOpen {
            try context.checkCancellation()
            try decoder.open()
            isOpen = true
        }
        let count = min(band.rowCapacity, header.size.height - rowCount)
        let bytesPerRow = band.bytesPerRow
        try unsafe band.fill(rowCount: count) { (buffer) throws(ImageError) in
            for index in 0..<count {
                let row = unsafe UnsafeMutableRawBufferPointer(
                    rebasing: buffer[index * bytesPerRow..<(index + 1) * bytesPerRow]
                ).bindMemory(to: Float.self)
                try unsafe read(row: rowCount + index, into: row)
            }
        }
        rowCount += count
        if count > 0, rowCount == header.size.height { tellEnd() }
    }

    /// Tells of what follows the chunks, if there are none but those that were read.
    private func tellEnd() {
        if isAlone, badRowCount == 0, chunks.end > 0 {
            do throws(ImageError) {
                try Remainder(of: source, from: chunks.end)?.tell(&warnings)
            } catch {
                warnings.take("what follows the picture cannot be read: \(error)")
            }
        }
        warnings.finish()
    }

    private func read(
        row: Int, into samples: UnsafeMutableBufferPointer<Float>
    ) throws(ImageError) {
        let number = row / page.rowsPerStrip
        let index = try strip(number)
        guard colors.model == .chroma else {
            let start = (row - number * page.rowsPerStrip) * samples.count
            unsafe strips[index].samples.withUnsafeBufferPointer { source in
                _ = unsafe samples.update(
                    fromContentsOf: UnsafeBufferPointer(
                        rebasing: source[start..<start + samples.count]))
            }
            return
        }
        guard !colors.isSubsampled else {
            return try unsafe readSubsampled(row: row, number, into: samples)
        }
        let start = (row - number * page.rowsPerStrip) * samples.count
        for place in stride(from: 0, to: samples.count, by: colors.channels.count) {
            let source = start + place
            let color = chroma.color(
                strips[index].samples[source], strips[index].samples[source + 1],
                strips[index].samples[source + 2])
            unsafe put(color, at: place, in: samples)
            if header.layout.hasAlpha {
                unsafe samples[place + 3] = strips[index].samples[source + 3]
            }
        }
    }

    private func put(
        _ color: (Float, Float, Float), at place: Int,
        in samples: UnsafeMutableBufferPointer<Float>
    ) {
        unsafe samples[place] = color.0
        unsafe samples[place + 1] = color.1
        unsafe samples[place + 2] = color.2
    }

    /// Chroma lies on every second pixel of every second row; between, it is the mean of its
    /// neighbors.
    private func readSubsampled(
        row: Int, _ number: Int, into samples: UnsafeMutableBufferPointer<Float>
    ) throws(ImageError) {
        let above = row & ~1
        let below = row & 1 == 1 && row + 1 < header.size.height ? row + 1 : above
        // In the order in which strips that are held are given up.
        let rows = [
            (try strip(above / page.rowsPerStrip), above), (try strip(number), row),
            (try strip(below / page.rowsPerStrip), below),
        ]
        let red = zip(line(1, rows[0]), line(1, rows[2])).map { ($0 + $1) / 2 }
        let blue = zip(line(2, rows[0]), line(2, rows[2])).map { ($0 + $1) / 2 }
        let luminance = line(0, rows[1])
        let alpha = header.layout.hasAlpha ? line(3, rows[1]) : []
        for (x, value) in luminance.enumerated() {
            let left = x / 2
            let right = x & 1 == 1 ? min(left + 1, red.count - 1) : left
            let color = chroma.color(
                value, (red[left] + red[right]) / 2, (blue[left] + blue[right]) / 2)
            let place = x * colors.channels.count
            unsafe put(color, at: place, in: samples)
            if header.layout.hasAlpha { unsafe samples[place + 3] = alpha[x] }
        }
    }

    /// The samples of a channel in a row of a strip.
    private func line(_ channel: Int, _ found: (strip: Int, row: Int)) -> [Float] {
        let place = strips[found.strip].places[channel]
        let step = channel == 1 || channel == 2 ? 2 : 1
        let local = found.row % page.rowsPerStrip / step
        let start = place.start + local * place.rowStride
        return Array(strips[found.strip].samples[start..<start + place.rowStride])
    }

    // MARK: Strips

    /// The place of a strip among those that are held, which is decoded if it is not there.
    private func strip(_ number: Int) throws(ImageError) -> Int {
        if let index = strips.firstIndex(where: { $0.number == number }) { return index }
        try context.checkCancellation()
        // The one that was needed first; rows come in order.
        let oldest = strips.indices.min { strips[$0].number ?? -1 < strips[$1].number ?? -1 } ?? 0
        strips[oldest].number = nil
        do throws(ImageError) {
            try decode(number, into: oldest)
        } catch {
            guard context.isSalvaging, error.isDamage else { throw error }
            try makeUp(number, in: oldest, after: error)
        }
        strips[oldest].number = number
        return oldest
    }

    private func decode(_ number: Int, into index: Int) throws(ImageError) {
        for column in 0..<page.columnCount {
            let offset = try chunks.find(strip: number, column: column)
            if page.kind == .tiles {
                try decoder.decode(tileAtColumn: column, row: number, at: offset)
            } else {
                let line = page.window.top + number * page.compression.lineCount
                try decoder.decode(linesFrom: line, at: offset)
            }
            let columns = page.columns(ofChunk: column)
            let expected = ImageSize(
                width: columns.count, height: page.rows(ofStrip: number).count)
            guard decoder.size == expected else {
                throw .malformed(
                    .exr, "a chunk of \(decoder.size) pixels, expected \(expected)", offset: offset)
            }
            copy(columns, rowCount: expected.height, into: index)
        }
    }

    /// Copies what has been decoded to its place in a strip.
    private func copy(_ columns: Range<Int>, rowCount: Int, into index: Int) {
        let places = strips[index].places
        unsafe strips[index].samples.withUnsafeMutableBufferPointer { samples in
            for (place, channel) in zip(places, colors.channels) {
                guard let channel else { continue }
                let info = page.part.channels[channel]
                for row in stride(from: 0, to: rowCount, by: info.rowStep) {
                    let start =
                        place.start + row / info.rowStep * place.rowStride
                        + columns.lowerBound / info.columnStep * place.stride
                    let length = info.sampleCount(of: columns.count) * place.stride
                    let end = min(samples.count, start + length)
                    unsafe decoder.copy(
                        channel: channel, row: row,
                        to: UnsafeMutableBufferPointer(rebasing: samples[start..<end]),
                        stride: place.stride)
                }
            }
        }
    }

    /// Puts zeros in the place of rows that cannot be had.
    ///
    /// - Throws: The error, if no row can be had.
    private func makeUp(
        _ number: Int, in index: Int, after error: ImageError
    ) throws(ImageError) {
        let rows = page.rows(ofStrip: number)
        badRowCount += rows.count
        if badRowCount >= header.size.height { throw error }
        strips[index].clear()
        warnings.take("\(error)")
        context.loseRows(rows)
    }
}

extension EXRDecoder {
    /// Whether the library decompresses chunks of a kind.
    static func canDecompress(_ compression: EXRCompression) -> Bool {
        !compression.isRecent || hasDWA
    }
}

extension ImageError {
    /// Whether a file is at fault, of which another part may be sound.
    fileprivate var isDamage: Bool {
        switch self {
        case .malformed, .truncated, .codecFailure: true
        default: false
        }
    }
}

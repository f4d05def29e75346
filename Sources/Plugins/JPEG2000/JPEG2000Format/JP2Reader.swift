internal import FormatKit
internal import ISOBoxes
internal import ShimKit

/// Reads the picture of one file, tile by tile where they lie in order.
final class JP2Reader: ShrinkingReader {
    private(set) var header: ImageHeader
    let shrinkFactors: [Int]
    let isShrunkCosited = true
    let heldByteCount: Int?
    let stream: CodedStream?
    let source: any ImageSource
    let decoder: JP2Decoder
    let context: CodecContext
    let memory: MemoryShare
    private let codestream: Codestream
    private let tables: JP2ChannelTables
    /// Whether tiles are decoded one after the other.
    private let isByTiles: Bool
    /// Whether rows come from one tile, and need not be put together.
    private let isDirect: Bool
    private var reduction = 0
    private var isOpen = false
    private var rowCount = 0
    /// The rows of the picture that are ready, and the next row of tiles.
    private var readyRows = 0..<0
    private var nextTileRow = 0
    /// The rows that are ready, where they are put together from several tiles.
    private var joined: [UInt8] = []
    private var failure: ImageError?
    var warnings: WarningRelay
    private(set) var takenWarningCount = 0
    /// The number of colors in the palette, until it has been told that a pixel has none of them.
    private var colorCount: Int?

    init(
        source: any ImageSource, format: FormatID, context: CodecContext
    ) throws(ImageError) {
        let takesCut = context.isSalvaging
        let boxes = try JP2Boxes(
            of: source, format, takesCut: takesCut, limits: context.limits)
        let codestream = try Codestream(
            of: source, in: boxes.codestream, format, takesCut: takesCut, limits: context.limits)
        let grid = codestream.grid
        let channels = try JP2Channels(boxes, grid, format)
        let size = grid.picture.samples(of: grid.components[0]).size
        guard size.pixelCount > 0 else { throw .malformed(format, "a picture of no samples") }
        try context.limits.check(size)
        let cost = try CodestreamCost(codestream)
        isByTiles = codestream.isReadableByTiles
        // What is missing of a file is not in what the decoder holds.
        isDirect = !isByTiles || (grid.columnCount == 1 && !codestream.isCut)
        let joinedByteCount =
            !isDirect
            ? ImageSize(width: size.width, height: grid.tileSize.height)
                .byteCount(perPixel: channels.layout.bytesPerPixel) : 0
        let byteCount = (isByTiles ? cost.byTiles : cost.whole(grid))
            .addingClamped(joinedByteCount)
        memory = context.memory.makeShare()
        try memory.reserve(byteCount)
        heldByteCount = byteCount
        let rest = try Self.rest(boxes, codestream, source)
        header = Self.header(size, boxes, codestream, channels)
        header.losses += [rest?.loss].compactMap(\.self)
        shrinkFactors = Self.shrinkFactors(codestream, channels)
        tables = JP2ChannelTables(channels, grid)
        decoder = try JP2Decoder(
            input: CallbackSource(
                codestream.isEndMissing ? EndedSource(source) : source, context: context),
            codestream)
        stream = Self.stream(boxes, codestream, channels)
        self.source = source
        self.codestream = codestream
        self.context = context
        colorCount = boxes.palette?.columns.first?.count
        warnings = WarningRelay(context)
        if let rest, rest.loss == nil { rest.tell(&warnings) }
        if codestream.isEndMissing { warnings.take("the marker of the end is missing") }
    }

    /// What follows the picture and is no box.
    private static func rest(
        _ boxes: JP2Boxes, _ codestream: Codestream, _ source: any ImageSource
    ) throws(ImageError) -> Remainder? {
        guard !codestream.isCut, !codestream.isEndMissing else { return nil }
        let isLast = boxes.codestream.upperBound == boxes.end
        return try Remainder(of: source, from: isLast ? codestream.range.upperBound : boxes.end)
    }

    private static func header(
        _ size: ImageSize, _ boxes: JP2Boxes, _ codestream: Codestream, _ channels: JP2Channels
    ) -> ImageHeader {
        var metadata = boxes.metadata
        var losses = boxes.losses + channels.losses
        switch boxes.color {
        case .profile(let profile):
            if boxes.color?.model == channels.layout.model {
                metadata.icc = profile
            } else {
                losses.append(.metadata(.icc))
            }
        case .codePoints(let points): metadata.codePoints = points == .sRGB ? nil : points
        default: break
        }
        metadata.significantBits = channels.differentBits
        let first = codestream.grid.components[0]
        if metadata.resolution == nil, first.columnStep != first.rowStep {
            // The wider pixels are, the fewer there are along a row.
            metadata.resolution = Resolution(
                horizontal: Double(first.rowStep), vertical: Double(first.columnStep), unit: .none)
        }
        metadata.texts = codestream.comments.filter { !Self.isName($0) }
            .map { TextEntry(JP2Comment.keyword, $0) }
        if codestream.hasBinaryComment {
            losses.append(.part(of: .formatBlocks, "a comment that is no text is left out"))
        }
        let incompleteCount = codestream.incompleteTileCount
        if incompleteCount > 0, !codestream.isCut {
            let tiles = incompleteCount == 1 ? "a tile" : "\(incompleteCount) tiles"
            losses.append(.picture("parts of \(tiles) are missing"))
        }
        return ImageHeader(
            size: size, layout: channels.layout, significantBits: channels.bits,
            storage: channels.storage, form: channels.form, metadata: metadata, losses: losses,
            details: details(boxes, codestream))
    }

    /// Whether a comment is what encoders say of themselves.
    private static func isName(_ comment: String) -> Bool {
        ["Created by OpenJPEG", "Kakadu-", "Kdu-"].contains(where: comment.hasPrefix)
    }

    private static func details(_ boxes: JP2Boxes, _ codestream: Codestream) -> [ImageDetail] {
        let grid = codestream.grid
        var details = [
            ImageDetail("wavelet", .text(codestream.isReversible ? "5/3" : "9/7")),
            ImageDetail("levels", .integer(codestream.leastLevels)),
        ]
        if let style = codestream.styles.first {
            details += [
                ImageDetail("layers", .integer(style.layerCount)),
                ImageDetail("progression", .text(CodingStyle.progressions[style.progression])),
            ]
        }
        if grid.tileCount > 1 {
            details += [
                ImageDetail("tiles", .integer(grid.tileCount)),
                ImageDetail("tile_size", .text("\(grid.tileSize)")),
            ]
        }
        if let color = boxes.color { details.append(ImageDetail("color_space", .text(color.name))) }
        if let name = codestream.comments.first(where: isName) {
            details.append(ImageDetail("encoder", .text(name)))
        }
        return details
    }

    /// Powers of two, as long as something is left and samples stay where they are.
    private static func shrinkFactors(
        _ codestream: Codestream, _ channels: JP2Channels
    ) -> [Int] {
        let picture = codestream.grid.picture
        guard channels.isPlain(codestream.grid) else { return [] }
        let (x, y) = (picture.columns.lowerBound, picture.rows.lowerBound)
        let first = codestream.grid.components[0]
        return (0..<min(codestream.leastLevels, 16)).map { 2 << $0 }.filter { factor in
            x % (factor * first.columnStep) == 0 && y % (factor * first.rowStep) == 0
        }
    }

    func shrink(by factor: Int) throws(ImageError) {
        precondition(!isOpen && shrinkFactors.contains(factor))
        reduction = factor.trailingZeroBitCount
        header.size = area(codestream.grid.picture).size
    }

    /// Samples of the first component in a part of the picture.
    private func area(_ part: GridArea) -> GridArea {
        part.samples(of: codestream.grid.components[0], reduction: reduction)
    }

    // MARK: Rows

    /// Tiles are decoded whole, and what follows the picture is known from the start.
    func rowCount(vouchingForFirst rowCount: Int) -> Int { rowCount }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        precondition(band.width == header.size.width && band.layout == header.layout)
        if let failure { throw failure }
        do throws(ImageError) {
            try read(into: &band)
        } catch {
            failure = error
            throw error
        }
    }

    private func read(into band: inout PixelBand) throws(ImageError) {
        if !isOpen {
            try context.checkCancellation()
            try decoder.open(reduction: reduction, threadCount: context.threadCount)
            isOpen = true
        }
        let count = min(band.rowCapacity, header.size.height - rowCount)
        let bytesPerRow = band.bytesPerRow
        try unsafe band.fill(rowCount: count) { (buffer) throws(ImageError) in
            var done = 0
            while done < count {
                let row = rowCount + done
                while !readyRows.contains(row) { try decodeNext() }
                let rows = row..<min(rowCount + count, readyRows.upperBound)
                let target = unsafe UnsafeMutableRawBufferPointer(
                    rebasing: buffer[done * bytesPerRow..<(done + rows.count) * bytesPerRow])
                try unsafe copy(rows, to: target, bytesPerRow: bytesPerRow)
                done += rows.count
            }
        }
        rowCount += count
        tellUnknownColor()
        if count > 0, rowCount == header.size.height { warnings.finish() }
    }

    /// Tells, once, that a color is made up.
    private func tellUnknownColor() {
        guard let colorCount, decoder.hasMetUnknownColor else { return }
        self.colorCount = nil
        context.lose(
            .picture("pixels have a color beyond the palette's \(colorCount), and get its last"))
    }

    private func copy(
        _ rows: Range<Int>, to target: UnsafeMutableRawBufferPointer, bytesPerRow: Int
    ) throws(ImageError) {
        guard isDirect else {
            let start = (rows.lowerBound - readyRows.lowerBound) * bytesPerRow
            return unsafe target.copyBytes(from: joined[start..<start + target.count])
        }
        let picture = area(codestream.grid.picture)
        let first = picture.rows.lowerBound
        let part = GridArea(
            columns: picture.columns, rows: first + rows.lowerBound..<first + rows.upperBound)
        try unsafe decoder.copy(part, tables, to: target, bytesPerRow: bytesPerRow)
    }

    /// Decodes the next row of tiles, or all of them.
    private func decodeNext() throws(ImageError) {
        try context.checkCancellation()
        defer { takeWarnings() }
        guard isByTiles else {
            tables.place(at: codestream.grid.picture, reduction: reduction)
            try decoder.decode()
            readyRows = 0..<header.size.height
            if codestream.isCut { context.loseRows(readyRows) }
            return
        }
        let columnCount = codestream.grid.columnCount
        let tiles = nextTileRow * columnCount..<(nextTileRow + 1) * columnCount
        nextTileRow += 1
        let picture = area(codestream.grid.picture)
        let rows = area(codestream.grid.area(ofTile: tiles.lowerBound)).rows
        readyRows =
            rows.lowerBound - picture.rows.lowerBound..<rows.upperBound - picture.rows.lowerBound
        if rows.isEmpty { return }
        if !isDirect { prepareJoined(rows.count) }
        for tile in tiles { try decode(tile, picture) }
        if tiles.contains(where: { codestream.tiles[$0].isCut || codestream.tiles[$0].isMissing }) {
            context.loseRows(readyRows)
        }
    }

    private func prepareJoined(_ count: Int) {
        let byteCount = count * header.layout.bytesPerRow(width: header.size.width)
        // Tiles that are missing leave zeros.
        if joined.count < byteCount || codestream.isCut {
            // Only one of them is counted.
            joined = []
            joined = [UInt8](repeating: 0, count: byteCount)
        }
    }

    private func decode(_ index: Int, _ picture: GridArea) throws(ImageError) {
        if codestream.tiles[index].isMissing { return }
        let tile = codestream.grid.area(ofTile: index)
        let part = area(tile)
        if part.columns.isEmpty { return }
        tables.place(at: tile, reduction: reduction)
        try decoder.decode(tile: index)
        guard !isDirect else { return }
        let bytesPerRow = header.layout.bytesPerRow(width: header.size.width)
        let start =
            (part.columns.lowerBound - picture.columns.lowerBound) * header.layout.bytesPerPixel
        let end = part.rows.count * bytesPerRow
        try unsafe joined.withUnsafeMutableBufferPointer { (buffer) throws(ImageError) in
            let target = unsafe UnsafeMutableRawBufferPointer(
                UnsafeMutableBufferPointer(rebasing: buffer[start..<end]))
            try unsafe decoder.copy(part, tables, to: target, bytesPerRow: bytesPerRow)
        }
    }

    private func takeWarnings() {
        while takenWarningCount < decoder.warningCount {
            warnings.take(decoder.warning(at: takenWarningCount).map { "OpenJPEG: \($0)" })
            takenWarningCount += 1
        }
    }
}

extension Codestream {
    /// As many steps from tile-part to tile-part as finding all tiles may take.
    private static let stepLimit = 1 << 20

    /// Whether the library finds each tile, and without a long search.
    ///
    /// It walks over tile-parts up to the last one of the tile, or up to the end if no part says how many
    /// there are. It takes parts of others between them for those of a file that is damaged.
    var isReadableByTiles: Bool {
        if isInterleaved { return false }
        let isSaid = tiles.allSatisfy { $0.announcedPartCount == $0.partCount }
        return (isOrdered && isSaid && !isCut)
            || partCount.multipliedClamped(by: tiles.count) <= Self.stepLimit
    }
}

/// Delivers what can be had of a damaged file: its rows up to where another reader fails, and zeros
/// for the rest, or a color of its palette, which is told of as a loss.
///
/// Readers that can go on behind damage do so themselves, and do not fail. A picture without a good
/// row among those that are wanted is an error all the same.
final class SalvagingReader: MultiImageReader, StoredSampleReader {
    private let reader: any ImageReader
    private let format: FormatID
    private let context: CodecContext
    private var nextRow = 0
    private var hasFailed = false

    var header: ImageHeader { reader.header }
    var heldByteCount: Int? { reader.heldByteCount }
    var hasSeparateImage: Bool { (reader as? any MultiImageReader)?.hasSeparateImage ?? false }
    var initialPage: Int { (reader as? any MultiImageReader)?.initialPage ?? 0 }

    init(_ reader: any ImageReader, format: FormatID, context: CodecContext) {
        self.reader = reader
        self.format = format
        self.context = context
    }

    func selectPage(_ index: Int) throws(ImageError) {
        guard let pages = reader as? any MultiImageReader else {
            throw .unsupported(format, "reading pages after the first")
        }
        try pages.selectPage(index)
        (nextRow, hasFailed) = (0, false)
    }

    func deliverStoredSamples() {
        (reader as? any StoredSampleReader)?.deliverStoredSamples()
    }

    func rowCount(vouchingForFirst rowCount: Int) -> Int {
        reader.rowCount(vouchingForFirst: rowCount)
    }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        let count = min(band.rowCapacity, header.size.height - nextRow)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * band.bytesPerRow)
        var row = PixelBand(width: band.width, layout: band.layout, rowCapacity: 1)
        while !hasFailed, bytes.count < count * band.bytesPerRow {
            do throws(ImageError) {
                try reader.readRows(into: &row)
                bytes += row.filledBytes
                nextRow += 1
            } catch {
                guard nextRow > context.ledger.firstWanted, Self.isDamage(error) else {
                    throw error
                }
                hasFailed = true
                context.warn("\(error)")
            }
        }
        let missingCount = count - bytes.count / band.bytesPerRow
        if missingCount > 0 {
            context.loseRows(nextRow..<nextRow + missingCount)
            nextRow += missingCount
            let filling = filling
            for _ in 0..<missingCount * band.width { bytes += filling }
        }
        unsafe band.fill(rowCount: count) { unsafe $0.copyBytes(from: bytes) }
    }

    /// A pixel that is made up: of a palette, whose colors alone the header promises, one that it has.
    private var filling: [UInt8] {
        let layout = header.layout
        let zeros = [UInt8](repeating: 0, count: layout.bytesPerPixel)
        guard case .palette(let palette) = header.storage, layout.sample == .uint8 else {
            return zeros
        }
        let colors = palette.colors.map { color in
            let light =
                layout.model == .gray ? [color.red] : [color.red, color.green, color.blue]
            return layout.hasAlpha ? light + [color.alpha] : light
        }
        return colors.contains(zeros) ? zeros : colors.first ?? zeros
    }

    private static func isDamage(_ error: ImageError) -> Bool {
        switch error {
        case .malformed, .truncated, .codecFailure: true
        default: false
        }
    }
}

internal import BMPFormat
internal import FormatKit
internal import PNGFormat

/// Reads one file; at first it delivers the largest picture.
final class ICOReader: MultiImageReader {
    private(set) var header: ImageHeader
    let initialPage: Int
    private let kind: ICOKind
    private let source: any ImageSource
    private let directory: ICODirectory
    private let context: CodecContext
    private var page: ICOPage
    /// The pictures of whose sizes something has been said.
    private var toldNumbers: Set<Int> = []

    init(
        of kind: ICOKind, source: any ImageSource, context: CodecContext
    ) throws(ImageError) {
        directory = try ICODirectory(of: kind, source, context)
        self.kind = kind
        self.source = source
        self.context = context
        initialPage = try Self.largest(directory.entries, source, context)
        page = try ICOPage(directory.entries[initialPage], of: kind, in: source, context)
        header = page.header
        header.frameCount = directory.entries.count
        var warnings = WarningRelay(context)
        try Remainder(of: source, from: directory.end)?.tell(&warnings)
        tellSize()
    }

    var heldByteCount: Int? { page.reader.heldByteCount }

    /// The picture with the most pixels, of several the one with the most bits, of those the first.
    private static func largest(
        _ entries: [ICOEntry], _ source: any ImageSource, _ context: CodecContext
    ) throws(ImageError) -> Int {
        var best = (index: 0, rank: (-1, -1))
        for (index, entry) in entries.enumerated() {
            if index % 256 == 0 { try context.checkCancellation() }
            let rank = try ICOPage.rank(of: entry, in: source)
            if rank > best.rank { best = (index, rank) }
        }
        return best.index
    }

    func selectPage(_ index: Int) throws(ImageError) {
        precondition(index < header.frameCount)
        page = try ICOPage(directory.entries[index], of: kind, in: source, context)
        let count = header.frameCount
        header = page.header
        header.frameCount = count
        tellSize()
    }

    /// Tells of a directory that says something else than the picture, which counts.
    private func tellSize() {
        let (entry, size) = (page.entry, header.size)
        guard !entry.tells(size), toldNumbers.insert(entry.number).inserted else { return }
        let width = entry.width == 0 ? ICOEntry.largestSide : entry.width
        let height = entry.height == 0 ? ICOEntry.largestSide : entry.height
        context.warn(
            "the directory says that picture \(entry.number) is \(width)x\(height), but it is \(size)"
        )
    }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        do throws(ImageError) {
            try page.reader.readRows(into: &band)
        } catch {
            throw page.blaming(error)
        }
    }
}

/// One picture of a file.
struct ICOPage {
    let entry: ICOEntry
    let header: ImageHeader
    let reader: any ImageReader
    private let part: ICOPart
    private let id: FormatID

    private static let pngMark: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// Opens a picture.
    ///
    /// - Throws: ``ImageError`` if its header is damaged or it exceeds a limit.
    init(
        _ entry: ICOEntry, of kind: ICOKind, in source: any ImageSource, _ context: CodecContext
    ) throws(ImageError) {
        self.entry = entry
        id = kind.id
        let start = try source.bytes(at: entry.range.lowerBound, count: Self.pngMark.count)
        let isPNG = start == Self.pngMark
        var header: ImageHeader
        if isPNG {
            part = ICOPart(of: source, entry.range)
            reader = try Self.open(PNGPlugin(), part, entry, id, context)
            header = reader.header
            if header.frameCount > 1 {
                header.losses.append(.animation("the frames of an animated PNG file are left out"))
            }
            header.animation = nil
        } else {
            let bitmap = try ICOBitmap(of: entry, in: source, kind.id, context)
            part = ICOPart(of: source, bitmap.pixels, behind: bitmap.head)
            let opened = try Self.open(BMPPlugin(), part, entry, id, context)
            reader = try Self.masked(opened, bitmap, entry, source, id, context)
            var warnings = WarningRelay(context)
            let rest = ICOPart(
                of: source, min(bitmap.end, entry.range.upperBound)..<entry.range.upperBound)
            try Remainder(of: rest, from: 0)?.tell(&warnings)
            header = reader.header
            header.details = [ImageDetail("bits_per_pixel", .integer(bitmap.bitCount))]
        }
        header.details =
            [
                ImageDetail("picture", .integer(entry.number)),
                ImageDetail("stored_as", .text(isPNG ? "PNG" : "bitmap")),
            ] + header.details
        if let hotSpot = entry.hotSpot {
            header.details.append(
                ImageDetail("hot_spot", .list([.integer(hotSpot.x), .integer(hotSpot.y)])))
            header.losses.append(
                .part(
                    of: .formatBlocks, "the hot spot (\(hotSpot.x), \(hotSpot.y)) is left out"))
        }
        self.header = header
    }

    private static func masked(
        _ reader: any ImageReader, _ bitmap: ICOBitmap, _ entry: ICOEntry,
        _ source: any ImageSource, _ id: FormatID, _ context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        guard !reader.header.layout.hasAlpha else { return reader }
        let mask = try ICOMask(of: bitmap, entry, in: source, id, context)
        return mask.isNeeded
            ? ICOBitmapReader(reader, under: mask, bitCount: bitmap.bitCount, context: context)
            : reader
    }

    private static func open(
        _ plugin: any FormatPlugin, _ part: ICOPart, _ entry: ICOEntry, _ id: FormatID,
        _ context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        do throws(ImageError) {
            return try plugin.makeReader(source: part, context: context)
        } catch {
            throw blaming(error, entry, part, id)
        }
    }

    /// An error of a picture as one of the file.
    func blaming(_ error: ImageError) -> ImageError { Self.blaming(error, entry, part, id) }

    private static func blaming(
        _ error: ImageError, _ entry: ICOEntry, _ part: ICOPart, _ id: FormatID
    ) -> ImageError {
        func words(_ inner: FormatID, _ words: String) -> String {
            "picture \(entry.number) (\(inner)): \(words)"
        }
        switch error {
        case .malformed(let inner, let reason, let offset) where inner != id:
            return .malformed(id, words(inner, reason), offset: offset.map(part.place))
        case .truncated(let inner, let reason, let offset) where inner != id:
            return .truncated(id, words(inner, reason), offset: offset.map(part.place))
        case .unsupported(let inner, let reason) where inner != id:
            return .unsupported(id, words(inner, reason))
        case .codecFailure(let inner, let reason) where inner != id:
            return .codecFailure(id, words(inner, reason))
        default: return error
        }
    }

    /// How large a picture says that it is, in pixels and in bits of one; what says nothing is least.
    static func rank(
        of entry: ICOEntry, in source: any ImageSource
    ) throws(ImageError) -> (Int, Int) {
        let head = try source.bytes(at: entry.range.lowerBound, count: min(26, entry.range.count))
        guard head.count == 26 else { return (0, 0) }
        if head.starts(with: pngMark) {
            func number(_ offset: Int) -> Int {
                head[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
            }
            let channelCounts: [UInt8: Int] = [2: 3, 4: 2, 6: 4]
            return (
                ImageSize(width: number(16), height: number(20)).pixelCount,
                Int(head[24]) * (channelCounts[head[25]] ?? 1)
            )
        }
        guard head.word32(at: 0) >= 40 else { return (0, 0) }
        let size = ImageSize(
            width: max(0, head.signed32(at: 4)), height: abs(head.signed32(at: 8)) / 2)
        return (size.pixelCount, head.word16(at: 14))
    }
}

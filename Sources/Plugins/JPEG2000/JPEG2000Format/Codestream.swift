internal import FormatKit

/// The main header of a codestream, and where its tile-parts lie (ISO/IEC 15444-1 annex A).
///
/// The library is asked only for pixels, after this has found that everything it will look for is
/// there, and what it will take.
struct Codestream {
    /// Where it lies in the file, up to the end of what has been found of it.
    private(set) var range: Range<Int>
    let format: FormatID
    let grid: TileGrid
    /// How components are coded, unless a tile says otherwise.
    private(set) var styles: [CodingStyle]
    /// How the components of some tiles are coded.
    private(set) var tileStyles: [Int: [CodingStyle]] = [:]
    /// Texts, in the order of the file.
    private(set) var comments: [String] = []
    /// Whether there are comments that are no text.
    private(set) var hasBinaryComment = false
    /// What there is of each tile.
    private(set) var tiles: [Tile]
    /// Whether tiles come one after the other, each in one piece.
    private(set) var isOrdered = true
    /// Whether parts of other tiles lie between those of a tile.
    private(set) var isInterleaved = false
    /// The number of tile-parts.
    private(set) var partCount = 0
    /// Whether tiles are missing, or the ends of some.
    private(set) var isCut = false
    /// Whether only the marker of the end is missing, which ``EndedSource`` adds.
    private(set) var isEndMissing = false

    /// One tile.
    struct Tile {
        var partCount = 0
        /// The number of parts that it says it has, or 0.
        var announcedPartCount = 0
        var byteCount = 0
        /// Whether a part ends behind the file.
        var isCut = false

        /// Whether there is nothing of it.
        var isMissing: Bool { partCount == 0 }
        /// Whether it has fewer parts than it says it has.
        var isIncomplete: Bool { partCount > 0 && partCount < announcedPartCount }
        /// Whether it has all parts that it says it has.
        var isWhole: Bool { !isCut && partCount > 0 && partCount == announcedPartCount }
    }

    /// SOC and SIZ, with which every codestream begins.
    static let signature: [UInt8] = [0xFF, 0x4F, 0xFF, 0x51]
    /// More markers than any header has.
    private static let markerCountLimit = 65_536
    /// The most styles that components of tiles have of their own: each is held.
    private static let tileStyleLimit = 1 << 18

    private enum Marker {
        static let size = 0xFF51
        static let style = 0xFF52
        static let componentStyle = 0xFF53
        static let comment = 0xFF64
        static let part = 0xFF90
        static let data = 0xFF93
        static let end = 0xFFD9
    }

    /// Reads the main header and walks over the tile-parts.
    ///
    /// - Parameters:
    ///   - source: The file.
    ///   - range: Where the codestream lies, and perhaps more.
    ///   - format: Named in errors.
    ///   - takesCut: Whether a missing end is no error.
    ///   - limits: Checked for comments.
    /// - Throws: ``ImageError``.
    init(
        of source: any ImageSource, in range: Range<Int>, _ format: FormatID, takesCut: Bool,
        limits: Limits
    ) throws(ImageError) {
        self.format = format
        self.range = range
        let head = try source.bytes(at: range.lowerBound, count: min(4, range.count))
        guard head == Self.signature else {
            if Self.signature.starts(with: head) {
                throw .truncated(
                    format, "a codestream of \(range.count) bytes", offset: range.upperBound)
            }
            throw .malformed(format, "no codestream", offset: range.lowerBound)
        }
        var walk = MarkerWalk(source, range.lowerBound + 2..<range.upperBound, format)
        guard let first = try walk.next(), first.code == Marker.size else {
            throw .malformed(format, "no SIZ marker", offset: range.lowerBound + 2)
        }
        grid = try TileGrid(first.content, offset: first.offset, format: format)
        tiles = Array(repeating: Tile(), count: grid.tileCount)
        styles = []
        var commentByteCount = 0
        var coded: CodingStyle?
        var exceptions: [(content: [UInt8], offset: Int)] = []
        for _ in 0..<Self.markerCountLimit {
            guard let marker = try walk.next(until: Marker.part) else { break }
            switch marker.code {
            case Marker.style: coded = try Self.style(marker, format)
            case Marker.componentStyle:
                // More of it than a style takes is not looked at.
                exceptions.append((Array(marker.content.prefix(40)), marker.offset))
            case Marker.comment:
                commentByteCount += marker.content.count
                try limits.checkMetadata(commentByteCount)
                takeComment(marker.content)
            default: break
            }
        }
        guard let coded else {
            throw .malformed(format, "no COD marker", offset: walk.offset)
        }
        styles = Array(repeating: coded, count: grid.components.count)
        for exception in exceptions {
            try replace(&styles, exception.content, exception.offset)
        }
        try walkParts(from: walk.offset, of: source)
        isCut = isCut || tiles.contains(where: \.isMissing)
        if isCut, !takesCut || tiles.allSatisfy(\.isMissing) {
            throw .truncated(format, "tiles or their end are missing", offset: source.byteCount)
        }
    }

    private static func style(
        _ marker: MarkerWalk.Marker, _ format: FormatID
    ) throws(ImageError) -> CodingStyle {
        guard let style = CodingStyle(cod: marker.content) else {
            throw .malformed(format, "a COD marker that makes no sense", offset: marker.offset)
        }
        return style
    }

    /// Takes a COC marker, which begins with the number of its component.
    private func replace(
        _ styles: inout [CodingStyle], _ content: [UInt8], _ offset: Int
    ) throws(ImageError) {
        guard let index = content.first.map(Int.init), index < styles.count,
            let style = styles[index].replacing(coc: content.dropFirst())
        else {
            throw .malformed(format, "a COC marker that makes no sense", offset: offset)
        }
        styles[index] = style
    }

    /// | offset | size | field |
    /// | --- | --- | --- |
    /// | 0 | 2 | 1: text in Latin letters |
    /// | 2 | | the comment |
    private mutating func takeComment(_ content: [UInt8]) {
        guard content.count > 2, content[0] == 0, content[1] == 1 else {
            hasBinaryComment = hasBinaryComment || content.count > 2
            return
        }
        comments.append(String(latin1: content[2...].prefix { $0 != 0 }))
    }
}

// MARK: Tile-parts

extension Codestream {
    /// Walks over the tile-parts (§A.4.2).
    ///
    /// | offset | size | field |
    /// | --- | --- | --- |
    /// | 0 | 2 | marker |
    /// | 2 | 2 | 10 |
    /// | 4 | 2 | number of the tile |
    /// | 6 | 4 | size of the tile-part, or 0 if it is the last and goes on up to the end |
    /// | 10 | 1 | number of the tile-part |
    /// | 11 | 1 | number of the tile's parts, or 0 |
    private mutating func walkParts(
        from start: Int, of source: any ImageSource
    ) throws(ImageError) {
        var offset = start
        var last = -1
        while true {
            let head = try source.bytes(at: offset, count: min(14, range.upperBound - offset))
            if head.count >= 2, head[0] == 0xFF, head[1] == UInt8(Marker.end & 0xFF) {
                range = range.lowerBound..<offset + 2
                return
            }
            guard head.count == 14 else {
                isEndMissing = offset == source.byteCount && tiles.allSatisfy(\.isWhole)
                isCut = !isEndMissing
                if isEndMissing { range = range.lowerBound..<offset + 2 }
                return
            }
            guard head.starts(with: [0xFF, 0x90, 0, 10]) else {
                throw .malformed(format, "no tile-part", offset: offset)
            }
            let index = Int(head[4]) << 8 | Int(head[5])
            guard index < tiles.count else {
                throw .malformed(
                    format, "tile \(index) of \(tiles.count)", offset: offset)
            }
            var count = head[6..<10].reduce(0) { $0 << 8 | Int($1) }
            if count == 0 { count = try lastPartByteCount(from: offset, of: source) }
            guard count >= 14 else {
                throw .malformed(format, "a tile-part of \(count) bytes", offset: offset)
            }
            let end = offset + count
            take(part: head, of: index, byteCount: count, after: last)
            if end > range.upperBound {
                tiles[index].isCut = true
                isCut = true
            }
            if head[12] != 0xFF || head[13] != UInt8(Marker.data & 0xFF) {
                try readStyles(
                    ofTile: index, from: offset + 12..<min(end, range.upperBound), source)
            }
            last = index
            offset = end
            if isCut { return }
        }
    }

    private mutating func take(part: [UInt8], of index: Int, byteCount: Int, after last: Int) {
        let isFollowing =
            index == last ? Int(part[10]) == tiles[index].partCount : index == last + 1
        isOrdered = isOrdered && isFollowing
        isInterleaved = isInterleaved || (index != last && tiles[index].partCount > 0)
        tiles[index].partCount += 1
        tiles[index].byteCount += byteCount
        if part[11] > 0 { tiles[index].announcedPartCount = Int(part[11]) }
        partCount += 1
    }

    /// The size of a tile-part that goes on up to the end, where the end is.
    private mutating func lastPartByteCount(
        from offset: Int, of source: any ImageSource
    ) throws(ImageError) -> Int {
        let end = range.upperBound - 2
        guard end - offset >= 14,
            try source.bytes(at: end, count: 2) == [0xFF, UInt8(Marker.end & 0xFF)]
        else { return max(14, range.upperBound + 1 - offset) }
        return end - offset
    }

    /// Reads the header of a tile-part.
    private mutating func readStyles(
        ofTile index: Int, from part: Range<Int>, _ source: any ImageSource
    ) throws(ImageError) {
        var walk = MarkerWalk(source, part, format)
        var styles = tileStyles[index] ?? self.styles
        do throws(ImageError) {
            for _ in 0..<Self.markerCountLimit {
                guard let marker = try walk.next(until: Marker.data) else { break }
                switch marker.code {
                case Marker.style:
                    let style = try Self.style(marker, format)
                    styles = styles.map { _ in style }
                case Marker.componentStyle:
                    try replace(&styles, marker.content, marker.offset)
                default: break
                }
            }
        } catch {
            if tiles[index].isCut { return }
            throw error
        }
        guard styles != self.styles else { return }
        tileStyles[index] = styles
        guard tileStyles.count * styles.count <= Self.tileStyleLimit else {
            throw .unsupported(
                format, "\(tileStyles.count) tiles that are coded in their own way")
        }
    }

    /// The number of tiles with fewer parts than they say they have: what the library makes of them is
    /// coarser than the picture was.
    var incompleteTileCount: Int { tiles.count(where: \.isIncomplete) }

    /// How the components of a tile are coded.
    func styles(ofTile index: Int) -> [CodingStyle] { tileStyles[index] ?? styles }

    /// How often the picture can be halved.
    var leastLevels: Int {
        let least = styles.map(\.levels).min() ?? 0
        return tileStyles.values.joined().reduce(least) { min($0, $1.levels) }
    }

    /// Whether every sample can be restored exactly, as far as coding goes.
    var isReversible: Bool {
        styles.allSatisfy(\.isReversible) && tileStyles.values.joined().allSatisfy(\.isReversible)
    }
}

/// A walk over marker segments.
struct MarkerWalk {
    /// A marker and what follows its length.
    struct Marker {
        let code: Int
        let content: [UInt8]
        let offset: Int
    }

    private let source: any ImageSource
    private let end: Int
    private let format: FormatID
    /// Where the next marker begins.
    private(set) var offset: Int

    init(_ source: any ImageSource, _ range: Range<Int>, _ format: FormatID) {
        self.source = source
        self.format = format
        offset = range.lowerBound
        end = range.upperBound
    }

    /// The next marker, or `nil` before one with a code.
    mutating func next(until last: Int? = nil) throws(ImageError) -> Marker? {
        var (head, code) = try head()
        for _ in 0..<Self.bareCountLimit where Self.bareMarkers.contains(code) {
            offset += 2
            (head, code) = try self.head()
        }
        if code == last { return nil }
        guard head[0] == 0xFF, head[1] >= 0x4F else {
            throw .malformed(format, "no marker", offset: offset)
        }
        guard head.count == 4 else { throw cutOff }
        let count = Int(head[2]) << 8 | Int(head[3])
        guard count >= 2 else {
            throw .malformed(format, "a marker segment of \(count) bytes", offset: offset)
        }
        guard offset + 2 + count <= end else { throw cutOff }
        let content = try source.bytes(at: offset + 4, count: count - 2)
        guard content.count == count - 2 else { throw cutOff }
        let marker = Marker(code: code, content: content, offset: offset)
        offset += 2 + count
        return marker
    }

    /// Markers that are reserved and have no content (§A.1.3), and more of them than any header has.
    private static let bareMarkers = 0xFF30...0xFF3F
    private static let bareCountLimit = 1024

    /// The next marker and, unless the end is near, its length.
    private func head() throws(ImageError) -> (bytes: [UInt8], code: Int) {
        let bytes = try source.bytes(at: offset, count: max(0, min(4, end - offset)))
        guard bytes.count >= 2 else { throw cutOff }
        return (bytes, Int(bytes[0]) << 8 | Int(bytes[1]))
    }

    private var cutOff: ImageError {
        .truncated(format, "the end of a header is missing", offset: min(end, source.byteCount))
    }
}

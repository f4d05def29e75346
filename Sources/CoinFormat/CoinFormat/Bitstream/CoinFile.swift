internal import FormatKit

/// A parsed `.coin` stream (§4): everything in it is valid.
///
/// `signature · HEAD · metadata boxes and unknown ancillary boxes · TILE × tiles · DONE`
struct CoinFile: Equatable, Sendable {
    /// 0xC1 (never in UTF-8), `COIN`, CR LF, LF: shows 7-bit transfer and newline conversion.
    static let signature: [UInt8] = [0xC1, 0x43, 0x4F, 0x49, 0x4E, 0x0D, 0x0A, 0x0A]

    var header: CoinHeader
    var metadata: ImageMetadata
    /// Row by row from the top left.
    var tiles: [TileWeights]
    /// The type and whole size in bytes of every box, in order; empty unless parsed.
    var boxSizes: [(type: String, byteCount: Int)] = []

    static func == (a: CoinFile, b: CoinFile) -> Bool {
        a.header == b.header && a.metadata == b.metadata && a.tiles == b.tiles
    }

    /// Creates a file.
    init(header: CoinHeader, metadata: ImageMetadata, tiles: [TileWeights]) {
        self.header = header
        self.metadata = metadata
        self.tiles = tiles
    }

    /// The bytes of the stream, the inverse of parsing.
    var serialized: [UInt8] {
        var bytes = Self.signature + Box.serialized(.header, header.serialized)
        bytes += MetadataBoxes.serialized(metadata)
        for tile in tiles {
            let descriptor = header.architectures[tile.architecture]
            bytes += Box.serialized(
                .tile, tile.serialized(descriptor, channelCount: header.channelCount))
        }
        return bytes + Box.serialized(.end, [])
    }

    /// Parses a stream; `accept` sees the header before anything that follows it.
    init<E: Error>(
        parsing bytes: [UInt8], accept: (CoinHeader) throws(E) -> Void,
        mapping map: (BitstreamError) -> E
    ) throws(E) {
        var parser = StreamParser()
        do throws(BitstreamError) {
            var reader = ByteReader(bytes.span)
            try Self.checkSignature(&reader)
            header = try parser.parseHeader(&reader)
        } catch {
            throw map(error)
        }
        try accept(header)
        do throws(BitstreamError) {
            var reader = ByteReader(bytes.span)
            try reader.skip(parser.end)
            (metadata, tiles) = try parser.parseRest(&reader, header: header)
        } catch {
            throw map(error)
        }
        boxSizes = parser.boxSizes
    }

    /// Parses a stream without limits.
    init(parsing bytes: [UInt8]) throws(BitstreamError) {
        try self.init(
            parsing: bytes, accept: { (_) throws(BitstreamError) in }, mapping: { $0 })
    }

    private static func checkSignature(_ reader: inout ByteReader) throws(BitstreamError) {
        let count = min(reader.remaining, signature.count)
        let found = try reader.readBytes(count)
        guard found != Array(signature.prefix(count)) else {
            guard count == signature.count else {
                throw .truncated(offset: 0, needed: signature.count, available: count)
            }
            return
        }
        let isSimilar = found.dropFirst().starts(with: signature[1..<5])
        throw isSimilar ? .textModeDamage : .badSignature
    }
}

/// Walks the boxes of a stream and checks their order (§4.3).
private struct StreamParser {
    var boxSizes: [(type: String, byteCount: Int)] = []
    /// Where the last parsed box ends.
    var end = CoinFile.signature.count

    mutating func nextBox(_ reader: inout ByteReader) throws(BitstreamError) -> Box {
        let box = try Box(parsing: &reader)
        end = reader.offset
        boxSizes.append((box.type.name, box.payload.count + Box.overheadByteCount))
        return box
    }

    mutating func parseHeader(_ reader: inout ByteReader) throws(BitstreamError) -> CoinHeader {
        let box = try nextBox(&reader)
        guard box.type == .header else {
            throw .misplacedBox(box: box.type.name, offset: box.offset)
        }
        return try box.parsePayload { (content) throws(BitstreamError) in
            try CoinHeader(parsing: &content)
        }
    }

    mutating func parseRest(
        _ reader: inout ByteReader, header: CoinHeader
    ) throws(BitstreamError) -> (ImageMetadata, [TileWeights]) {
        var metadata = ImageMetadata(orientation: header.orientation)
        var tiles: [TileWeights] = []
        var seen: Set<BoxType> = []
        while true {
            let box = try nextBox(&reader)
            let isMetadata = MetadataBoxes.types.contains(box.type)
            switch box.type {
            case .tile where tiles.count < header.grid.tileCount:
                tiles.append(
                    try box.parsePayload { (content) throws(BitstreamError) in
                        try TileWeights(parsing: &content, header: header)
                    })
            case .end where tiles.count == header.grid.tileCount:
                try box.parsePayload { _ in }
                guard reader.remaining == 0 else {
                    throw .trailingBytes(offset: reader.offset, count: reader.remaining)
                }
                return (metadata, tiles)
            case _ where isMetadata && tiles.isEmpty && seen.insert(box.type).inserted:
                try MetadataBoxes.parse(box, into: &metadata)
            case .header, .tile, .end, .icc, .exif, .xmp, .resolution:
                throw .misplacedBox(box: box.type.name, offset: box.offset)
            case _ where box.type.isCritical:
                throw .unknownBox(box: box.type.name, offset: box.offset)
            default: break  // An ancillary box of a later version.
            }
        }
    }
}

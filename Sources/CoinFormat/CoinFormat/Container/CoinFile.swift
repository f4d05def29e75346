internal import FormatKit

/// The boxes of a `.coin` stream (§4), in order and undamaged; what is in them is valid, but for
/// what only an ``Architecture`` understands.
///
/// `signature · HEAD · metadata boxes and unknown ancillary boxes · TILE × tiles · DONE`
struct CoinFile: Equatable, Sendable {
    /// 0xC1 (never in UTF-8), `COIN`, CR LF, LF: shows 7-bit transfer and newline conversion.
    static let signature: [UInt8] = [0xC1, 0x43, 0x4F, 0x49, 0x4E, 0x0D, 0x0A, 0x0A]

    var header: CoinHeader
    var metadata: ImageMetadata
    /// Row by row from the top left.
    var tiles: [ArchitecturePayload]
    /// The type and whole size in bytes of every box, in order; empty unless parsed.
    var boxSizes: [(type: String, byteCount: Int)] = []

    static func == (a: CoinFile, b: CoinFile) -> Bool {
        a.header == b.header && a.metadata == b.metadata && a.tiles == b.tiles
    }

    /// Creates a file.
    init(header: CoinHeader, metadata: ImageMetadata, tiles: [ArchitecturePayload]) {
        self.header = header
        self.metadata = metadata
        self.tiles = tiles
    }

    /// The bytes of the stream, the inverse of parsing.
    var serialized: [UInt8] {
        var bytes = Self.signature + Box.serialized(.header, header.serialized)
        bytes += MetadataBoxes.serialized(metadata)
        for tile in tiles { bytes += tile.box.serialized }
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

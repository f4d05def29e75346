internal import FormatKit

/// The boxes of a `.coin` stream (§4), in order and undamaged; what is in them is valid, but for
/// what only an ``Architecture`` understands.
///
/// `signature · HEAD · metadata boxes · NETS boxes · TILE × tiles`, and unknown ancillary boxes
/// before the last tile.
struct CoinFile: Equatable, Sendable {
    /// 0xC1 (never in UTF-8), `COIN`, CR LF, LF: shows 7-bit transfer and newline conversion.
    static let signature: [UInt8] = [0xC1, 0x43, 0x4F, 0x49, 0x4E, 0x0D, 0x0A, 0x0A]

    var header: CoinHeader
    var metadata: ImageMetadata
    /// What architectures share among their tiles, in the order of their indices.
    var shared: [ArchitecturePayload]
    /// Row by row from the top left.
    var tiles: [ArchitecturePayload]
    /// The type and whole size in bytes of every box, in order; empty unless parsed.
    var boxSizes: [(type: String, byteCount: Int)] = []

    static func == (a: CoinFile, b: CoinFile) -> Bool {
        a.header == b.header && a.metadata == b.metadata && a.shared == b.shared
            && a.tiles == b.tiles
    }

    /// Creates a file.
    init(
        header: CoinHeader, metadata: ImageMetadata, shared: [ArchitecturePayload] = [],
        tiles: [ArchitecturePayload]
    ) {
        self.shared = shared
        self.header = header
        self.metadata = metadata
        self.tiles = tiles
    }

    /// The bytes of the stream, the inverse of parsing.
    var serialized: [UInt8] {
        var bytes = Self.signature + Box.serialized(.header, header.serialized)
        bytes += MetadataBoxes.serialized(metadata)
        for payload in shared + tiles { bytes += payload.box.serialized }
        return bytes
    }

    /// Parses a stream; `accept` sees the header, and the memory that the boxes will take, before
    /// anything that follows it.
    init<E: Error>(
        parsing bytes: [UInt8], accept: (CoinHeader, _ byteCount: Int) throws(E) -> Void,
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
        try accept(header, StreamParser.heldByteCount(of: bytes.span))
        do throws(BitstreamError) {
            var reader = ByteReader(bytes.span)
            try reader.skip(parser.end)
            let content = try parser.parseRest(&reader, header: header)
            (metadata, shared, tiles) = (content.metadata, content.shared, content.tiles)
        } catch {
            throw map(error)
        }
        boxSizes = parser.boxSizes
    }

    /// Parses a stream without limits.
    init(parsing bytes: [UInt8]) throws(BitstreamError) {
        try self.init(
            parsing: bytes, accept: { (_, _) throws(BitstreamError) in }, mapping: { $0 })
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

extension CoinFile {
    /// What an architecture shares among its tiles.
    ///
    /// - Throws: ``BitstreamError/misplacedBox(box:offset:)`` for the first tile if it is missing.
    func sharedPayload(of architecture: Int) throws(BitstreamError) -> ArchitecturePayload {
        if let payload = shared.first(where: { $0.architecture == architecture }) {
            return payload
        }
        throw .misplacedBox(box: BoxType.tile.name, offset: tiles.first?.box.offset ?? 0)
    }

    /// Accepts a file whose tiles share nothing.
    func refuseShared() throws(BitstreamError) {
        if let payload = shared.first {
            throw .misplacedBox(box: payload.box.type.name, offset: payload.box.offset)
        }
    }
}

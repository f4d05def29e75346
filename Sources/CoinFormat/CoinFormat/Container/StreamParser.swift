internal import FormatKit

/// Walks the boxes of a stream and checks their order (§4.3).
struct StreamParser {
    var boxSizes: [(type: String, byteCount: Int)] = []
    /// Where the last parsed box ends.
    var end = CoinFile.signature.count

    /// The most memory that the boxes of a stream take once they are parsed, in bytes: their payloads,
    /// and what is kept of each, in arrays that grow.
    ///
    /// Lengths alone are looked at, up to the first that makes no sense.
    static func heldByteCount(of bytes: Span<UInt8>) -> Int {
        var reader = ByteReader(bytes)
        var count = 0
        do throws(BitstreamError) {
            try reader.skip(CoinFile.signature.count)
            while reader.remaining > 0 {
                try reader.skip(try reader.readVarint("the length of a box") + 8)
                count += 1
            }
        } catch {
            // Parsing says what is wrong.
            count += 1
        }
        return bytes.count + count * byteCountPerBox
    }

    /// A payload with its array's own bytes, its place among the tiles, its name and size.
    private static let byteCountPerBox =
        64 + 2 * (MemoryLayout<ArchitecturePayload>.stride + MemoryLayout<(String, Int)>.stride)

    mutating func nextBox(_ reader: inout ByteReader) throws(BitstreamError) -> Box {
        let box = try Box(parsing: &reader)
        end = reader.offset
        boxSizes.append((box.type.name, box.byteCount))
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

    /// What follows the header.
    struct Content {
        var metadata: ImageMetadata
        var shared: [ArchitecturePayload] = []
        var tiles: [ArchitecturePayload] = []
    }

    /// Parses boxes up to the last tile, after which nothing may follow.
    mutating func parseRest(
        _ reader: inout ByteReader, header: CoinHeader
    ) throws(BitstreamError) -> Content {
        var content = Content(metadata: ImageMetadata(orientation: header.orientation))
        var seen: Set<BoxType> = []
        while content.tiles.count < header.grid.tileCount {
            let box = try nextBox(&reader)
            let isMetadata = MetadataBoxes.types.contains(box.type)
            let isBeforeNetworks = content.shared.isEmpty && content.tiles.isEmpty
            switch box.type {
            case .tile: content.tiles.append(try payload(box, header))
            case .networks where content.tiles.isEmpty:
                let payload = try payload(box, header)
                guard payload.architecture > content.shared.last?.architecture ?? -1 else {
                    throw .misplacedBox(box: box.type.name, offset: box.offset)
                }
                content.shared.append(payload)
            case _ where isMetadata && isBeforeNetworks && seen.insert(box.type).inserted:
                try MetadataBoxes.parse(box, into: &content.metadata)
            case .header, .networks, .icc, .exif, .xmp, .resolution:
                throw .misplacedBox(box: box.type.name, offset: box.offset)
            case _ where box.type.isCritical:
                throw .unknownBox(box: box.type.name, offset: box.offset)
            default: break  // An ancillary box of a later version.
            }
        }
        guard reader.remaining == 0 else {
            throw .trailingBytes(offset: reader.offset, count: reader.remaining)
        }
        return content
    }

    private func payload(
        _ box: Box, _ header: CoinHeader
    ) throws(BitstreamError) -> ArchitecturePayload {
        try ArchitecturePayload(box, architectureCount: header.architectures.count)
    }
}

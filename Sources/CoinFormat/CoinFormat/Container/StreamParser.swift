internal import FormatKit

/// Walks the boxes of a stream and checks their order (§4.3).
struct StreamParser {
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
    ) throws(BitstreamError) -> (ImageMetadata, [ArchitecturePayload]) {
        var metadata = ImageMetadata(orientation: header.orientation)
        var tiles: [ArchitecturePayload] = []
        var seen: Set<BoxType> = []
        while true {
            let box = try nextBox(&reader)
            let isMetadata = MetadataBoxes.types.contains(box.type)
            switch box.type {
            case .tile where tiles.count < header.grid.tileCount:
                tiles.append(
                    try ArchitecturePayload(
                        box, architectureCount: header.architectures.count))
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

internal import MetadataBlocks

/// What GDAL has computed of a picture's samples and keeps among its metadata: items called
/// `STATISTICS_MAXIMUM`, `STATISTICS_MEAN` and so on (GDAL, GTiff driver, `GDAL_METADATA`).
enum GeoStatistics {
    private static let metadataTag = 42112

    /// The GeoTIFF tags without statistics, for samples that are no longer the same; `nil` where nothing
    /// else is left.
    static func removed(from geotiff: [UInt8]) -> Changed<[UInt8]?> {
        guard var block = TIFFBlock(geotiff), var directory = block.first,
            block.isWhole(directory), let entry = block.entry(metadataTag, in: directory),
            let range = block.values(of: entry)
        else { return Changed(value: geotiff) }
        let text = Array(block.bytes[range])
        let rest = removingItems(from: text)
        guard rest.count < text.count else { return Changed(value: geotiff) }
        if rest.firstRange(of: Array("<Item".utf8)) == nil {
            block.remove([metadataTag], from: &directory)
        } else {
            block.set(
                metadataTag, .init(type: entry.type, count: rest.count, bytes: rest),
                in: &directory)
        }
        return Changed(
            value: directory.count > 0 ? block.bytes : nil,
            losses: [
                .part(of: .geotiff, "GDAL's statistics of the samples are left out: they change")
            ])
    }

    /// The text without elements `<Item name="STATISTICS_…">…</Item>`.
    private static func removingItems(from text: [UInt8]) -> [UInt8] {
        let (start, end) = (Array("<Item".utf8), Array("</Item>".utf8))
        let name = Array("name=\"STATISTICS_".utf8)
        var kept: [UInt8] = []
        var rest = text[...]
        while let found = rest.firstRange(of: start) {
            let item = rest[found.lowerBound...]
            guard let close = item.firstRange(of: end), let head = item.firstIndex(of: 0x3E)
            else { break }
            let isStatistic = item[..<head].firstRange(of: name) != nil
            kept += rest[..<(isStatistic ? found.lowerBound : close.upperBound)]
            rest = rest[close.upperBound...]
        }
        return kept + rest
    }
}

internal import FormatKit

/// The chunks that carry an image's metadata, but for the color profile.
struct PNGMetadataChunks {
    private(set) var chunks: [(type: PNGChunkType, content: [UInt8])] = []
    private(set) var warnings: [String] = []

    init(_ metadata: ImageMetadata) {
        if let resolution = metadata.resolution {
            if let content = Self.density(resolution) {
                chunks.append((.density, content))
            } else {
                warnings.append(
                    "the resolution \(resolution.horizontal)x\(resolution.vertical) does not fit "
                        + "into a pHYs chunk and is left out")
            }
        }
        if let exif = metadata.exifCarryingOrientation { chunks.append((.exif, exif)) }
        if let xmp = metadata.xmp {
            // Not compressed, no language, no translated keyword (XMP part 3, §1.1.5).
            let head = Array(PNGText.xmpKeyword.utf8) + [0, 0, 0, 0, 0]
            chunks.append((.internationalText, head + xmp))
        }
    }

    /// The content of pHYs, or `nil` if the numbers are out of its range.
    private static func density(_ resolution: Resolution) -> [UInt8]? {
        var (x, y) = (resolution.horizontal, resolution.vertical)
        if let meter = resolution.pixelsPerMeter {
            (x, y) = meter
        } else if x != x.rounded() || y != y.rounded() {
            // Only the ratio counts, and whole numbers keep it better when they are large.
            (x, y) = (x * 10_000, y * 10_000)
        }
        let range = 1...Double(Int32.max)
        guard range.contains(x.rounded()), range.contains(y.rounded()) else { return nil }
        return UInt32(x.rounded()).bigEndianBytes + UInt32(y.rounded()).bigEndianBytes
            + [resolution.unit == .none ? 0 : 1]
    }
}

internal import FormatKit

/// The chunks that carry an image's metadata, but for the color profile.
struct PNGMetadataChunks {
    typealias Chunk = (type: PNGChunkType, content: [UInt8])

    /// Those that come before the palette.
    private(set) var early: [Chunk] = []
    /// Those that come after it.
    private(set) var late: [Chunk] = []
    /// What does not fit into chunks.
    private(set) var losses: [Loss] = []

    /// - Parameters:
    ///   - metadata: What to carry.
    ///   - channelCount: The number of channels that sBIT describes.
    ///   - bitDepth: The most bits that a channel can have.
    ///   - palette: The content of PLTE, empty if there is none.
    init(_ metadata: ImageMetadata, channelCount: Int, bitDepth: Int, palette: [UInt8]) {
        let colors = PNGColorChunks.chunks(metadata)
        early = colors.chunks
        losses = colors.misfits.map(Loss.metadata)
        if let bits = metadata.significantBits, bits.count >= channelCount {
            let content = bits.prefix(channelCount).map { UInt8(min(max($0, 1), bitDepth)) }
            early.append((.significantBits, content))
        }
        if let color = metadata.background {
            let content = Self.background(
                color, palette: palette, isGray: channelCount < 3, bitDepth: bitDepth)
            if let content {
                late.append((.background, content))
            } else {
                losses.append(
                    .part(
                        of: .background,
                        "the background is none of the picture's colors and is left out"))
            }
        }
        for block in metadata.blocks {
            addBlock(block, palette, isColor: palette.isEmpty && channelCount > 2)
        }
        addResolution(metadata.resolution)
        if let exif = metadata.exifCarryingOrientation { late.append((.exif, exif)) }
        if let xmp = metadata.xmp {
            // Not compressed, no language, no translated keyword (XMP part 3, §1.1.5).
            let head = Array(PNGText.xmpKeyword.utf8) + [0, 0, 0, 0, 0]
            late.append((.internationalText, head + xmp))
        }
        losses += Loss.texts(metadata.texts.filter { !addText($0) })
        if let time = metadata.modificationTime {
            let rest = [time.month, time.day, time.hour, time.minute, time.second]
            late.append((.time, UInt16(time.year).bigEndianBytes + rest.map { UInt8($0) }))
        }
    }

    /// Adds a block to a file whose pixels are, or are not, colors of no palette.
    private mutating func addBlock(_ block: FormatBlock, _ palette: [UInt8], isColor: Bool) {
        let types: [PNGChunkType] = [.histogram, .suggestedPalette, .palette, .offset, .stereo]
        guard block.format == .png, let type = PNGChunkType(named: block.name),
            types.contains(type) || type.isUnknownButSafeToCopy,
            type != .histogram || block.bytes.count * 3 == palette.count * 2,
            type != .palette || isColor
        else {
            losses.append(
                .part(
                    of: .formatBlocks,
                    "the \(block.name) chunk does not hold for the output and is left out"))
            return
        }
        if type == .palette {
            early.append((type, block.bytes))
        } else {
            late.append((type, block.bytes))
        }
    }

    private mutating func addResolution(_ resolution: Resolution?) {
        guard let resolution else { return }
        if let content = Self.density(resolution) {
            late.append((.density, content))
        } else {
            losses.append(.metadata(.resolution))
        }
    }

    /// Adds a text; `false` if it has no place.
    private mutating func addText(_ text: TextEntry) -> Bool {
        guard PNGText.purpose(of: text.keyword) == nil, let chunk = PNGText.chunk(for: text) else {
            return false
        }
        late.append(chunk)
        return true
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

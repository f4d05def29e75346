internal import FormatKit

/// Chunks that are carried from PNG to PNG: the background, which has a meaning for other formats,
/// too, and what only PNG has a place for.
extension PNGDescription {
    /// Puts what the file has of these into `metadata`; returns what makes no sense and is lost.
    func take(
        _ ancillary: PNGAncillary, of size: ImageSize, into metadata: inout ImageMetadata
    ) -> [Loss] {
        var malformed: [PNGChunkType] = []
        if let content = ancillary.background {
            metadata.background = background(content)
            if metadata.background == nil { malformed.append(.background) }
        }
        let suggestion = suggestedColors.map { [(type: PNGChunkType.palette, content: $0)] } ?? []
        for chunk in suggestion + ancillary.blocks {
            if let block = block(chunk, size: size) {
                metadata.blocks.append(block)
            } else {
                malformed.append(chunk.type)
            }
        }
        return malformed.map { .part(of: $0.kind, "the \($0) chunk is malformed and ignored") }
    }

    /// The color that a bKGD chunk names, or `nil` if it makes no sense.
    ///
    /// | color type | content |
    /// | --- | --- |
    /// | gray | a sample, 16 bits |
    /// | RGB | three samples, 16 bits each |
    /// | palette | an index, 8 bits |
    func background(_ content: [UInt8]) -> BackgroundColor? {
        if colorType == 3 {
            guard content.count == 1, let colors = palette?.colors,
                Int(content[0]) < colors.count
            else { return nil }
            let color = colors[Int(content[0])]
            return .rgb(
                UInt16(color.red) * 257, UInt16(color.green) * 257, UInt16(color.blue) * 257)
        }
        let isGray = colorType == 0 || colorType == 4
        guard content.count == (isGray ? 2 : 6) else { return nil }
        let full = 1 << bitDepth - 1
        let samples = stride(from: 0, to: content.count, by: 2).map {
            Int(content[$0]) << 8 | Int(content[$0 + 1])
        }
        guard samples.allSatisfy({ $0 <= full }) else { return nil }
        let values = samples.map { UInt16(($0 * 65_535 + full / 2) / full) }
        return isGray ? .gray(values[0]) : .rgb(values[0], values[1], values[2])
    }

    /// A chunk as the model carries it, or `nil` if it makes no sense.
    func block(_ chunk: PNGMetadataChunks.Chunk, size: ImageSize) -> FormatBlock? {
        let (type, content) = chunk
        let isSound =
            switch type {
            case _ where type.isUnknownButSafeToCopy: true
            // A number for each color of the palette.
            case .histogram: content.count == 2 * (palette?.colors.count ?? 0) && !content.isEmpty
            case .palette: content.count.isMultiple(of: 3)
            // A horizontal and a vertical position, and their unit.
            case .offset: content.count == 9 && content[8] <= 1
            // Which eye sees which half.
            case .stereo: content.count == 1 && content[0] <= 1
            default: Self.isSuggestedPalette(content)
            }
        guard isSound else { return nil }
        let isColor = [.histogram, .suggestedPalette, .palette].contains(type)
        return FormatBlock(
            .png, "\(type)", content, dependsOnSamples: isColor,
            size: [.histogram, .offset, .stereo].contains(type) ? size : nil)
    }

    /// A name, 0, the number of bits, and colors with how often they occur.
    private static func isSuggestedPalette(_ content: [UInt8]) -> Bool {
        guard let end = content.firstIndex(of: 0), (1...PNGText.keywordLimit).contains(end),
            end + 1 < content.count
        else { return false }
        let rest = content.count - end - 2
        switch content[end + 1] {
        case 8: return rest.isMultiple(of: 6)
        case 16: return rest.isMultiple(of: 10)
        default: return false
        }
    }
}

extension PNGMetadataChunks {
    /// The content of bKGD, or `nil` if the file has no place for such a color.
    ///
    /// - Parameters:
    ///   - color: The color.
    ///   - palette: The content of PLTE, empty if there is none.
    ///   - isGray: Whether pixels are gray.
    ///   - bitDepth: The number of bits of a sample.
    /// - Returns: The content.
    static func background(
        _ color: BackgroundColor, palette: [UInt8], isGray: Bool, bitDepth: Int
    ) -> [UInt8]? {
        if !palette.isEmpty {
            let wanted = color.channels.map { UInt8($0 >> 8) }
            return (0..<palette.count / 3).first {
                palette[(3 * $0)..<(3 * $0 + 3)].elementsEqual(wanted)
            }.map { [UInt8($0)] }
        }
        guard (color.channels.count == 1) == isGray else { return nil }
        let full = 1 << bitDepth - 1
        return color.channels.flatMap {
            UInt16((Int($0) * full + 32_767) / 65_535).bigEndianBytes
        }
    }
}

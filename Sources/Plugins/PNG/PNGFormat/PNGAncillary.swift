internal import FormatKit
internal import MetadataBlocks

/// What the chunks of a file say beside the pixels.
///
/// Chunks of a fixed form are parsed here, wherever they lie; what is compressed is left to libpng.
struct PNGAncillary {
    /// All but the profile and the number of significant bits.
    private var metadata = ImageMetadata()
    /// The content of sBIT.
    private(set) var significantBits: [UInt8]?
    /// The content of bKGD.
    private(set) var background: [UInt8]?
    /// The chunks that are carried as they are, if ``PNGDescription`` has nothing against it.
    private(set) var blocks: [PNGMetadataChunks.Chunk] = []
    /// The content of acTL.
    private(set) var animation: [UInt8]?
    /// Of texts and of suggested palettes, of which there may be any number.
    private var repeatedByteCount = 0
    /// The types of chunks that are neither carried nor otherwise reported.
    private(set) var ignoredTypes: [PNGChunkType] = []
    /// What libpng shall read: the color profile and compressed metadata.
    private(set) var compressed: [PNGChunk] = []
    /// What is damaged, and therefore left out.
    private(set) var damage: [Loss] = []

    private var seenPurposes: Set<PNGText.Purpose> = []
    private var rawExif: [UInt8]?
    /// The compressed texts that libpng has not delivered yet.
    private var awaitedTexts: [(type: PNGChunkType, keyword: String)] = []
    /// The first chunk of each type of which there is one.
    private var firstChunks: [PNGChunkType: PNGChunk] = [:]
    private var repeatedTypes: Set<PNGChunkType> = []

    init(
        of source: any ImageSource, structure: PNGStructure, limits: Limits
    ) throws(ImageError) {
        for chunk in structure.chunks where !chunk.type.affectsPixels {
            if [.frameControl, .framePixels].contains(chunk.type) { continue }
            if chunk.type.isText {
                try addText(chunk, source, limits)
            } else if chunk.type == .suggestedPalette || isCopied(chunk, of: structure) {
                repeatedByteCount += chunk.contentByteCount
                try limits.checkMetadata(repeatedByteCount)
                try addBlock(chunk, source, limits)
            } else if let first = firstChunks[chunk.type] {
                try addRepeated(chunk, after: first, source, limits)
            } else {
                firstChunks[chunk.type] = chunk
                try add(chunk, source, isLate: structure.isLate(chunk), limits)
            }
        }
    }

    /// Whether a chunk is carried as it is without knowing it.
    ///
    /// Where it lies must not change, and ours are written before the pixels.
    private func isCopied(_ chunk: PNGChunk, of structure: PNGStructure) -> Bool {
        chunk.type.isUnknownButSafeToCopy && !structure.isLate(chunk)
    }

    private mutating func add(
        _ chunk: PNGChunk, _ source: any ImageSource, isLate: Bool, _ limits: Limits
    ) throws(ImageError) {
        switch chunk.type {
        case .profile where isLate:
            lose(chunk.type, "the iCCP chunk follows the pixels and is ignored")
        case .profile:
            if try content(of: chunk, source, limits) != nil { compressed.append(chunk) }
        case .exif:
            metadata.exif = try content(of: chunk, source, limits).map(
                ExifBlock.removingPrefix)
        case .density:
            guard let content = try fixedContent(of: chunk, source, limits, 9) else { return }
            metadata.resolution = Self.resolution(content)
            // Zeros say nothing, as no chunk does.
            let saysSomething = content.prefix(8).contains { $0 != 0 }
            if metadata.resolution == nil, saysSomething { warnAboutNonsense(chunk) }
        case .significantBits: significantBits = try content(of: chunk, source, limits)
        case .background: background = try content(of: chunk, source, limits)
        case .histogram, .offset, .stereo: try addBlock(chunk, source, limits)
        case .time:
            guard let content = try fixedContent(of: chunk, source, limits, 7) else { return }
            metadata.modificationTime = Self.time(content)
            if metadata.modificationTime == nil { warnAboutNonsense(chunk) }
        case .animation where !isLate:
            animation = try fixedContent(of: chunk, source, limits, 8)
        default: try addColor(chunk, source, limits)
        }
    }

    /// Misses what a further chunk of a type says of which there is one, unless it is the same.
    private mutating func addRepeated(
        _ chunk: PNGChunk, after first: PNGChunk, _ source: any ImageSource, _ limits: Limits
    ) throws(ImageError) {
        guard !ignoredTypes.contains(chunk.type), !repeatedTypes.contains(chunk.type) else {
            return
        }
        if chunk.contentByteCount == first.contentByteCount {
            try limits.checkMetadata(chunk.contentByteCount)
            let contents = (
                try chunk.content(in: source, limits), try first.content(in: source, limits)
            )
            if contents.0 == contents.1 { return }
        }
        repeatedTypes.insert(chunk.type)
        lose(chunk.type, "more than one \(chunk.type) chunk: only the first is read")
    }

    private mutating func addBlock(
        _ chunk: PNGChunk, _ source: any ImageSource, _ limits: Limits
    ) throws(ImageError) {
        guard let content = try content(of: chunk, source, limits) else { return }
        blocks.append((chunk.type, content))
    }

    private mutating func addColor(
        _ chunk: PNGChunk, _ source: any ImageSource, _ limits: Limits
    ) throws(ImageError) {
        guard let byteCount = PNGColorChunks.byteCount(of: chunk.type) else {
            ignoredTypes.append(chunk.type)
            return
        }
        guard let content = try fixedContent(of: chunk, source, limits, byteCount) else { return }
        if !PNGColorChunks.read(chunk.type, content, into: &metadata) { warnAboutNonsense(chunk) }
    }

    mutating func warnAboutNonsense(_ chunk: PNGChunk) {
        lose(
            chunk.type, "the \(chunk.type) chunk is malformed and ignored (offset \(chunk.offset))")
    }

    private mutating func lose(_ type: PNGChunkType, _ words: String) {
        damage.append(.part(of: type.kind, words))
    }

    private mutating func addText(
        _ chunk: PNGChunk, _ source: any ImageSource, _ limits: Limits
    ) throws(ImageError) {
        let head = try source.bytes(
            at: chunk.contentOffset, count: min(chunk.contentByteCount, PNGText.keywordLimit + 2))
        let keyword = PNGText.keyword(head)
        if let purpose = PNGText.purpose(of: keyword), !seenPurposes.insert(purpose).inserted {
            lose(chunk.type, "more than one text \"\(keyword)\": only the first is read")
            return
        }
        repeatedByteCount += chunk.contentByteCount
        try limits.checkMetadata(repeatedByteCount)
        guard let content = try content(of: chunk, source, limits) else { return }
        if PNGText.isCompressed(head, of: chunk.type) {
            compressed.append(chunk)
            awaitedTexts.append((chunk.type, keyword))
        } else {
            guard let text = PNGText(parsing: content, of: chunk.type) else {
                lose(
                    chunk.type, "the \(chunk.type) chunk \"\(keyword)\" is malformed and ignored")
                return
            }
            take(text)
        }
    }

    /// Takes the texts that libpng has decompressed; those that it could not are lost.
    mutating func take(decompressed texts: [PNGText]) {
        for text in texts {
            let index = awaitedTexts.firstIndex { $0.keyword == text.keyword }
            if let index { awaitedTexts.remove(at: index) }
            take(text)
        }
        for (type, keyword) in awaitedTexts {
            let words = "the \(type) chunk \"\(keyword)\" is malformed and ignored"
            let isXMP = PNGText.purpose(of: keyword) == .xmp
            damage.append(.part(of: isXMP ? .xmp : .texts, words))
        }
        awaitedTexts = []
    }

    /// Takes a text that is metadata.
    mutating func take(_ text: PNGText) {
        switch PNGText.purpose(of: text.keyword) {
        case .xmp: metadata.xmp = text.bytes
        case nil:
            guard let entry = text.entry else {
                let words = "the text \"\(text.keyword)\" is not UTF-8 and is left out"
                lose(.internationalText, words)
                return
            }
            metadata.texts.append(entry)
        case .rawExif, .rawXMP:
            guard let profile = text.rawProfile else {
                lose(.text, "the text \"\(text.keyword)\" is malformed and ignored")
                return
            }
            takeRawProfile(profile, isXMP: text.keyword.hasSuffix("xmp"))
        }
    }

    /// Takes a profile of the old form, which yields to one of the standard's.
    private mutating func takeRawProfile(_ profile: [UInt8], isXMP: Bool) {
        let xmpPrefix = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
        if profile.starts(with: xmpPrefix) {
            metadata.xmp = metadata.xmp ?? Array(profile.dropFirst(xmpPrefix.count))
        } else if isXMP {
            metadata.xmp = metadata.xmp ?? profile
        } else {
            rawExif = ExifBlock.removingPrefix(from: profile)
        }
    }

    /// What is carried of all this, with the profile that libpng has read.
    func metadata(icc: [UInt8]?) -> ImageMetadata {
        var metadata = metadata
        metadata.icc = icc
        metadata.exif = metadata.exif ?? rawExif
        metadata.orientation = metadata.exif.flatMap(ExifOrientation.read) ?? .up
        metadata.adoptExifResolution()
        return metadata
    }

    /// | offset | size | field |
    /// | --- | --- | --- |
    /// | 0 | 2 | year |
    /// | 2 | 5 | month, day, hour, minute, second |
    private static func time(_ content: [UInt8]) -> ModificationTime? {
        let numbers = content.map(Int.init)
        return ModificationTime(
            year: numbers[0] << 8 | numbers[1], month: numbers[2], day: numbers[3],
            hour: numbers[4], minute: numbers[5], second: numbers[6])
    }

    /// The content of a chunk that must have a certain size.
    private mutating func fixedContent(
        of chunk: PNGChunk, _ source: any ImageSource, _ limits: Limits, _ byteCount: Int
    ) throws(ImageError) -> [UInt8]? {
        guard chunk.contentByteCount == byteCount else {
            lose(
                chunk.type,
                "the \(chunk.type) chunk has \(chunk.contentByteCount) bytes, expected "
                    + "\(byteCount), and is ignored")
            return nil
        }
        return try content(of: chunk, source, limits)
    }

    /// The content of a chunk, or `nil` if its check value is wrong, which is a loss.
    private mutating func content(
        of chunk: PNGChunk, _ source: any ImageSource, _ limits: Limits
    ) throws(ImageError) -> [UInt8]? {
        try limits.checkMetadata(chunk.contentByteCount)
        let content = try chunk.content(in: source, limits)
        if content == nil {
            lose(
                chunk.type,
                "the \(chunk.type) chunk has a wrong CRC and is ignored (offset \(chunk.offset))")
        }
        return content
    }

    /// | offset | size | field |
    /// | --- | --- | --- |
    /// | 0 | 4 | pixels per unit along a row |
    /// | 4 | 4 | pixels per unit along a column |
    /// | 8 | 1 | unit: 0 unknown, 1 meter |
    private static func resolution(_ content: [UInt8]) -> Resolution? {
        let (x, y) = (Double(content.bigEndian32()), Double(content.bigEndian32(at: 4)))
        guard x > 0, y > 0, content[8] <= 1 else { return nil }
        if content[8] == 1 {
            return Resolution(horizontal: x / 100, vertical: y / 100, unit: .centimeter)
        }
        return Resolution(horizontal: x, vertical: y, unit: .none)
    }
}

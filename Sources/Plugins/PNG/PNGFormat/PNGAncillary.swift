internal import FormatKit

/// What the chunks of a file say beside the pixels.
///
/// Chunks of a fixed form are parsed here, wherever they lie; what is compressed is left to libpng.
struct PNGAncillary {
    private(set) var exif: [UInt8]?
    private(set) var xmp: [UInt8]?
    private(set) var resolution: Resolution?
    private(set) var color = PNGColorChunks()
    private(set) var animationFrameCount: Int?
    /// The keywords of texts that are not carried.
    private(set) var remarks: [String] = []
    /// The types of chunks that are neither carried nor otherwise reported.
    private(set) var ignoredTypes: [PNGChunkType] = []
    /// What libpng shall read: the color profile and compressed metadata.
    private(set) var compressed: [PNGChunk] = []
    private(set) var warnings: [String] = []

    private var seenTypes: Set<PNGChunkType> = []
    private var seenPurposes: Set<PNGText.Purpose> = []
    private var rawExif: [UInt8]?

    init(
        of source: any ImageSource, structure: PNGStructure, limits: Limits
    ) throws(ImageError) {
        for chunk in structure.chunks where !chunk.type.affectsPixels {
            if chunk.type.isText {
                try addText(chunk, source, limits)
            } else if seenTypes.insert(chunk.type).inserted {
                try add(chunk, source, isLate: structure.isLate(chunk), limits)
            }
        }
    }

    private mutating func add(
        _ chunk: PNGChunk, _ source: any ImageSource, isLate: Bool, _ limits: Limits
    ) throws(ImageError) {
        switch chunk.type {
        case .profile where isLate:
            warnings.append("the iCCP chunk follows the pixels and is ignored")
        case .profile:
            if try content(of: chunk, source, limits) != nil { compressed.append(chunk) }
        case .exif:
            exif = try content(of: chunk, source, limits).map(Self.withoutPrefix)
        case .density:
            resolution = try fixedContent(of: chunk, source, limits, 9).flatMap(Self.resolution)
        case .gamma: color.gamma = try fixedContent(of: chunk, source, limits, 4)
        case .chromaticities: color.chromaticities = try fixedContent(of: chunk, source, limits, 32)
        case .standardRGB: color.renderingIntent = try fixedContent(of: chunk, source, limits, 1)
        case .codingIndependentColor: color.cicp = try fixedContent(of: chunk, source, limits, 4)
        case .animation:
            animationFrameCount = try fixedContent(of: chunk, source, limits, 8).map {
                Int($0.bigEndian32())
            }
        default: ignoredTypes.append(chunk.type)
        }
    }

    private mutating func addText(
        _ chunk: PNGChunk, _ source: any ImageSource, _ limits: Limits
    ) throws(ImageError) {
        let head = try source.bytes(
            at: chunk.contentOffset, count: min(chunk.contentByteCount, PNGText.keywordLimit + 2))
        let keyword = PNGText.keyword(head)
        guard let purpose = PNGText.purpose(of: keyword) else {
            // A bound for memory, not for files: nobody reads more.
            if remarks.count < 64 { remarks.append(keyword) }
            return
        }
        guard seenPurposes.insert(purpose).inserted else {
            warnings.append("more than one text \"\(keyword)\": only the first is read")
            return
        }
        guard let content = try content(of: chunk, source, limits) else { return }
        if PNGText.isCompressed(head, of: chunk.type) {
            compressed.append(chunk)
        } else {
            guard let text = PNGText(parsing: content, of: chunk.type) else {
                warnings.append("the \(chunk.type) chunk \"\(keyword)\" is malformed and ignored")
                return
            }
            take(text)
        }
    }

    /// Takes a text that is metadata.
    mutating func take(_ text: PNGText) {
        switch PNGText.purpose(of: text.keyword) {
        case .xmp: xmp = text.bytes
        case nil: break
        case .rawExif, .rawXMP:
            guard let profile = text.rawProfile else {
                warnings.append("the text \"\(text.keyword)\" is malformed and ignored")
                return
            }
            takeRawProfile(profile, isXMP: text.keyword.hasSuffix("xmp"))
        }
    }

    /// Takes a profile of the old form, which yields to one of the standard's.
    private mutating func takeRawProfile(_ profile: [UInt8], isXMP: Bool) {
        let xmpPrefix = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
        if profile.starts(with: xmpPrefix) {
            xmp = xmp ?? Array(profile.dropFirst(xmpPrefix.count))
        } else if isXMP {
            xmp = xmp ?? profile
        } else {
            rawExif = Self.withoutPrefix(profile)
        }
    }

    /// What is carried of all this, with the profile that libpng has read.
    func metadata(icc: [UInt8]?) -> ImageMetadata {
        let exif = exif ?? rawExif
        return ImageMetadata(
            icc: icc, exif: exif, xmp: xmp, resolution: resolution,
            orientation: exif.flatMap(ExifOrientation.read) ?? .up)
    }

    /// The content of a chunk that must have a certain size.
    private mutating func fixedContent(
        of chunk: PNGChunk, _ source: any ImageSource, _ limits: Limits, _ byteCount: Int
    ) throws(ImageError) -> [UInt8]? {
        guard chunk.contentByteCount == byteCount else {
            warnings.append(
                "the \(chunk.type) chunk has \(chunk.contentByteCount) bytes, expected "
                    + "\(byteCount), and is ignored")
            return nil
        }
        return try content(of: chunk, source, limits)
    }

    /// The content of a chunk, or `nil` with a warning if its check value is wrong.
    private mutating func content(
        of chunk: PNGChunk, _ source: any ImageSource, _ limits: Limits
    ) throws(ImageError) -> [UInt8]? {
        try limits.checkMetadata(chunk.contentByteCount)
        let bytes = try source.bytes(at: chunk.offset + 4, count: chunk.contentByteCount + 8)
        guard bytes.count == chunk.contentByteCount + 8 else {
            throw .truncated(.png, "the file ends inside chunk \(chunk.type)", offset: chunk.offset)
        }
        var check = CRC32()
        check.update(bytes.dropLast(4))
        guard check.value == bytes.suffix(4).bigEndian32() else {
            warnings.append(
                "the \(chunk.type) chunk has a wrong CRC and is ignored (offset \(chunk.offset))")
            return nil
        }
        return Array(bytes.dropFirst(4).dropLast(4))
    }

    /// An Exif block without the prefix that belongs to JPEG and that some writers leave on.
    private static func withoutPrefix(_ exif: [UInt8]) -> [UInt8] {
        let prefix: [UInt8] = [0x45, 0x78, 0x69, 0x66, 0, 0]
        return exif.starts(with: prefix) ? Array(exif.dropFirst(prefix.count)) : exif
    }

    /// | offset | size | field |
    /// | --- | --- | --- |
    /// | 0 | 4 | pixels per unit along a row |
    /// | 4 | 4 | pixels per unit along a column |
    /// | 8 | 1 | unit: 0 unknown, 1 meter |
    private static func resolution(_ content: [UInt8]) -> Resolution? {
        let (x, y) = (Double(content.bigEndian32()), Double(content.bigEndian32(at: 4)))
        guard x > 0, y > 0 else { return nil }
        if content[8] == 1 {
            return Resolution(horizontal: x / 100, vertical: y / 100, unit: .centimeter)
        }
        return Resolution(horizontal: x, vertical: y, unit: .none)
    }
}

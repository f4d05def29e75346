internal import FormatKit

/// What precedes the codestream in a file (ISO/IEC 15444-1 annex I).
struct JP2FileHead {
    private(set) var bytes: [UInt8] = []
    /// Where the bits of a sample are told, less 1.
    private(set) var depthOffset = 0

    init(_ header: ImageHeader, depth: Int) {
        let isExtended = header.layout.model == .cmyk
        add("jP  ", [0x0D, 0x0A, 0x87, 0x0A])
        // Other colors than these are an extension (ISO/IEC 15444-2).
        let brands = isExtended ? ["jpx ", "jpx ", "jpxb"] : ["jp2 ", "jp2 "]
        add("ftyp", Array(brands[0].utf8) + [0, 0, 0, 0] + brands.dropFirst().flatMap { $0.utf8 })
        addHeader(header, depth)
        addBlocks(header.metadata)
    }

    private mutating func add(_ type: String, _ content: [UInt8]) {
        bytes += Self.box(type, content)
    }

    private static func box(_ type: String, _ content: [UInt8]) -> [UInt8] {
        word(8 + content.count) + Array(type.utf8) + content
    }

    static func word(_ number: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
    }

    private mutating func addHeader(_ header: ImageHeader, _ depth: Int) {
        let layout = header.layout
        // Within the box in the box.
        depthOffset = bytes.count + 8 + 8 + 10
        var boxes = Self.box(
            "ihdr",
            Self.word(header.size.height) + Self.word(header.size.width)
                + [0, UInt8(layout.channelCount), UInt8(depth - 1), 7, 0, 0])
        boxes += Self.box("colr", Self.color(header).content)
        if layout.hasAlpha {
            let count = layout.model.channelCount
            let colors = (0..<count).map {
                JP2ChannelDefinition(channel: $0, use: .color, association: $0 + 1)
            }
            let use: JP2ChannelDefinition.Use =
                layout.alpha == .premultiplied ? .premultipliedOpacity : .opacity
            boxes += Self.box(
                "cdef",
                JP2ChannelDefinition.content(
                    colors + [JP2ChannelDefinition(channel: count, use: use, association: 0)]))
        }
        if let density = header.metadata.resolution.flatMap(JP2Resolution.content) {
            boxes += Self.box("res ", Self.box("resc", density))
        }
        add("jp2h", boxes)
    }

    private static func color(_ header: ImageHeader) -> JP2Color {
        if let icc = header.metadata.icc, takes(icc, header.layout.model) { return .profile(icc) }
        return switch header.layout.model {
        case .gray: .gray
        case .rgb: .sRGB
        case .cmyk: .cmyk
        }
    }

    /// Whether a profile is one for such pixels.
    private static func takes(_ icc: [UInt8], _ model: ColorModel) -> Bool {
        ColorModel(profile: icc) == model
    }

    private mutating func addBlocks(_ metadata: ImageMetadata) {
        let blocks: [(JP2Block, [UInt8]?)] = [
            (.exif, metadata.exifCarryingOrientation), (.xmp, metadata.xmp),
            (.iptc, metadata.iptc), (.photoshop, metadata.photoshop),
            (.geotiff, metadata.geotiff.flatMap(GeoTIFFBlock.file)),
        ]
        for (kind, block) in blocks {
            if let block { add("uuid", kind.content(block)) }
        }
    }

    /// What has no place in a file.
    static func losses(_ header: ImageHeader) -> [Loss] {
        let metadata = header.metadata
        var losses: [Loss] = []
        if let resolution = metadata.resolution, JP2Resolution.content(resolution) == nil {
            losses.append(.metadata(.resolution))
        }
        if let icc = metadata.icc, !takes(icc, header.layout.model) {
            losses.append(.metadata(.icc))
        }
        if let geotiff = metadata.geotiff, GeoTIFFBlock.file(of: geotiff) == nil {
            losses.append(.metadata(.geotiff))
        }
        return losses
    }
}

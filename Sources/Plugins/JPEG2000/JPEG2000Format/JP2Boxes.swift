internal import FormatKit
internal import ISOBoxes
internal import MetadataBlocks

/// The boxes of a file (ISO/IEC 15444-1 annex I), or a codestream without any.
struct JP2Boxes {
    /// Where the codestream lies, and perhaps more.
    private(set) var codestream: Range<Int>
    /// How colors are to be understood, if something is said of it.
    private(set) var color: JP2Color?
    private(set) var palette: JP2Palette?
    /// What each channel is made of; without it each is a component.
    private(set) var mapping: [JP2Mapping]?
    private(set) var definitions: [JP2ChannelDefinition] = []
    private(set) var metadata = ImageMetadata()
    /// What is not carried.
    private(set) var losses: [Loss] = []
    /// Whether the box of the codestream goes on behind the end of the file.
    private(set) var isCut = false
    /// Where the last box ends.
    private(set) var end: Int
    private let format: FormatID
    private let limits: Limits
    private var metadataByteCount = 0
    private var displayResolution: Resolution?
    private var unknownNames: [String] = []
    private var foreignColors: [String] = []
    private var hasFurtherColors = false

    /// Boxes that say nothing which is not carried: of how to read the file.
    private static let negligible: Set<String> = [
        "jP  ", "ftyp", "ihdr", "bpcc", "free", "skip", "rreq",
    ]

    /// Looks through a file.
    ///
    /// - Parameters:
    ///   - source: The file.
    ///   - format: That of files with boxes or that of bare codestreams; files may be either.
    ///   - takesCut: Whether a codestream that ends behind the file is no error.
    ///   - limits: Checked for metadata.
    /// - Throws: ``ImageError``.
    init(
        of source: any ImageSource, _ format: FormatID, takesCut: Bool, limits: Limits
    ) throws(ImageError) {
        self.format = format
        self.limits = limits
        (codestream, end) = (0..<source.byteCount, source.byteCount)
        let head = try source.bytes(at: 0, count: 4)
        if head == Codestream.signature { return }
        var whole = source.byteCount
        var boxes = try Self.boxes(of: source, upTo: whole, clamping: true)
        // Whether all of the codestream is there it says itself, whatever its box does.
        if boxes.last?.type != "jp2c" || boxes.count(where: { $0.type == "jp2c" }) > 1 {
            if !takesCut {
                whole = try BoxWalk.check(source, format)
                boxes = try Self.boxes(of: source, upTo: whole, clamping: false)
            }
        } else if try Self.boxes(of: source, upTo: whole, clamping: false).count < boxes.count {
            isCut = true
            losses.append(.part(of: .formatBlocks, "the end of the file is missing"))
        }
        let streams = boxes.filter { $0.type == "jp2c" }
        guard let first = streams.first else {
            throw .truncated(format, "there is no codestream", offset: source.byteCount)
        }
        codestream = first.content
        end = boxes.last?.content.upperBound ?? whole
        if streams.count > 1 { losses.append(.frames(streams.count - 1)) }
        for box in boxes where box.type != "jp2c" { try take(box, of: source, depth: 0) }
        finish()
    }

    private static func boxes(
        of source: any ImageSource, upTo end: Int, clamping isClamping: Bool
    ) throws(ImageError) -> [ISOBox] {
        try ISOBox(type: "", content: 0..<end).children(of: source, clamping: isClamping)
    }

    // A resolution lies in two boxes, and nothing deeper.
    private mutating func take(
        _ box: ISOBox, of source: any ImageSource, depth: Int
    ) throws(ImageError) {
        switch box.type {
        case "jp2h" where depth == 0, "res " where depth == 1:
            for child in try box.children(of: source) {
                try take(child, of: source, depth: depth + 1)
            }
        case "colr": take(color: try content(of: box, source))
        case "pclr": palette = try JP2Palette(try content(of: box, source), format)
        case "cmap": mapping = JP2Mapping.list(try content(of: box, source))
        case "cdef": definitions = JP2ChannelDefinition.list(try content(of: box, source))
        case "resc":
            metadata.resolution =
                JP2Resolution.resolution(try content(of: box, source)) ?? metadata.resolution
        case "resd": displayResolution = JP2Resolution.resolution(try content(of: box, source))
        case "uuid": take(uuid: try content(of: box, source))
        case "xml ": take(text: try content(of: box, source))
        case let type where Self.negligible.contains(type): break
        default: unknownNames.append(box.type)
        }
    }

    private mutating func content(
        of box: ISOBox, _ source: any ImageSource
    ) throws(ImageError) -> [UInt8] {
        metadataByteCount = metadataByteCount.addingClamped(box.content.count)
        try limits.checkMetadata(metadataByteCount)
        return try source.bytes(at: box.content.lowerBound, count: box.content.count)
    }

    private mutating func take(color content: [UInt8]) {
        switch JP2Color.parse(content) {
        case .success(let found):
            if color == nil {
                color = found
            } else if color != found {
                hasFurtherColors = true
            }
        case .failure(let unknown) where unknown.isIgnored:
            let loss = Loss.part(
                of: .icc, "a description of the colors, \(unknown.name), is left out")
            if !losses.contains(loss) { losses.append(loss) }
        case .failure(let unknown): foreignColors.append(unknown.name)
        }
    }

    private mutating func take(uuid content: [UInt8]) {
        let (id, bytes) = (Array(content.prefix(16)), Array(content.dropFirst(16)))
        switch JP2Block(id: id) {
        case .exif where metadata.exif == nil: metadata.exif = ExifBlock.removingPrefix(from: bytes)
        case .xmp where metadata.xmp == nil: metadata.xmp = bytes
        case .iptc where metadata.iptc == nil: metadata.iptc = bytes
        case .photoshop where metadata.photoshop == nil: metadata.photoshop = bytes
        case .geotiff where metadata.geotiff == nil && GeoTIFFBlock.tags(of: bytes) != nil:
            metadata.geotiff = GeoTIFFBlock.tags(of: bytes)
        default: unknownNames.append("uuid")
        }
    }

    /// Some programs put a packet of XMP into a box for any XML.
    private mutating func take(text content: [UInt8]) {
        let isPacket = String(decoding: content.prefix(4096), as: UTF8.self).contains("<x:xmpmeta")
        if isPacket, metadata.xmp == nil {
            metadata.xmp = content
        } else {
            unknownNames.append("xml")
        }
    }

    private mutating func finish() {
        if let photoshop = metadata.photoshop, metadata.iptc == nil {
            metadata.iptc = PhotoshopResources(photoshop).iptc
        }
        if let displayResolution, metadata.resolution.map({ $0 != displayResolution }) == true {
            losses.append(.part(of: .resolution, "the resolution for display is left out"))
        }
        if metadata.resolution == nil { metadata.resolution = displayResolution }
        metadata.orientation = metadata.exif.flatMap(ExifOrientation.read) ?? .up
        metadata.adoptExifResolution()
        // If nothing else is said, those that are not known are no loss, but an error.
        if hasFurtherColors || (color != nil && !foreignColors.isEmpty) {
            losses.append(.part(of: .icc, "a further description of the colors is left out"))
        }
        losses += Loss.unknown("box", unknownNames)
    }

    /// The color space that is not known, if only such are told.
    ///
    /// - Parameter bitCount: The most bits that a sample has. OpenJPEG writes the number of bilevel pictures
    ///   where it knows no space; of more bits it says nothing.
    /// - Returns: Its name.
    func foreignColor(bitCount: Int) -> String? {
        guard color == nil else { return nil }
        return foreignColors.first { $0 != JP2Color.bilevel || bitCount == 1 }
    }
}

/// The boxes of type `uuid` with a known meaning.
enum JP2Block: CaseIterable {
    case exif, xmp, iptc, photoshop, geotiff

    /// The identifier with which the content begins; for some there are two.
    private var ids: [[UInt8]] {
        switch self {
        case .exif:
            [
                Array("JpgTiffExif->JP2".utf8),
                [
                    0x05, 0x37, 0xCD, 0xAB, 0x9D, 0x0C, 0x44, 0x31,
                    0xA7, 0x2A, 0xFA, 0x56, 0x1F, 0x2A, 0x11, 0x3E,
                ],
            ]
        case .xmp:
            [
                [
                    0xBE, 0x7A, 0xCF, 0xCB, 0x97, 0xA9, 0x42, 0xE8,
                    0x9C, 0x71, 0x99, 0x94, 0x91, 0xE3, 0xAF, 0xAC,
                ]
            ]
        case .iptc:
            [
                [
                    0x33, 0xC7, 0xA4, 0xD2, 0xB8, 0x1D, 0x47, 0x23,
                    0xA0, 0xBA, 0xF1, 0xA3, 0xE0, 0x97, 0xAD, 0x38,
                ]
            ]
        case .photoshop:
            [
                [
                    0x2C, 0x4C, 0x01, 0x00, 0x85, 0x04, 0x40, 0xB9,
                    0xA0, 0x3E, 0x56, 0x21, 0x48, 0xD6, 0xDF, 0xEB,
                ]
            ]
        case .geotiff:
            [
                [
                    0xB1, 0x4B, 0xF8, 0xBD, 0x08, 0x3D, 0x4B, 0x43,
                    0xA5, 0xAE, 0x8C, 0xD7, 0xD5, 0xA6, 0xCE, 0x03,
                ]
            ]
        }
    }

    /// The kind of block with an identifier.
    init?(id: [UInt8]) {
        guard let found = Self.allCases.first(where: { $0.ids.contains(id) }) else { return nil }
        self = found
    }

    /// What a box with some content holds.
    func content(_ bytes: [UInt8]) -> [UInt8] { ids[0] + bytes }
}

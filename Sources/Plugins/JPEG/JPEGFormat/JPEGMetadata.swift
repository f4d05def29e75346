internal import FormatKit
internal import MetadataBlocks

/// What the segments of a file say beside the pixels.
struct JPEGMetadata {
    private var icc = ICCSegments()
    private var xmp = XMPSegments()
    private var photoshop = PhotoshopSegments()
    private var comments: [TextEntry] = []
    private var exif: [UInt8]?
    private var density: JFIFDensity?
    private var byteCount = 0
    /// The segments that are not carried, and those of them that say something.
    private var ignored: [String] = []
    private var lost: [String] = []
    private var hasFurtherPictures = false
    private(set) var warnings: [String] = []
    /// What is damaged, and therefore left out.
    private(set) var damage: [Loss] = []

    /// Some programs fill it up with another byte.
    private static let exifPrefix = ExifBlock.prefix.dropLast()
    /// The number of smaller copies of the picture in segments of JFIF.
    private var copyCount = 0
    private static let multiPicturePrefix = Array("MPF\0".utf8)
    static let adobePrefix = Array("Adobe".utf8)

    init(
        of source: any ImageSource, structure: JPEGStructure, limits: Limits
    ) throws(ImageError) {
        for segment in structure.segments {
            let (next, overflow) = byteCount.addingReportingOverflow(segment.contentByteCount)
            byteCount = overflow ? .max : next
            try limits.checkMetadata(byteCount)
            take(
                segment.marker,
                try source.bytes(at: segment.contentOffset, count: segment.contentByteCount))
        }
    }

    private mutating func take(_ marker: JPEGMarker, _ content: [UInt8]) {
        switch marker.applicationNumber {
        case 0 where content.starts(with: JFIFDensity.prefix):
            density = density ?? JFIFDensity(parsing: content)
            if JFIFCopy.isThere(jfif: content) { copyCount += 1 }
        case 1 where content.starts(with: Self.exifPrefix) && content.count >= 6:
            takeExif(content.dropFirst(6))
        case 1 where content.starts(with: XMPSegments.prefix): xmp.take(content)
        case 1 where content.starts(with: XMPSegments.extensionPrefix): xmp.take(extension: content)
        case 2 where content.starts(with: ICCSegments.prefix): icc.take(content)
        case 2 where content.starts(with: Self.multiPicturePrefix):
            hasFurtherPictures = true
        case 13 where content.starts(with: PhotoshopSegments.prefix): photoshop.take(content)
        case 14 where content.starts(with: Self.adobePrefix): break
        case 12 where content.starts(with: DuckySegment.prefix):
            ignored.append(Self.name(ofApplication: 12, content))
            comments += DuckySegment.texts(content)
        case nil: takeComment(content)
        case let number?:
            let name = Self.name(ofApplication: number, content)
            ignored.append(name)
            guard number == 0, content.starts(with: JFIFCopy.prefix) else {
                lost.append(name)
                return
            }
            if JFIFCopy.isThere(jfxx: content) {
                copyCount += 1
            } else if content.count > 6 {
                lost.append(name)
            }
        }
    }

    private mutating func takeComment(_ content: [UInt8]) {
        let (entry, isGuessed) = JPEGComment.text(content)
        if isGuessed {
            warnings.append("a comment is not UTF-8 and is taken for Latin-1")
        }
        comments.append(entry)
    }

    /// Takes an Exif block; one that exceeds a segment goes on in the next without a header.
    private mutating func takeExif(_ block: ArraySlice<UInt8>) {
        // A segment of nothing but its header is no block.
        guard !block.isEmpty else { return }
        if exif == nil {
            exif = Array(block)
        } else if ExifBlock.begins(block) {
            damage.append(
                .part(of: .exif, "more than one Exif block: only the first is read"))
        } else {
            exif? += block
        }
    }

    /// The letters with which a segment names itself.
    private static func name(ofApplication number: Int, _ content: [UInt8]) -> String {
        let letters = content.prefix(24).prefix { (0x20...0x7E).contains($0) }
        return letters.isEmpty
            ? "APP\(number)" : "APP\(number) \(String(decoding: letters, as: UTF8.self))"
    }

    /// What is carried, after which ``warnings`` and ``damage`` are complete.
    mutating func assemble() -> ImageMetadata {
        let packet = xmp.assemble()
        damage += xmp.damage
        if icc.isDamaged {
            damage.append(
                .part(
                    of: .icc,
                    "the ICC profile is incomplete and ignored: colors may look different"))
        }
        var metadata = ImageMetadata(
            icc: icc.profile, exif: exif, xmp: packet, resolution: resolution,
            orientation: exif.flatMap(ExifOrientation.read) ?? .up, texts: comments)
        let resources = PhotoshopResources(photoshop.bytes)
        metadata.photoshop = photoshop.bytes
        metadata.iptc = resources.iptc
        if let offset = resources.damageOffset {
            warnings.append(
                "the Photoshop image resources are damaged from byte \(offset) of "
                    + "\(photoshop.bytes.count) on, and carried as they are")
        }
        return metadata
    }

    /// JFIF's density where it has a unit, or else Exif's.
    private var resolution: Resolution? {
        let own = density?.resolution
        if let own, own.unit != .none { return own }
        return exif.flatMap(Resolution.init(exif:)) ?? own
    }

    /// What is not carried.
    var losses: [Loss] {
        let pictures: [Loss] =
            hasFurtherPictures
            ? [.picture("a file of several pictures (MPF): only the main one is read")] : []
        return pictures + JFIFCopy.losses(copyCount) + Loss.unknown("segment", lost)
    }

    /// What `convert info` prints of segments that are not carried.
    var details: [ImageDetail] {
        guard !ignored.isEmpty else { return [] }
        return [ImageDetail("ignored_segments", .list(ignored.prefix(64).map { .text($0) }))]
    }
}

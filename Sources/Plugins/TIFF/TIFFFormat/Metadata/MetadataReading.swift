import FormatKit

/// Reads what a page says about its picture.
struct MetadataReading {
    let source: any ImageSource
    let directory: TIFFDirectory
    let context: CodecContext
    /// What had to be left out because it is damaged.
    private(set) var damage: [Loss] = []

    init(source: any ImageSource, directory: TIFFDirectory, context: CodecContext) {
        self.source = source
        self.directory = directory
        self.context = context
    }

    /// The metadata of the page; what is damaged is left out, and is among the losses.
    mutating func metadata() throws(ImageError) -> ImageMetadata {
        var metadata = ImageMetadata(
            icc: try block(TIFFTag.icc, .icc, "ICC profile"), exif: try exif(),
            xmp: try block(TIFFTag.xmp, .xmp, "XMP packet"), resolution: try resolution(),
            orientation: try orientation())
        metadata.iptc = try iptc()
        metadata.photoshop = try block(
            TIFFTag.photoshop, .photoshop, "block of Photoshop's")
        metadata.geotiff = try structure(.geotiff) { TIFFTag.geographic.contains($0) }
        if directory.next == nil {
            damage.append(
                .part(
                    of: .formatBlocks,
                    "the file ends where the place of the next page should be"))
        }
        return metadata
    }

    private mutating func block(
        _ tag: Int, _ kind: MetadataKind, _ name: String
    ) throws(ImageError) -> [UInt8]? {
        guard let entry = directory[tag], entry.count > 0 else { return nil }
        guard directory.lies(entry, in: source) else {
            let problem = directory.problem(of: entry, in: source)
            damage.append(.part(of: kind, "the \(name) \(problem) and is left out"))
            return nil
        }
        try context.limits.checkMetadata(entry.byteCount ?? 0)
        return try directory.bytes(of: entry, in: source)
    }

    private func orientation() throws(ImageError) -> Orientation {
        guard let value = try directory.integer(TIFFTag.orientation, in: source) else {
            return .up
        }
        if let orientation = Orientation(rawValue: value) { return orientation }
        context.warn("orientation \(value) is not defined and taken for 1")
        return .up
    }

    private func resolution() throws(ImageError) -> Resolution? {
        guard let horizontal = try rational(TIFFTag.horizontalResolution),
            let vertical = try rational(TIFFTag.verticalResolution)
        else { return nil }
        let unit: Resolution.Unit =
            switch try directory.integer(TIFFTag.resolutionUnit, in: source) {
            case 1: .none
            case 3: .centimeter
            default: .inch
            }
        return Resolution(horizontal: horizontal, vertical: vertical, unit: unit)
    }

    /// A positive quotient of two LONGs.
    private func rational(_ tag: Int) throws(ImageError) -> Double? {
        guard let entry = directory[tag], entry.type == 5, entry.count > 0,
            let bytes = try directory.bytes(of: entry, in: source),
            let numerator = directory.header.order.integer(bytes, at: 0, count: 4),
            let denominator = directory.header.order.integer(bytes, at: 4, count: 4)
        else { return nil }
        return numerator > 0 && denominator > 0 ? Double(numerator) / Double(denominator) : nil
    }

    /// The IPTC record; some writers declare its bytes to be words, in the file's byte order.
    private mutating func iptc() throws(ImageError) -> [UInt8]? {
        let marker: UInt8 = 0x1C
        guard let bytes = try block(TIFFTag.iptc, .iptc, "IPTC record") else { return nil }
        guard directory[TIFFTag.iptc]?.type == 4, bytes.count >= 4, bytes[0] != marker,
            bytes[3] == marker
        else { return bytes }
        return stride(from: 0, to: bytes.count - 3, by: 4).flatMap {
            bytes[$0..<$0 + 4].reversed()
        }
    }

    /// A standalone Exif block of the page's Exif and GPS directories and of the tags of the page
    /// that belong to the first directory of a block.
    private mutating func exif() throws(ImageError) -> [UInt8]? {
        let tree = try tree(.exif, pointers: TIFFTag.pointers(in: nil), TIFFTag.isOfExif)
        let isWorthABlock = tree.entries.contains { !TIFFTag.accompanying.contains($0.tag) }
        return isWorthABlock ? bytes(of: tree) : nil
    }

    /// A standalone structure of some of the page's tags, or `nil` where there are none.
    private mutating func structure(
        _ kind: MetadataKind, _ isCarried: (Int) -> Bool
    ) throws(ImageError) -> [UInt8]? {
        let tree = try tree(kind, pointers: [], isCarried)
        return tree.entries.isEmpty ? nil : bytes(of: tree)
    }

    private mutating func tree(
        _ kind: MetadataKind, pointers: Set<Int>, _ isCarried: (Int) -> Bool
    ) throws(ImageError) -> DirectoryTree {
        var reader = DirectoryTreeReader(
            source: source, header: directory.header, limits: context.limits)
        let tree = try reader.tree(of: directory, pointers: pointers, isCarried: isCarried)
        damage += reader.problems.map { .part(of: kind, $0) }
        return tree
    }

    private func bytes(of tree: DirectoryTree) -> [UInt8] {
        let header = TIFFHeader(order: directory.header.order, isBig: false)
        let magic: [UInt8] = header.order == .little ? [0x49, 0x49] : [0x4D, 0x4D]
        return magic + header.order.bytes(42, count: 2) + header.order.bytes(8, count: 4)
            + tree.serialized(at: 8, header: header)
    }

    /// What is damaged, and the tags that are left out because they are not known.
    var losses: [Loss] {
        let tags = directory.entries.map(\.tag).filter {
            !TIFFTag.structural.contains($0) && !TIFFTag.geographic.contains($0)
                && !TIFFTag.isOfExif($0)
        }
        return damage + Loss.unknown("tag", tags.map(String.init))
    }
}

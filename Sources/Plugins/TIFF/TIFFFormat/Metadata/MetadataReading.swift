import FormatKit
import MetadataBlocks

/// Reads what a page says about its picture.
struct MetadataReading {
    let source: any ImageSource
    let directory: TIFFDirectory
    let context: CodecContext
    /// The number of pages of the file.
    let pageCount: Int
    /// What had to be left out because it is damaged.
    private(set) var damage: [Loss] = []

    init(
        source: any ImageSource, directory: TIFFDirectory, context: CodecContext, pageCount: Int
    ) {
        self.source = source
        self.directory = directory
        self.context = context
        self.pageCount = pageCount
    }

    /// The metadata of the page; what is damaged is left out, and is among the losses.
    mutating func metadata() throws(ImageError) -> ImageMetadata {
        var metadata = ImageMetadata(
            icc: try block(TIFFTag.icc, .icc, "ICC profile"), exif: try exif(),
            xmp: try block(TIFFTag.xmp, .xmp, "XMP packet"), resolution: try resolution(),
            orientation: try orientation())
        metadata.iptc = try iptc()
        metadata.chromaticities = try chromaticities()
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

    private mutating func resolution() throws(ImageError) -> Resolution? {
        var sides: [Double?] = [
            try number(TIFFTag.horizontalResolution), try number(TIFFTag.verticalResolution),
        ]
        guard sides.allSatisfy({ $0.map { $0 >= 0 && $0.isFinite } ?? true }) else {
            damage.append(.part(of: .resolution, "the resolution makes no sense and is left out"))
            return nil
        }
        // 0 says nothing.
        sides = sides.map { $0 == 0 ? nil : $0 }
        // Where only one side is told, pixels are square.
        guard let horizontal = sides[0] ?? sides[1], let vertical = sides[1] ?? sides[0] else {
            return nil
        }
        let unit: Resolution.Unit
        switch try directory.integer(TIFFTag.resolutionUnit, in: source) {
        case 1: unit = .none
        case nil, 2: unit = .inch
        case 3: unit = .centimeter
        case let other?:
            damage.append(
                .part(
                    of: .resolution,
                    "the resolution has unit \(other), which is not defined, and is left out"))
            return nil
        }
        // A ratio of 1 says nothing.
        if unit == .none, horizontal == vertical { return nil }
        return Resolution(horizontal: horizontal, vertical: vertical, unit: unit)
    }

    /// The number that a tag has, whatever its type.
    private func number(_ tag: Int) throws(ImageError) -> Double? {
        guard let entry = directory[tag], entry.count > 0,
            let bytes = try directory.bytes(of: entry, in: source),
            let number = directory.header.order.number(bytes, type: entry.type)
        else { return nil }
        return number
    }

    /// White and the primaries, if both are told.
    private func chromaticities() throws(ImageError) -> Chromaticities? {
        let white = try numbers(TIFFTag.whitePoint, count: 2)
        let primaries = try numbers(TIFFTag.primaryChromaticities, count: 6)
        guard let white, let primaries else { return nil }
        return Chromaticities(
            white: Chromaticity(white[0], white[1]),
            red: Chromaticity(primaries[0], primaries[1]),
            green: Chromaticity(primaries[2], primaries[3]),
            blue: Chromaticity(primaries[4], primaries[5]))
    }

    /// So many numbers from 0 to 1.
    private func numbers(_ tag: Int, count: Int) throws(ImageError) -> [Double]? {
        guard directory[tag]?.count == count, let numbers = try numbers(tag),
            numbers.allSatisfy({ (0...1).contains($0) })
        else { return nil }
        return numbers
    }

    /// The numbers that a tag has, one for each channel of as many as there can be or fewer.
    func numbers(_ tag: Int) throws(ImageError) -> [Double]? {
        guard let entry = directory[tag], (1...Int(UInt16.max)).contains(entry.count),
            let size = ByteOrder.valueByteCount(type: entry.type),
            let bytes = try directory.bytes(of: entry, in: source)
        else { return nil }
        let numbers = (0..<entry.count).compactMap { index in
            directory.header.order.number(
                Array(bytes[index * size..<(index + 1) * size]), type: entry.type)
        }
        return numbers.count == entry.count ? numbers : nil
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
        // The number of a page in this file follows from its place.
        let isNumbered = pageCount == 1
        let tree = try tree(.exif, pointers: TIFFTag.pointers(in: nil)) {
            TIFFTag.isOfExif($0) && ($0 != TIFFTag.pageNumber || isNumbered)
        }
        return tree.entries.isEmpty ? nil : bytes(of: tree)
    }

    /// Takes note of what is left out.
    mutating func leaveOut(_ losses: [Loss]) {
        damage += losses
    }

    /// A standalone structure of some of the page's tags, or `nil` where there are none.
    mutating func structure(
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
        let isReached = tree.placedNotes.allSatisfy {
            (8...MakerNote.reach).contains($0.place)
                && $0.place + $0.bytes.count <= MakerNote.reach
        }
        let block = (isReached ? tree : tree.releasingNotes())
            .block(header: header, headerByteCount: 8)
        return magic + header.order.bytes(42, count: 2)
            + header.order.bytes(block.directory, count: 4) + block.bytes
    }

    /// The loss of a maker note that lies too far behind for a block of Exif.
    private func lossOfNote() throws(ImageError) -> [Loss] {
        guard let place = try directory.integer(TIFFTag.exif, in: source),
            let child = try? TIFFDirectory(
                parsing: source, header: directory.header, at: place),
            let note = child[MakerNote.tag], child.lies(note, in: source),
            let byteCount = note.byteCount,
            let start = try? source.bytes(at: note.valueOffset, count: min(byteCount, 16)),
            !MakerNote.isMovable(start), note.valueOffset + byteCount > MakerNote.reach
        else { return [] }
        return [MakerNote.loss]
    }

    /// What is damaged, and the tags that are left out because they are not known.
    var losses: [Loss] {
        let tags = directory.entries.map(\.tag).filter {
            !TIFFTag.structural.contains($0) && !TIFFTag.geographic.contains($0)
                && !TIFFTag.isOfExif($0) && !SampleTag.all.contains($0)
        }
        let pictures = tags.compactMap { tag in
            TIFFTag.pictures[tag].map { words in
                Loss.picture("the tag \(TIFFTagName.text(of: tag)), \(words), is left out")
            }
        }
        let others = tags.filter { TIFFTag.pictures[$0] == nil }
        return damage + pictures + Loss.unknown("tag", others.map(TIFFTagName.text))
            + ((try? lossOfNote()) ?? [])
    }
}

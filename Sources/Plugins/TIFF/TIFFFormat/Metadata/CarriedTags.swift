import FormatKit
import MetadataBlocks
import Synchronization

/// The tags of a page that libtiff does not write as they are.
///
/// libtiff knows only some Exif tags, stores rationals as floats and takes an IPTC record for
/// words. Here every entry keeps its type, count and bytes.
struct CarriedTags {
    /// The entries to add to the page.
    private(set) var tree = DirectoryTree()
    /// The byte order of the entries; `nil` if it does not matter.
    private(set) var order: ByteOrder?

    /// What is left out of metadata.
    static func losses(of metadata: ImageMetadata, pageCount: Int) -> [Loss] {
        let tags = [MetadataKind.exif, .geotiff].flatMap { kind -> [Loss] in
            let notes = Notes()
            let context = CodecContext(warn: { line in notes.lines.withLock { $0.append(line) } })
            // What exceeds the limits of a conversion is an error there.
            let carried = try? CarriedTags(metadata.keeping([kind]), context: context)
            // Only the first page has its notes where they were.
            let isMoved =
                carried.map {
                    $0.notes(behind: 16) == nil || pageCount > 1 && !$0.tree.placedNotes.isEmpty
                } ?? false
            return (isMoved ? [MakerNote.loss] : [])
                + notes.lines.withLock { $0 }.map { Loss.part(of: kind, $0) }
        }
        return tags + lossOfExifResolution(metadata)
    }

    /// A page has one resolution, the picture's; an Exif block may have declared another, but for
    /// 72 per inch, which means that nobody knows (Exif 2.32, §4.6.4).
    private static func lossOfExifResolution(_ metadata: ImageMetadata) -> [Loss] {
        guard let written = metadata.resolution,
            let own = metadata.exif.flatMap(Resolution.init(exif:)), !own.isClose(to: written),
            !own.isClose(to: Resolution(horizontal: 72, vertical: 72, unit: .inch))
        else { return [] }
        return [
            .part(
                of: .exif, "another resolution than the picture's, in the Exif block, is left out")
        ]
    }

    /// Lines that are collected.
    private final class Notes: Sendable {
        let lines = Mutex<[String]>([])
    }

    /// Collects the tags that metadata make up; what must be left out is warned of.
    init(_ metadata: ImageMetadata, context: CodecContext) throws(ImageError) {
        if let iptc = metadata.iptc {
            try addBytes(iptc, tag: TIFFTag.iptc, type: 7, context)
        }
        if let photoshop = metadata.photoshop {
            try addBytes(photoshop, tag: TIFFTag.photoshop, type: 1, context)
        }
        if let exif = metadata.exif {
            try add(exif, "Exif", pointers: TIFFTag.pointers(in: nil), context) {
                TIFFTag.isOfExif($0) || TIFFTag.geographic.contains($0)
                    || [TIFFTag.iptc, TIFFTag.photoshop].contains($0)
            }
        }
        if let chromaticities = metadata.chromaticities { add(chromaticities) }
        if let geotiff = metadata.geotiff {
            try add(geotiff, "GeoTIFF", pointers: [], context) {
                TIFFTag.geographic.contains($0)
            }
        }
        for block in metadata.blocks where block.format == .tiff {
            try add(
                block.bytes, block.name, pointers: [], context, isCarried: SampleTag.all.contains)
        }
    }

    private mutating func addBytes(
        _ bytes: [UInt8], tag: Int, type: Int, _ context: CodecContext
    ) throws(ImageError) {
        try context.limits.checkMetadata(bytes.count)
        guard !bytes.isEmpty else { return }
        tree.entries.append(
            .init(tag: tag, type: type, count: bytes.count, payload: .values(bytes)))
    }

    /// Adds white and primaries, unless the Exif block has told them.
    private mutating func add(_ colors: Chromaticities) {
        let order = order ?? .little
        self.order = order
        func values(_ points: [Chromaticity]) -> [UInt8] {
            points.flatMap { [$0.x, $0.y] }.flatMap { value in
                order.bytes(Int((value * 100_000).rounded()), count: 4)
                    + order.bytes(100_000, count: 4)
            }
        }
        let present = Set(tree.entries.map(\.tag))
        let entries = [
            (TIFFTag.whitePoint, [colors.white]),
            (TIFFTag.primaryChromaticities, [colors.red, colors.green, colors.blue]),
        ]
        for (tag, points) in entries where !present.contains(tag) {
            tree.entries.append(
                .init(
                    tag: tag, type: 5, count: 2 * points.count, payload: .values(values(points))))
        }
    }

    /// Adds the entries of a structure, in the byte order of the first structure that is added.
    private mutating func add(
        _ block: [UInt8], _ name: String, pointers: Set<Int>, _ context: CodecContext,
        isCarried: (Int) -> Bool
    ) throws(ImageError) {
        try context.limits.checkMetadata(block.count)
        let source = MemorySource(block)
        do throws(ImageError) {
            let (header, first) = try TIFFHeader.parse(source)
            guard !header.isBig else { throw .malformed(.tiff, "expected version 42") }
            let directory = try TIFFDirectory(
                parsing: source, header: header, at: first, mayBeEmpty: true)
            if directory.next ?? 0 != 0 { context.warn("the \(name) thumbnail is left out") }
            var reader = DirectoryTreeReader(
                source: source, header: header, limits: context.limits)
            var added = try reader.tree(of: directory, pointers: pointers, isCarried: isCarried)
            reader.problems.forEach(context.warn)
            for tag in directory.entries.map(\.tag)
            where !TIFFTag.structural.contains(tag) && !isCarried(tag) {
                context.warn("\(name) entry \(TIFFTagName.text(of: tag)) is left out")
            }
            if added.entries.isEmpty { return }
            if let order, order != header.order { added.swapBytes() }
            order = order ?? header.order
            let present = Set(tree.entries.map(\.tag))
            tree.entries += added.entries.filter { !present.contains($0.tag) }
        } catch {
            if case .limitExceeded = error { throw error }
            context.warn("the \(name) block is damaged and is left out")
        }
    }

    /// The tags with notes that may lie anywhere.
    func releasingNotes() -> CarriedTags {
        var tags = self
        tags.tree = tree.releasingNotes()
        return tags
    }

    /// The notes that have to lie at a place of the file, if they can.
    func notes(behind start: Int) -> [(place: Int, bytes: [UInt8])]? {
        let notes = tree.placedNotes
        let isPlaceable = notes.allSatisfy {
            $0.place >= start && $0.place + $0.bytes.count <= MakerNote.reach
        }
        return isPlaceable ? notes : nil
    }

    /// The entries in a byte order.
    func tree(in order: ByteOrder) -> DirectoryTree {
        var tree = tree
        if let own = self.order, own != order { tree.swapBytes() }
        return tree
    }
}

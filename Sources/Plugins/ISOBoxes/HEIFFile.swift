package import FormatKit

/// A file as its library is to see it: without metadata that are not wholly there, or not what they say
/// to be, for which it would refuse the picture.
package struct HEIFFile {
    /// The file, for the library.
    package private(set) var source: any ImageSource
    /// Where its boxes end.
    package private(set) var end: Int
    /// What is left out of it.
    package private(set) var losses: [Loss] = []

    private var patches: [PatchedSource.Patch] = []

    /// Looks through a file.
    ///
    /// - Parameters:
    ///   - source: The file.
    ///   - format: Its format.
    ///   - codedTypes: The types of items that are pictures by themselves, such as `av01`.
    /// - Throws: ``ImageError``: truncated if something of the picture is not there, or malformed.
    package init(
        _ source: any ImageSource, _ format: FormatID, codedTypes: Set<String>
    ) throws(ImageError) {
        self.source = source
        end = source.byteCount
        let file = ISOBox(type: "", content: 0..<source.byteCount)
        let boxes = try file.children(of: source, clamping: true)
        let cut = try Self.cutData(boxes, of: source)
        guard let meta = boxes.first(where: { $0.type == "meta" }) else {
            end = try BoxWalk.check(source, format)
            return
        }
        let items = try HEIFItems(in: meta, of: source, codedTypes: codedTypes)
        let children = try meta.children(of: source, skipping: 4)
        let list = children.first { $0.type == "iloc" }
        let locations = HEIFLocations(
            try list?.bytes(of: source) ?? [],
            data: children.first { $0.type == "idat" }?.content ?? 0..<0,
            byteCount: source.byteCount)
        // A sequence may need any of what is cut.
        if let cut, !items.needed.isEmpty, !boxes.contains(where: { $0.type == "moov" }),
            items.needed.allSatisfy({ locations.isKnown($0) && locations.isWhole($0) })
        {
            patches.append(cut)
        } else {
            // Either nothing is cut, or this throws.
            end = try BoxWalk.check(source, format)
        }
        for item in items.others where try !isSound(item, locations) {
            hide(item, locations, start: list?.content.lowerBound ?? 0)
        }
        if cut != nil, patches.count == 1 {
            losses.append(.part(of: .formatBlocks, "the end of the file is missing"))
        }
        try maskColors(children, of: items.properties)
        if !patches.isEmpty { self.source = PatchedSource(source, patches) }
    }

    /// Whether an item that is no picture can be read.
    private func isSound(
        _ item: HEIFItems.Item, _ locations: HEIFLocations
    ) throws(ImageError) -> Bool {
        guard locations.isWhole(item.id) else { return false }
        guard item.kind == .exif,
            let start = try locations.start(of: item.id, count: 4, in: source)
        else { return true }
        // In front there is how far the block is away (ISO/IEC 23008-12 §A.2.1), and no block has
        // fewer than 8 bytes.
        let distance = Int(clamping: UInt64(bigEndian: start.bytes[...]))
        return start.byteCount >= 12 && distance <= start.byteCount - 12
    }

    /// Hides an item, also from libraries that look at all of them.
    private mutating func hide(
        _ item: HEIFItems.Item, _ locations: HEIFLocations, start: Int
    ) {
        hide(at: item.typeOffset)
        let isWhole = locations.isWhole(item.id)
        if !isWhole {
            patches += locations.emptying(item.id).map {
                PatchedSource.Patch(offset: start + $0.offset, bytes: $0.bytes)
            }
        }
        // What is unknown is told of anyway.
        guard let kind = item.kind else { return }
        let name = kind == .exif ? "Exif block" : "XMP packet"
        let state = isWhole ? "damaged and" : "not wholly in the file, and"
        losses.append(.part(of: kind, "the \(name) is \(state) is left out"))
    }

    /// Hides accounts of colors of which a library would refuse the picture: those that it does not
    /// know, and a second one of a kind.
    private mutating func maskColors(
        _ boxes: [ISOBox], of picture: [ISOBox]
    ) throws(ImageError) {
        guard let holder = boxes.first(where: { $0.type == "iprp" }),
            let properties = try holder.child("ipco", of: source)?.children(of: source)
        else { return }
        var seen: Set<String> = []
        for property in properties where property.type == "colr" {
            let start = property.content.lowerBound - 4
            let words = String(latin1: try source.bytes(at: start, count: 8))
            guard words.hasPrefix("colr") else { continue }
            let kind = HEIFParts.colorKind(words.dropFirst(4))
            let isOfPicture = picture.contains { $0.content == property.content }
            if kind == nil || (isOfPicture && !seen.insert(kind ?? "").inserted) {
                hide(at: start)
            }
        }
    }

    /// Makes the type that is said at `offset` one that nobody reads.
    private mutating func hide(at offset: Int) {
        patches.append(PatchedSource.Patch(offset: offset, bytes: Array("skip".utf8)))
    }

    /// What makes the last box, if it holds data and goes on behind the end, end with the file.
    private static func cutData(
        _ boxes: [ISOBox], of source: any ImageSource
    ) throws(ImageError) -> PatchedSource.Patch? {
        guard let last = boxes.last, last.type == "mdat",
            last.content.upperBound == source.byteCount
        else { return nil }
        let start = boxes.dropLast().last?.content.upperBound ?? 0
        let head = try source.bytes(at: start, count: 16)
        let isLong = last.content.lowerBound - start == 16
        let field = isLong ? head[8...] : head[..<4]
        let (said, size) = (UInt64(bigEndian: field), UInt64(source.byteCount - start))
        guard said > size else { return nil }
        let bytes = (0..<field.count).reversed().map {
            UInt8(truncatingIfNeeded: size >> (8 * UInt64($0)))
        }
        return PatchedSource.Patch(offset: start + (isLong ? 8 : 0), bytes: bytes)
    }
}

package import FormatKit

/// The items of a file, of which one is the picture.
package struct HEIFItems {
    /// The properties of the picture.
    package private(set) var properties: [ISOBox] = []
    /// The items that are not carried.
    package private(set) var losses: [Loss] = []
    /// The number of smaller copies of the picture.
    private(set) var copyCount = 0
    /// The items of which the picture consists, its alpha included.
    private(set) var needed: Set<Int> = []
    /// Those that are no pictures.
    private(set) var others: [Item] = []

    /// An item.
    struct Item {
        let id: Int
        let type: String
        let contentType: String
        /// Where its type is said.
        let typeOffset: Int
    }

    private struct Reference {
        let type: String
        let from: Int
        let to: [Int]
    }

    /// Reads the items of a file.
    ///
    /// - Parameters:
    ///   - meta: The box that lists them.
    ///   - source: The file.
    ///   - codedTypes: The types of items that are pictures by themselves, such as `av01`.
    /// - Throws: ``ImageError`` if the file cannot be read; damage is left out.
    package init(
        in meta: ISOBox, of source: any ImageSource, codedTypes: Set<String>
    ) throws(ImageError) {
        // `meta` has a version and flags.
        let boxes = try meta.children(of: source, skipping: 4)
        func bytes(_ type: String) throws(ImageError) -> [UInt8] {
            try boxes.first { $0.type == type }?.bytes(of: source) ?? []
        }
        let pitm = try bytes("pitm")
        guard let primary = Self.id(pitm, at: 4, isWide: pitm.first == 1) else { return }
        let items = try Self.items(boxes, of: source)
        let references = try Self.references(boxes, of: source)
        let associations = try Self.associations(boxes, of: source)
        properties = associations[primary] ?? []
        let pictureTypes = codedTypes.union(["grid", "iovl"])
        others = items.filter { !pictureTypes.contains($0.type) }
        let names = items.filter { $0.isUnknown(pictureTypes) }.map(\.name)
        if names.contains("tmap") {
            losses.append(.picture("the gain map (HDR) is left out"))
        }
        losses += Loss.unknown("item", names.filter { $0 != "tmap" })
        // A gain map comes with a group that says what it is an alternative to.
        let known = Self.knownBoxes.union(names.contains("tmap") ? ["grpl"] : [])
        losses += Loss.unknown("box", boxes.map(\.type).filter { !known.contains($0) })
        losses += Self.metadataLosses(others, references, primary: primary)
        try take(
            items.filter { pictureTypes.contains($0.type) }, references, associations,
            primary: primary, of: source)
    }

    /// The boxes in `meta` that are read, or say nothing of the picture (ISO/IEC 14496-12 §8.11).
    private static let knownBoxes: Set<String> = [
        "hdlr", "pitm", "iinf", "iloc", "idat", "iref", "iprp", "dinf", "free", "skip",
    ]

    /// Blocks of the picture beside the one that is read, and those that do not say of which they are.
    private static func metadataLosses(
        _ items: [Item], _ references: [Reference], primary: Int
    ) -> [Loss] {
        [(MetadataKind.exif, "Exif block"), (.xmp, "XMP packet")].compactMap { kind, name in
            let blocks = items.filter { item in
                let described = references.filter { $0.type == "cdsc" && $0.from == item.id }
                return item.kind == kind
                    && (described.isEmpty || described.contains { $0.to.contains(primary) })
            }
            if blocks.count > 1 {
                return .part(of: kind, "more than one \(name): only one of them is read")
            }
            // Libraries read what is said to describe the picture (ISO/IEC 23008-12 §6.4.4).
            let isLoose = blocks.contains { item in
                !references.contains { $0.type == "cdsc" && $0.from == item.id }
            }
            return isLoose
                ? .part(of: kind, "the \(name) is of no picture by its references, and is left out")
                : nil
        }
    }

    /// Takes note of the picture, and of those that are neither it, nor a part or the alpha of it.
    private mutating func take(
        _ items: [Item], _ references: [Reference], _ associations: [Int: [ISOBox]],
        primary: Int, of source: any ImageSource
    ) throws(ImageError) {
        var roots: Set<Int> = [primary]
        let parts = Set(references.filter { $0.type == "dimg" }.flatMap(\.to))
        let copies = Set(references.filter { $0.type == "thmb" }.map(\.from))
        copyCount = items.count { copies.contains($0.id) && $0.id != primary }
        let others = items.filter {
            $0.id != primary && !parts.contains($0.id) && !copies.contains($0.id)
        }
        for item in others {
            let kind = try associations[item.id]?.first { $0.type == "auxC" }?.bytes(of: source)
            let name = kind.map { String(latin1: $0.dropFirst(4).prefix { $0 != 0 }) }
            if let name,
                [
                    "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha",
                    "urn:mpeg:hevc:2015:auxid:1",
                ].contains(name)
            {
                roots.insert(item.id)
                continue
            }
            let words = name.map { "the auxiliary picture \($0) is left out" }
            let loss = Loss.picture(words ?? "further pictures are left out")
            if !losses.contains(loss) { losses.append(loss) }
        }
        needed = Self.parts(of: roots, references)
    }

    /// Items, and those that they are made of.
    private static func parts(of roots: Set<Int>, _ references: [Reference]) -> Set<Int> {
        let made = Dictionary(grouping: references.filter { $0.type == "dimg" }, by: \.from)
        var (found, waiting) = (roots, Array(roots))
        while let id = waiting.popLast() {
            for part in (made[id] ?? []).flatMap(\.to) where found.insert(part).inserted {
                waiting.append(part)
            }
        }
        return found
    }

    private static func id(_ bytes: [UInt8], at offset: Int, isWide: Bool) -> Int? {
        number(bytes, offset, isWide ? 4 : 2)
    }

    private static func number(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> Int? {
        guard offset >= 0, offset + count <= bytes.count else { return nil }
        return bytes[offset..<offset + count].reduce(0) { $0 << 8 | Int($1) }
    }

    /// The entries of `iinf`, which has a version and a count of 2 or 4 bytes.
    private static func items(
        _ boxes: [ISOBox], of source: any ImageSource
    ) throws(ImageError) -> [Item] {
        guard let list = boxes.first(where: { $0.type == "iinf" }) else { return [] }
        let isWide = try source.bytes(at: list.content.lowerBound, count: 1).first != 0
        var items: [Item] = []
        for entry in try list.children(of: source, skipping: isWide ? 8 : 6) {
            let bytes = try entry.bytes(of: source)
            guard entry.type == "infe", let version = bytes.first, version >= 2,
                let id = id(bytes, at: 4, isWide: version > 2)
            else { continue }
            let place = version > 2 ? 10 : 8
            guard bytes.count >= place + 4 else { continue }
            let texts = bytes[(place + 4)...].split(
                separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
            items.append(
                Item(
                    id: id, type: String(latin1: bytes[place..<place + 4]),
                    contentType: texts.count > 1 ? String(latin1: texts[1]) : "",
                    typeOffset: entry.content.lowerBound + place))
        }
        return items
    }

    /// The references of `iref` from items to others.
    private static func references(
        _ boxes: [ISOBox], of source: any ImageSource
    ) throws(ImageError) -> [Reference] {
        guard let list = boxes.first(where: { $0.type == "iref" }) else { return [] }
        let isWide = try source.bytes(at: list.content.lowerBound, count: 1).first != 0
        let size = isWide ? 4 : 2
        var references: [Reference] = []
        for entry in try list.children(of: source, skipping: 4) {
            let bytes = try entry.bytes(of: source)
            guard let from = number(bytes, 0, size), let count = number(bytes, size, 2) else {
                continue
            }
            let to = (0..<count).compactMap { number(bytes, size + 2 + $0 * size, size) }
            references.append(Reference(type: entry.type, from: from, to: to))
        }
        return references
    }

    /// The properties of each item: what `ipma` names of `ipco`.
    private static func associations(
        _ boxes: [ISOBox], of source: any ImageSource
    ) throws(ImageError) -> [Int: [ISOBox]] {
        guard let holder = boxes.first(where: { $0.type == "iprp" }),
            let properties = try holder.child("ipco", of: source)?.children(of: source)
        else { return [:] }
        var associations: [Int: [ISOBox]] = [:]
        for box in try holder.children(of: source) where box.type == "ipma" {
            let bytes = try box.bytes(of: source)
            guard bytes.count >= 8, let entryCount = number(bytes, 4, 4) else { continue }
            let (idSize, indexSize) = (bytes[0] == 0 ? 2 : 4, bytes[3] & 1 == 0 ? 1 : 2)
            var offset = 8
            for _ in 0..<entryCount {
                guard let id = number(bytes, offset, idSize),
                    let count = number(bytes, offset + idSize, 1)
                else { break }
                offset += idSize + 1
                // An item has one entry (ISO/IEC 14496-12 §8.11.14), of at most 255 properties.
                let isFirst = associations[id] == nil
                if isFirst { associations[id] = [] }
                for _ in 0..<count {
                    guard let value = number(bytes, offset, indexSize) else { break }
                    // The first bit says that the property is essential.
                    let index = value & (indexSize == 1 ? 0x7F : 0x7FFF)
                    if isFirst, index > 0, index <= properties.count {
                        associations[id, default: []].append(properties[index - 1])
                    }
                    offset += indexSize
                }
            }
        }
        return associations
    }
}

extension HEIFItems.Item {
    /// The kind of metadata that it is, if it is one that is carried.
    var kind: MetadataKind? {
        switch type {
        case "Exif": .exif
        case "mime" where contentType == "application/rdf+xml": .xmp
        default: nil
        }
    }

    /// Whether such items are neither pictures nor known metadata.
    fileprivate func isUnknown(_ pictureTypes: Set<String>) -> Bool {
        kind == nil && !pictureTypes.contains(type)
    }

    /// What it is called.
    fileprivate var name: String { type == "mime" && !contentType.isEmpty ? contentType : type }
}

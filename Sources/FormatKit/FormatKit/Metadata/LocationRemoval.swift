internal import MetadataBlocks

/// Takes out of metadata where a picture was taken, and leaves the rest as it is.
enum LocationRemoval {
    /// The entry of an Exif block that leads to its directory of GPS (Exif 2.32 §4.6.3).
    private static let pointer = 0x8825

    /// An Exif block without its directory of GPS.
    ///
    /// The entry goes, and all bytes of the directory and
    /// of its values become zero; nothing else moves. `nil` where the block is damaged and may hold
    /// one.
    static func removingLocation(from exif: [UInt8]) -> [UInt8]? {
        guard let block = TIFFBlock(exif), let directory = block.first else { return nil }
        let entries = block.entries(of: directory)
        guard let entry = entries.first(where: { $0.tag == pointer }) else {
            return entries.count == directory.count ? exif : nil
        }
        guard block.isWhole(directory) else { return nil }
        var bytes = exif
        if let location = block.directory(link: entry.place + 8) {
            for entry in block.entries(of: location) { clear(entry, of: block, in: &bytes) }
            clear(location.start - 2, 2 + 12 * location.count + 4, in: &bytes)
        }
        let end = directory.end + 4
        bytes.replaceSubrange(
            entry.place..<end,
            with: bytes[entry.place + 12..<end] + [UInt8](repeating: 0, count: 12))
        bytes.replaceSubrange(
            directory.start - 2..<directory.start,
            with: block.bytes(directory.count - 1, count: 2))
        return directory.count > 1 ? bytes : nil
    }

    /// Clears what an entry's values hold elsewhere, as far as it is there.
    private static func clear(
        _ entry: TIFFBlock.Entry, of block: TIFFBlock, in bytes: inout [UInt8]
    ) {
        guard let size = TIFFBlock.valueByteCount(type: entry.type), entry.count <= bytes.count,
            size * entry.count > 4, let place = block.integer(entry.place + 8, 4)
        else { return }
        clear(place, size * entry.count, in: &bytes)
    }

    private static func clear(_ start: Int, _ count: Int, in bytes: inout [UInt8]) {
        guard start >= 0, start < bytes.count else { return }
        for index in start..<min(start + count, bytes.count) { bytes[index] = 0 }
    }

    /// An XMP packet without the properties of GPS, in whichever namespace, and without those that have
    /// some inside, as the places of IPTC do; `nil` where it has an unusual form and may hold some.
    ///
    /// Names of makers are in letters of either case.
    static func removingLocation(fromXMP packet: [UInt8]) -> [UInt8]? {
        let lower = packet.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        guard lower.firstRange(of: Array("gps".utf8)) != nil else { return packet }
        guard let found = XMPDescriptions(packet) else { return nil }
        var rest = packet
        let mark = Array(":gps".utf8)
        let places = found.descriptions.flatMap { description in
            description.elements.filter { lower[$0].firstRange(of: mark) != nil }
                + found.attributePlaces(of: description) {
                    $0.lowercased().contains(":gps")
                }
        }
        for place in places.sorted(by: { $0.lowerBound > $1.lowerBound }) {
            rest.removeSubrange(place)
        }
        return rest
    }
}

extension ImageMetadata {
    /// The metadata without where the picture was taken.
    ///
    /// A block that is damaged, so that nobody can
    /// tell whether it says so, goes as a whole.
    func removingLocation() -> ImageMetadata {
        var metadata = self
        metadata.exif = exif.flatMap { LocationRemoval.removingLocation(from: $0) }
        metadata.xmp = xmp.flatMap { LocationRemoval.removingLocation(fromXMP: $0) }
        metadata.texts = texts.filter { !$0.keyword.lowercased().hasPrefix("exif:gps") }
        return metadata
    }
}

// Changes of entries and directories.

extension TIFFBlock {
    /// Gives an entry another value; adds the entry where there is none.
    ///
    /// A directory that grows moves to the end.
    ///
    /// - Precondition: The directory is whole.
    package mutating func set(_ tag: Int, _ value: Value, in directory: inout Directory) {
        precondition(isWhole(directory))
        if entry(tag, in: directory) == nil { insert(tag, in: &directory) }
        guard let entry = entry(tag, in: directory) else { return }
        let old = values(of: entry)
        write(bytes(value.type, count: 2) + bytes(value.count, count: 4), at: entry.place + 2)
        if value.bytes.count <= 4 {
            let filling = [UInt8](repeating: 0, count: 4 - value.bytes.count)
            write(value.bytes + filling, at: entry.place + 8)
            if let old, old.count > 4 { erase([old]) }
        } else if let old, old.count >= value.bytes.count, old.count > 4 {
            write(value.bytes, at: old.lowerBound)
        } else {
            let offset = append(value.bytes)
            write(bytes(offset, count: 4), at: entry.place + 8)
        }
    }

    /// Moves a directory to the end and makes room in it for an entry of no value.
    private mutating func insert(_ tag: Int, in directory: inout Directory) {
        var table = Array(bytes[directory.start..<directory.end + 4])
        let position = entries(of: directory).firstIndex { $0.tag > tag } ?? directory.count
        table.insert(
            contentsOf: bytes(tag, count: 2) + [UInt8](repeating: 0, count: 10), at: 12 * position)
        directory.count += 1
        let offset = append(bytes(directory.count, count: 2) + table)
        directory.start = offset + 2
        write(bytes(offset, count: 4), at: directory.link)
    }

    /// Takes entries out; what their values were is overwritten.
    ///
    /// - Returns: Whether there were any.
    @discardableResult
    package mutating func remove(_ tags: Set<Int>, from directory: inout Directory) -> Bool {
        let removed = entries(of: directory).filter { tags.contains($0.tag) }
        guard isWhole(directory), !removed.isEmpty else { return false }
        let ranges = removed.compactMap(values(of:))
        let kept = entries(of: directory).filter { !tags.contains($0.tag) }
        let next = bytes[directory.end..<directory.end + 4]
        let table = kept.flatMap { bytes[$0.place..<$0.place + 12] } + next
        let free = [UInt8](repeating: 0, count: directory.end + 4 - directory.start - table.count)
        write(bytes(kept.count, count: 2) + table + free, at: directory.start - 2)
        directory.count = kept.count
        erase(ranges)
        return true
    }

    /// Turns tables of SHORTs round, one or three in an entry, whose last value is less than the first.
    package mutating func reverseFallingTables(of tag: Int, in directory: Directory) {
        guard let entry = entry(tag, in: directory), entry.type == 3,
            let range = values(of: entry)
        else { return }
        let byteCount = range.count / (entry.count % 3 == 0 ? 3 : 1)
        guard byteCount >= 4 else { return }
        for start in stride(from: range.lowerBound, to: range.upperBound, by: byteCount) {
            let last = start + byteCount - 2
            guard let low = integer(start, 2), let high = integer(last, 2), high < low else {
                continue
            }
            write(
                stride(from: last, through: start, by: -2).flatMap { bytes[$0..<$0 + 2] },
                at: start)
        }
    }

    /// Takes all directories behind the first out, with what they hold: in an Exif block, a small
    /// copy of the picture.
    ///
    /// - Returns: Whether there was one.
    package mutating func removeFollowingDirectories() -> Bool {
        guard let first, isWhole(first), integer(first.end, 4) != 0 else { return false }
        let ranges = next(after: first).map { reach(of: $0) + pictures(of: $0) } ?? []
        write([0, 0, 0, 0], at: first.end)
        erase(ranges)
        return true
    }

    /// Where the picture of a directory lies: as a JPEG file (Exif 2.32 §4.5.5) or in strips.
    private func pictures(of directory: Directory) -> [Range<Int>] {
        [(513, 514), (273, 279)].flatMap { (place, size) -> [Range<Int>] in
            let places = entry(place, in: directory).flatMap(numbers(of:)) ?? []
            let sizes = entry(size, in: directory).flatMap(numbers(of:)) ?? []
            return zip(places, sizes).compactMap { place, size in
                guard place >= 0, size > 0, place < Double(bytes.count) else { return nil }
                return Int(place)..<min(Int(place) + Int(size), bytes.count)
            }
        }
    }

    /// The bytes of a directory, of its values and of the directories that it names.
    private func reach(of directory: Directory, depth: Int = 0) -> [Range<Int>] {
        let end = min(directory.end + 4, bytes.count)
        let children = depth < 2 ? [34665, 34853, 40965] : []
        return [directory.start - 2..<max(end, directory.start)]
            + entries(of: directory).compactMap(values(of:))
            + children.compactMap { self.directory(at: $0, in: directory) }
            .flatMap { reach(of: $0, depth: depth + 1) }
    }

    /// Overwrites what nothing needs any more, or cuts it off at the end.
    private mutating func erase(_ ranges: [Range<Int>]) {
        var free = RangeSet(ranges.filter { !$0.isEmpty })
        free.subtract(RangeSet([0..<8] + (first.map { reach(of: $0) } ?? [])))
        for range in free.ranges {
            write([UInt8](repeating: 0, count: range.count), at: range.lowerBound)
        }
        if let last = free.ranges.last, last.upperBound == bytes.count {
            truncate(to: last.lowerBound)
        }
    }
}

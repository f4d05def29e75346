import FormatKit

/// A camera maker's note, whose offsets mostly count from the start of the block it lies in: so it
/// has to stay where it is, or what it says by them is lost (Exif 2.32 §4.6.5).
enum MakerNote {
    static let tag = 37500

    /// How notes begin that may lie anywhere, as they hold a TIFF structure of their own or say
    /// where from their offsets count.
    private static let movable = [
        "Nikon\0\u{2}", "FUJIFILM", "Apple iOS\0", "OLYMPUS\0", "OM SYSTEM\0", "PENTAX \0",
        "RICOH\0",
        "GENERALE",
    ].map { Array($0.utf8) }

    /// Blocks and files have no note farther from their start than a JPEG segment reaches.
    static let reach = 1 << 16

    /// Whether a note says the same wherever it lies.
    static func isMovable(_ note: [UInt8]) -> Bool {
        note.count <= 4 || movable.contains(where: note.starts(with:))
    }

    /// The loss where a note has to move.
    static let loss = Loss.part(
        of: .exif,
        "the maker note gets another place: what it says by offsets cannot be read any more")
}

extension DirectoryTree {
    /// The notes that have to lie at a place, and their places.
    var placedNotes: [(place: Int, bytes: [UInt8])] {
        entries.flatMap { entry -> [(place: Int, bytes: [UInt8])] in
            switch entry.payload {
            case .placed(let bytes, let place): [(place, bytes)]
            case .directory(let tree): tree.placedNotes
            case .values, .field: []
            }
        }
    }

    /// The tree with notes that may lie anywhere in their directories.
    func releasingNotes() -> DirectoryTree {
        var tree = self
        for index in tree.entries.indices {
            switch entries[index].payload {
            case .placed(let bytes, _): tree.entries[index].payload = .values(bytes)
            case .directory(let child):
                tree.entries[index].payload = .directory(child.releasingNotes())
            case .values, .field: break
            }
        }
        return tree
    }

    /// A block that begins with a header of so many bytes: its directories, in front of the notes
    /// that have a place if they fit there, and else behind them.
    ///
    /// - Returns: The bytes from the header on, and the place of the first directory.
    func block(header: TIFFHeader, headerByteCount: Int) -> (bytes: [UInt8], directory: Int) {
        let notes = placedNotes
        guard let end = notes.map({ $0.place + $0.bytes.count }).max(),
            let start = notes.map(\.place).min()
        else { return (serialized(at: headerByteCount, header: header), headerByteCount) }
        let plain = releasingNotes().serialized(at: headerByteCount, header: header)
        let isInPlace = notes.allSatisfy { note in
            let range = note.place - headerByteCount
            return range >= 0 && plain.dropFirst(range).starts(with: note.bytes)
        }
        if isInPlace { return (plain, headerByteCount) }
        let front = serialized(at: headerByteCount, header: header)
        let fits = headerByteCount + front.count <= start
        var bytes = fits ? front : []
        for note in notes.sorted(by: { $0.place < $1.place }) {
            let gap = note.place - headerByteCount - bytes.count
            bytes += [UInt8](repeating: 0, count: max(0, gap)) + note.bytes
        }
        guard !fits else { return (bytes, headerByteCount) }
        let place = end + end % 2
        bytes += [UInt8](repeating: 0, count: place - end)
        return (bytes + serialized(at: place, header: header), place)
    }
}

internal import FormatFiles
internal import FormatKit

/// Where the events of some outputs stand in the files of a record: 24 bytes for each event, however
/// much it says.
struct RecordIndex: Sendable {
    private struct Event {
        /// The hash of the output's name.
        let name: UInt64
        /// The number of the file, in 24 bits, and where in it the line begins, in bytes.
        let place: UInt64
        /// When it happened: the number of the event.
        let sequence: UInt32
        let byteCount: UInt32
    }

    private var events: [Event] = []
    private let files: [Path]

    private static let offsetBitCount: UInt64 = 40

    init(of files: [Path]) {
        self.files = files
    }

    /// Adds the last event that is known so far; ``sort()`` follows.
    ///
    /// - Throws: ``/FormatKit/ImageError`` if there are more, or larger, files than can be told apart.
    mutating func add(
        _ output: Path, file: Int, offset: Int, byteCount: Int
    ) throws(ImageError) {
        guard offset < 1 << Self.offsetBitCount, file < 1 << (64 - Self.offsetBitCount),
            events.count < UInt32.max
        else {
            throw .io("use \(files[file])", code: 0, reason: "the record is too large; remove it")
        }
        events.append(
            Event(
                name: output.stableHash,
                place: UInt64(file) << Self.offsetBitCount | UInt64(offset),
                sequence: UInt32(events.count), byteCount: UInt32(byteCount)))
    }

    /// Brings events into the order in which they are looked for.
    mutating func sort() {
        events.sort { ($0.name, $0.sequence) < ($1.name, $1.sequence) }
    }

    /// What all events of an output come to; `nil` if there is none.
    ///
    /// - Throws: ``/FormatKit/ImageError`` if a file cannot be read any more.
    func entry(for output: Path) throws(ImageError) -> RecordEntry? {
        let name = output.stableHash
        var entry: RecordEntry?
        var source: (file: Int, FileSource)?
        for event in events[firstIndex(of: name)...] {
            if event.name != name { break }
            let file = Int(event.place >> Self.offsetBitCount)
            if source?.file != file { source = (file, try FileSource(path: files[file])) }
            guard let (_, open) = source else { continue }
            let offset = Int(event.place & (1 << Self.offsetBitCount - 1))
            let line = try open.bytes(at: offset, count: Int(event.byteCount))
            // Hashes may be equal by chance.
            guard let json = try? JSONValue(parsing: line), Path(json: json["output"]) == output,
                let event = RecordEntry.Event(json: json)
            else { continue }
            entry = entry ?? RecordEntry()
            entry?.add(event)
        }
        return entry
    }

    private func firstIndex(of name: UInt64) -> Int {
        var (low, high) = (0, events.count)
        while low < high {
            let middle = (low + high) / 2
            if events[middle].name < name { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

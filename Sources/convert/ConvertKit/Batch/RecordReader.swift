internal import FormatFiles
internal import FormatKit

/// Puts together what the files of a record say of some outputs.
///
/// Runs are numbered: each has a number above all those whose events it has read, and runs that may
/// make the same output come one after the other. So what they did is read in the order of their
/// numbers, one run of one file after the other, whatever the clocks of machines say. Of the outputs that
/// are asked for, it is kept where their events stand.
struct RecordReader {
    /// Where to find what is recorded of the outputs that were asked for.
    private(set) var index: RecordIndex
    private let wanted: NameSet
    private let files: [Path]

    private static let version = 1
    /// The first line of a file.
    static let head: JSONValue = ["convert_record": .integer(version)]
    private static let runName = "run"

    /// The line with which a run begins.
    static func runLine(_ number: Int) -> JSONValue { [runName: .integer(number)] }

    /// How the name of an output begins a line.
    private static let outputPrefix = Array(#"{"output":""#.utf8)

    /// Creates a reader of files, of which the first is the one that is written, for some outputs.
    init(_ files: [Path], of outputs: NameSet) {
        self.files = files
        wanted = outputs
        index = RecordIndex(of: files)
    }

    /// What comes before the next run.
    struct LastRun {
        /// Its number.
        var number = 0
        /// Whether the first file is empty.
        var isOwnEmpty = true
        /// Whether there is another file, or runs are numbered.
        var isShared = false
    }

    /// A place in a file where a run begins.
    private struct Cursor {
        let file: Int
        var offset = 0
        var run = 0
    }

    /// Reads the files.
    ///
    /// - Throws: ``/FormatKit/ImageError`` if one cannot be read, or is no record.
    mutating func read() throws(ImageError) -> LastRun {
        defer { index.sort() }
        var last = LastRun(isShared: files.count > 1)
        var cursors: [Cursor] = []
        for (index, path) in files.enumerated() {
            let byteCount = try FileStatus.ofFile(at: path)?.byteCount ?? 0
            if byteCount == 0 { continue }
            if index == 0 { last.isOwnEmpty = false }
            var reader = PieceReader(try FileSource(path: path))
            try Self.checkHead(try reader.next(), of: path)
            cursors.append(Cursor(file: index, offset: reader.position))
        }
        while let index = cursors.indices.min(by: { cursors[$0].run < cursors[$1].run }) {
            last.number = max(last.number, cursors[index].run)
            if cursors[index].run > 0 { last.isShared = true }
            guard let next = try readRun(at: cursors[index]) else {
                cursors.remove(at: index)
                continue
            }
            cursors[index] = next
        }
        return last
    }

    private static func checkHead(
        _ line: ArraySlice<UInt8>?, of path: Path
    ) throws(ImageError) {
        let json = line.flatMap { try? JSONValue(parsing: Array($0)) }
        guard json == head else {
            throw .io(
                "use \(path)", code: 0, reason: "it is not a record of this version; remove it")
        }
    }

    /// Reads the events of one run; returns where the next one of the file begins.
    private mutating func readRun(at cursor: Cursor) throws(ImageError) -> Cursor? {
        var reader = PieceReader(
            try FileSource(path: files[cursor.file]), offset: cursor.offset)
        while true {
            let start = reader.position
            guard let line = try reader.next() else { return nil }
            if isOfOthers(line) { continue }
            // A line that was cut short, as by a kill, says nothing.
            guard let json = try? JSONValue(parsing: Array(line)) else { continue }
            if let run = json[Self.runName]?.wholeNumber {
                return Cursor(file: cursor.file, offset: reader.position, run: run)
            }
            guard let output = Path(json: json["output"]), wanted.contains(output.stableHash),
                RecordEntry.Event(json: json) != nil
            else { continue }
            try index.add(output, file: cursor.file, offset: start, byteCount: line.count)
        }
    }

    /// Whether a line is, at a glance, about an output that nobody has asked for.
    private func isOfOthers(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.starts(with: Self.outputPrefix) else { return false }
        let rest = line.dropFirst(Self.outputPrefix.count)
        guard let end = rest.firstIndex(of: UInt8(ascii: "\"")),
            !rest[..<end].contains(UInt8(ascii: "\\"))
        else { return false }
        return !wanted.contains(rest[..<end].stableHash)
    }
}

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif
internal import FormatFiles
internal import FormatKit

/// The files of a record, and who may write when.
///
/// Parts of one run, which never make the same output, write at the same time. All others would: a run
/// that does all, and parts of a run that is divided differently. Each takes its own file first and
/// then looks whether one of those is taken, so that of two at least one sees the other.
struct RecordFiles {
    /// The file of runs that do all.
    static let wholeName = Path(".convert-record.jsonl")
    /// The folder with the files of parts.
    static let folderName = Path(".convert-record.d")
    /// How the names of both begin, which no output has.
    static let namePrefix = Array(".convert-record".utf8)

    private let root: Path
    private let part: BatchPlan.Part?

    init(root: Path, part: BatchPlan.Part?) {
        self.root = root
        self.part = part
    }

    /// The file that this run writes.
    var own: Path {
        guard let part else { return root.appending(Self.wholeName) }
        return folder.appending(
            Path("\(part.shard.number)-of-\(part.shard.count)-\(part.digest).jsonl"))
    }

    private var folder: Path { root.appending(Self.folderName) }

    /// The path below the folder, so that the folder can be moved.
    func name(of output: Path) -> Path { output.below(root) ?? output }

    /// Takes the file that this run writes.
    ///
    /// - Throws: ``/FormatKit/ImageError`` if it cannot be written, or another run is under way.
    func open() throws(ImageError) -> LineFile {
        if part != nil {
            try Directory.create(at: folder)
            Directory.synchronize(root)
        }
        let file = try LineFile(appendingTo: own)
        guard try Self.trying({ () throws(ImageError) in file.lock() }) else {
            throw Self.busy(own)
        }
        for path in try rivals() {
            guard try Self.trying({ () throws(ImageError) in try !LineFile.isLocked(at: path) })
            else { throw Self.busy(path) }
        }
        return file
    }

    /// The files that may say something of the outputs of this run.
    ///
    /// Those of the other parts of this very run say nothing: who divides the same outputs in the same
    /// way never makes those of another part.
    func relevant(isReadOnly: Bool) throws(ImageError) -> [Path] {
        // Who writes has made its file.
        let isThere = try isReadOnly ? FileStatus.ofFile(at: own) != nil : true
        return try (isThere ? [own] : []) + rivals()
    }

    /// The files that runs write that may make the same outputs.
    private func rivals() throws(ImageError) -> [Path] {
        var paths: [Path] = []
        let whole = root.appending(Self.wholeName)
        if part != nil, try FileStatus.ofFile(at: whole) != nil { paths.append(whole) }
        guard try FileStatus.ofFile(at: folder) != nil else { return paths }
        let suffix = Array(".jsonl".utf8)
        let siblings = part.map { Array("-of-\($0.shard.count)-\($0.digest).jsonl".utf8) }
        for name in try Directory.names(in: folder)
        where name.bytes.suffix(suffix.count).elementsEqual(suffix) {
            if let siblings, name.bytes.suffix(siblings.count).elementsEqual(siblings) { continue }
            paths.append(folder.appending(name))
        }
        return paths
    }

    /// The lines with which a run begins, after others of which the last had a number.
    func head(after lastRun: RecordReader.LastRun) -> [String] {
        var lines: [String] = []
        if lastRun.isOwnEmpty { lines.append("\(RecordReader.head)") }
        // As long as one file has all, the order of its lines is that of the runs.
        if part != nil || lastRun.isShared {
            lines.append("\(RecordReader.runLine(lastRun.number.addingClamped(1)))")
        }
        return lines
    }

    /// Tries a few times: somebody who only looks whether a file is taken takes it for a moment.
    private static func trying(
        _ body: () throws(ImageError) -> Bool
    ) throws(ImageError) -> Bool {
        for _ in 0..<10 {
            if try body() { return true }
            usleep(30_000)
        }
        return try body()
    }

    private static func busy(_ path: Path) -> ImageError {
        .io("use \(path)", code: EBUSY, reason: "another run into this folder is under way")
    }
}

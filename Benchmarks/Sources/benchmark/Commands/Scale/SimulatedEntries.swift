internal import Foundation

/// Lists, records and logs that are larger than any folder here: all entries are of one input.
struct SimulatedEntries {
    private let count: Int
    private let folder: TemporaryFolder
    /// The number of jobs that a part has: what a task of an engine does in some seconds.
    private static let jobCount = 1000

    init(count: Int) throws {
        self.count = count
        folder = try TemporaryFolder()
        try Data(SmallFiles.picture(0)).write(to: URL(filePath: folder("one.pgm")))
        try FileManager.default.createDirectory(
            atPath: folder("out"), withIntermediateDirectories: true)
    }

    /// Measures, and tells `add` of each row as it comes.
    func addRows(_ add: ([String]) throws -> Void) throws {
        let (list, manifest) = (folder("list"), folder("manifest.jsonl"))
        let input = folder("one.pgm")
        try write(list, count) { #"{"in":"\#(input)","out":"\#(SmallFiles.name($0)).png"}"# }
        try add(
            Command.convert([
                "plan", "--files-from", list, "--to", "png", "--names-only", "-o", manifest,
                "--quiet",
            ]).measure().row("plan by names", count: count))
        try FileManager.default.removeItem(atPath: list)
        try add(part(manifest, []).row("a part of a thousand", count: count))
        try writeRecord(folder("out/.convert-record.jsonl"))
        try add(
            part(manifest, ["--resume"])
                .row("a part of a thousand with a record of so many lines", count: count))
        try FileManager.default.removeItem(atPath: folder("out"))
        try writeLog(folder("log"))
        // Its exit code is 1, as some have failed.
        let report = Command(
            ["sh", "-c", "\"$0\" report \"$1\" || [ $? -eq 1 ]"]
                + [Command.convertPath, folder("log")])
        try add(report.measure().row("report of so many lines", count: count))
        try FileManager.default.removeItem(atPath: folder("log"))
        try add(
            part(manifest, ["--shard-by", "cost"])
                .row("a part of a thousand by the sizes of files", count: count))
    }

    /// Finds one part, reads what is recorded of it, and opens its inputs.
    private func part(_ manifest: String, _ more: [String]) throws -> Command.Cost {
        let shardCount = max(1, count / Self.jobCount)
        let words = [
            "--files-from", manifest, folder("out"), "--to", "png", "--dry-run", "--quiet",
            "--shard", "1/\(shardCount)",
        ]
        return try Command.convert(words + more).measure()
    }

    private static let digest = String(repeating: "0123456789abcdef", count: 4)

    /// Two lines for each output, as runs write them.
    private func writeRecord(_ path: String) throws {
        let digest = Self.digest
        try write(path, count, head: #"{"convert_record":1}"#) { index in
            let output = #""output":"\#(SmallFiles.name(index / 2)).png""#
            let file = #""output_sha256":"\#(digest)","output_bytes":345,"inode":"\#(index)""#
            if index % 2 == 0 { return #"{\#(output),"state":"committing",\#(file)}"# }
            let made = #""key":"\#(digest)","input_sha256":"\#(digest)""#
            return #"{\#(output),"state":"done",\#(made),\#(file)}"#
        }
    }

    /// Two lines for each input, of which a few fail.
    private func writeLog(_ path: String) throws {
        let digest = Self.digest
        try write(path, count) { index in
            let name = SmallFiles.name(index / 2)
            let files = #""input":"in/\#(name).pgm","output":"out/\#(name).png""#
            func event(_ kind: String, _ second: Int, _ more: String = "") -> String {
                #"{"event":"\#(kind)","time":"2026-11-30T10:00:0\#(second)Z",\#(files)\#(more)}"#
            }
            if index % 2 == 0 { return event("started", 0) }
            if index % 200_000 == 1 {
                return event(
                    "failed", 1,
                    #","in":"in/\#(name).pgm","out":"\#(name).png","#
                        + #""error":{"kind":"malformed","message":"damaged"}"#)
            }
            return event(
                "finished", 1,
                #","input_format":"pnm","output_format":"png","width":32,"height":32,"pages":1,"#
                    + #""input_bytes":1037,"output_bytes":345,"losses":[],"warnings":[],"#
                    + #""milliseconds":2,"peak_memory_bytes":21000000,"#
                    + #""input_sha256":"\#(digest)","output_sha256":"\#(digest)""#)
        }
    }

    private func write(
        _ path: String, _ count: Int, head: String? = nil, line: (Int) -> String
    ) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil) else {
            throw BenchmarkError("cannot write \(path)")
        }
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        defer { try? file.close() }
        var buffer = Array((head.map { $0 + "\n" } ?? "").utf8)
        for index in 0..<count {
            buffer += line(index).utf8
            buffer.append(UInt8(ascii: "\n"))
            guard buffer.count > 1 << 20 else { continue }
            try file.write(contentsOf: buffer)
            buffer.removeAll(keepingCapacity: true)
        }
        try file.write(contentsOf: buffer)
    }
}

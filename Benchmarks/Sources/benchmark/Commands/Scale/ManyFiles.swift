internal import Foundation

/// Runs over one folder of small files.
struct ManyFiles {
    private let count: Int
    private let folder: TemporaryFolder

    init(count: Int) throws {
        self.count = count
        folder = try TemporaryFolder()
        try SmallFiles(count: count).write(into: folder("in"))
    }

    /// The folder as it is.
    func folderRow() throws -> [String] {
        try inNewFolder {
            try Command.convert([folder("in"), $0, "--recursive"] + Self.options).measure()
                .row("folder", count: count)
        }
    }

    /// The same files by lists and by parts, and what belongs to these; `add` is told as they come.
    func addFurtherRows(shards: [Int], _ add: ([[String]]) throws -> Void) throws {
        let names = (0..<count).map { folder("in/\(SmallFiles.name($0)).pgm\n") }
        try names.joined().write(toFile: folder("list"), atomically: false, encoding: .utf8)
        let manifest = folder("manifest.jsonl")
        try add([
            try inNewFolder {
                try listed(folder("list"), $0, ["--base", folder("in")]).row("list", count: count)
            }
        ])
        try add([
            try Command.convert([
                "plan", folder("in"), "--recursive", "--to", "png", "-o", manifest, "--quiet",
            ]).measure().row("plan", count: count)
        ])
        try add([
            try inNewFolder {
                try listed(manifest, $0, []).row("manifest", count: count)
            }
        ])
        for shardCount in shards {
            try add(inNewFolder { try dividedRows(manifest, $0, shardCount) })
        }
    }

    /// Parts one after the other, with a record, then once more, with nothing to do, and a report.
    private func dividedRows(
        _ manifest: String, _ output: String, _ shardCount: Int
    ) throws -> [[String]] {
        let logs = (1...shardCount).map { "\(output).\($0).log" }
        func pass() throws -> Command.Cost {
            try logs.enumerated().map { index, log in
                try listed(
                    manifest, output,
                    ["--shard", "\(index + 1)/\(shardCount)", "--resume", "--log", log])
            }.reduce(Command.Cost(seconds: 0, cpuSeconds: 0, peakByteCount: 0), +)
        }
        let parts = shardCount == 1 ? "1 part" : "\(shardCount) parts"
        let first = try pass().row("manifest in \(parts) with a record", count: count)
        let again = try pass().row("\(parts) again: nothing to do", count: count)
        let report = try Command.convert(["report"] + logs).measure()
        return [first, again, report.row("report of \(parts) twice", count: count)]
    }

    private static let options = ["--to", "png", "--quiet"]

    private func listed(
        _ list: String, _ output: String, _ more: [String]
    ) throws -> Command.Cost {
        try Command.convert(["--files-from", list, output] + Self.options + more).measure()
    }

    /// Gives a run a folder for its outputs, and counts these.
    private func inNewFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
        let output = folder("out")
        defer { try? FileManager.default.removeItem(atPath: output) }
        let result = try body(output)
        let found = SmallFiles.count(in: output, extension: "png")
        guard found == count else { throw BenchmarkError("\(found) outputs of \(count) files") }
        return result
    }
}

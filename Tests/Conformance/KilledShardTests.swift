import Foundation
import TestSupport
import Testing

/// Arrays of tasks that are killed and submitted again, with other inputs and other numbers of tasks.
@Suite(.timeLimit(.minutes(30))) struct KilledShardTests {
    private let folder: TemporaryFolder
    private let format = BuiltIn.any
    private static let count = 40
    /// `CONVERT_KILL_ROUNDS=50` for a longer trial.
    private static let roundCount =
        ProcessInfo.processInfo.environment["CONVERT_KILL_ROUNDS"].flatMap { Int($0) } ?? 6

    init() throws {
        folder = try TemporaryFolder()
    }

    private func name(_ index: Int) -> String { "\(index % 5)/\(index).\(format)" }

    /// One of several pictures, of a size of its own, so that outputs tell what they were made from.
    private func write(_ index: Int, version: Int) throws {
        try folder.write(
            "in/" + name(index), try BuiltIn.file(format, width: 60 + version, height: 30 + index))
    }

    private func outputs(_ root: String) -> [String: [UInt8]] {
        let names = folder.files.filter {
            $0.hasPrefix(root + "/") && !$0.contains("/.convert-record")
        }
        return Dictionary(
            uniqueKeysWithValues: names.map {
                (String($0.dropFirst(root.count + 1)), folder.read($0) ?? [])
            })
    }

    /// Starts the tasks of an array, and kills all of them after a time, workers included.
    private func submit(_ taskCount: Int, killingAfter seconds: Double?) throws -> ConvertTool.Run {
        try ConvertTool.shell(
            """
            for k in $(seq \(taskCount)); do
              setsid "$CONVERT" in out --to \(format) --recursive --resume --shard $k/\(taskCount) \\
                --jobs 1 --log log.$k --quiet & pids[$k]=$!
            done
            \(seconds.map { "sleep \($0); for p in ${pids[@]}; do kill -KILL -- -$p; done" } ?? "")
            worst=0
            for p in ${pids[@]}; do wait $p; s=$?; [ $s -le $worst ] || worst=$s; done
            exit $worst
            """, in: folder)
    }

    @Test(arguments: [1, 2] as [UInt64])
    func `ends as if nobody had killed anything`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var versions = Array(repeating: 0, count: Self.count)
        for index in 0..<Self.count { try write(index, version: 0) }
        var killedCount = 0
        for round in 0..<Self.roundCount {
            let taskCount = Int.random(in: 1...4, using: &random)
            let time = Double.random(in: 0.05...0.6, using: &random)
            let killed = try submit(taskCount, killingAfter: time)
            if killed.status == 137 { killedCount += 1 }
            // Whatever has a name is complete: it can be read, and is one of the versions.
            let check = try ConvertTool.shell(
                "mkdir -p out; find out -name '*.\(format)' ! -name '.*' -exec \"$CONVERT\" info {} +",
                in: folder)
            #expect(check.status == 0, "round \(round): \(check.errors)")
            // Some inputs become others, now and then what they were.
            for _ in 0..<3 {
                let index = Int.random(in: 0..<Self.count, using: &random)
                versions[index] = Int.random(in: 0...2, using: &random)
                try write(index, version: versions[index])
            }
        }
        #expect(killedCount > 0)
        let last = try submit(3, killingAfter: nil)
        #expect(last.status == 0, "\(last.errors)")
        let plain = try ConvertTool.run(
            ["in", "plain", "--to", format, "--recursive", "--quiet"], in: folder)
        #expect(plain.status == 0)
        // No partial file, none too many, none missing, and all bytes are those of a plain run.
        #expect(outputs("out") == outputs("plain"))
        #expect(outputs("out").count == Self.count)
        let rest = try ConvertTool.run(
            ["in", "out", "--to", format, "--recursive", "--resume"], in: folder)
        #expect(rest.errors.hasSuffix("convert: 0 converted, \(Self.count) skipped\n"))
    }

    @Test func `does nothing twice`() throws {
        for index in 0..<Self.count { try write(index, version: 0) }
        let killed = try submit(2, killingAfter: 0.5)
        let doneCount = outputs("out").keys.filter { !$0.contains("/.") }.count
        let logs = "cat log.* >all; rm log.*"
        _ = try ConvertTool.shell(logs, in: folder)
        #expect(try submit(3, killingAfter: nil).status == 0)
        _ = try ConvertTool.shell(logs, in: folder)
        let text = String(decoding: try #require(folder.read("all")), as: UTF8.self)
        let converted = text.matches(of: /"event":"finished"/).count
        // What was complete but not yet written down is made again: at most one a task.
        #expect(converted >= Self.count - doneCount && converted <= Self.count - doneCount + 2)
        #expect(killed.status == 137 || killed.status == 0)
    }
}

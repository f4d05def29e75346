import FormatKit
import TestSupport
import Testing

/// Runs that are divided among processes, as a cluster starts them.
@Suite(.timeLimit(.minutes(30))) struct ShardCommandTests {
    private let folder: TemporaryFolder
    private let format = BuiltIn.any
    private static let count = 23

    init() throws {
        folder = try TemporaryFolder()
        for index in 0..<Self.count {
            try folder.write(
                "in/\(index % 4)/\(index).\(format)",
                try BuiltIn.file(format, width: 40 + index, height: 30))
        }
    }

    private func shell(_ script: String) throws -> ConvertTool.Run {
        try ConvertTool.shell(script.replacing("FMT", with: format), in: folder)
    }

    /// The outputs in a folder by their names in it, without records.
    private func outputs(_ root: String) -> [String: [UInt8]] {
        let names = folder.files.filter {
            $0.hasPrefix(root + "/") && !$0.contains("/.convert-record")
        }
        return Dictionary(
            uniqueKeysWithValues: names.map {
                (String($0.dropFirst(root.count + 1)), folder.read($0) ?? [])
            })
    }

    @Test(arguments: ["count", "cost"])
    func `four processes at a time make what one makes`(basis: String) throws {
        let run = try shell(
            """
            "$CONVERT" in plain --to FMT --recursive --quiet || exit 9
            for k in 1 2 3 4; do
              "$CONVERT" in out --to FMT --recursive --resume --shard $k/4 --shard-by \(basis) \\
                --jobs 1 --log log.$k --quiet & pids[$k]=$!
            done
            for k in 1 2 3 4; do wait ${pids[$k]} || exit 1; done
            "$CONVERT" report log.*
            """)
        #expect(run.status == 0, "\(run.errors)")
        #expect(outputs("out") == outputs("plain"))
        #expect(run.text.hasPrefix("converted: \(Self.count) "))
        // Each output once: whatever was done before counts, however it was divided.
        let again = try shell(
            """
            "$CONVERT" in out --to FMT --recursive --resume &&
              "$CONVERT" in out --to FMT --recursive --resume --shard 2/3
            """)
        #expect(again.errors.contains("convert: 0 converted, \(Self.count) skipped\n"))
        #expect(again.errors.contains("convert: shard 2/3: 0 converted, 8 skipped\n"))
    }

    @Test func `a plan is run by the tasks of an engine`() throws {
        let run = try shell(
            """
            "$CONVERT" in plain --to FMT --recursive --quiet || exit 9
            "$CONVERT" plan in --to FMT --recursive -o m.jsonl || exit 8
            mkdir out
            for k in 0 1 2; do
              JOB_COMPLETION_INDEX=$k CONVERT_SHARD_COUNT=3 "$CONVERT" --files-from m.jsonl out \\
                --to FMT --shard auto --shard-by cost --quiet || exit 7
            done
            SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=3 \\
              SLURM_ARRAY_TASK_COUNT=3 "$CONVERT" --files-from m.jsonl out --to FMT --shard auto \\
              --shard-by cost --skip-existing
            """)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.contains("convert: \(Self.count) planned\n"))
        #expect(outputs("out") == outputs("plain"))
        #expect(run.errors.contains("convert: shard 2/3: 0 converted, "))
    }

    @Test func `a list that comes through a pipe is divided, too`() throws {
        let run = try shell(
            """
            "$CONVERT" in plain --to FMT --recursive --quiet && mkdir out || exit 9
            for k in 1 2 3; do
              find in -type f -print0 | "$CONVERT" --files-from - -0 --base in out --to FMT \\
                --shard $k/3 --shard-by cost --quiet || exit 8
            done
            """)
        #expect(run.status == 0, "\(run.errors)")
        #expect(outputs("out") == outputs("plain"))
    }

    @Test func `what has failed is run again`() throws {
        try folder.write("in/0/bad.\(format)", [1, 2, 3])
        let run = try shell(
            """
            for k in 1 2; do
              "$CONVERT" in out --to FMT --recursive --shard $k/2 --log log.$k --quiet
            done
            "$CONVERT" report log.1 log.2 --failures failed.jsonl && exit 9
            cp in/1/1.FMT in/0/bad.FMT
            "$CONVERT" --files-from failed.jsonl out --to FMT --log log.3 || exit 8
            "$CONVERT" report log.* --json
            """)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.contains("convert: 1 converted\n"))
        #expect(run.text.contains("failed: 1\n  1 unrecognized\n"))
        #expect(run.text.contains(#""failed":0,"unfinished":0"#))
    }

    @Test func `a record that is in use is a reason to try again`() throws {
        _ = try folder.makePipe("in/pipe.\(format)")
        let run = try shell(
            """
            mkdir out
            printf 'in/pipe.FMT\\n' >list
            "$CONVERT" --files-from list out --to FMT --resume --quiet &
            for try in {1..500}; do [ -e out/.convert-record.jsonl ] && break; sleep 0.01; done
            sleep 0.2
            "$CONVERT" in/0/0.FMT out --to FMT --resume
            echo $?
            "$CONVERT" in/0/0.FMT out --to FMT --resume --shard 1/1
            echo $?
            cat in/1/1.FMT >in/pipe.FMT
            wait
            "$CONVERT" in/0/0.FMT out --to FMT --resume
            """)
        #expect(run.status == 0 && run.text == "75\n75\n", "\(run.errors)")
        #expect(run.errors.contains("another run into this folder is under way"))
    }

    @Test func `exits with 2 on parts that make no sense`() throws {
        for options in [
            ["--shard", "0/3"], ["--shard", "4/3"], ["--shard", "x"], ["--shard", "auto"],
            ["--shard-by", "cost"], ["--shard", "1/2", "--shard-by", "size"],
            ["--shard", "1/2", "--name-template", "{width}.{ext}"], ["--grace", "-1"],
        ] {
            let run = try ConvertTool.run(
                ["in", "out", "--to", format, "--recursive"] + options, in: folder)
            #expect(run.status == 2, "\(options): \(run.errors)")
        }
        #expect(outputs("out").isEmpty)
    }
}

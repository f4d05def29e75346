import FormatKit
import TestSupport
import Testing

/// Runs that are interrupted and go on, as a user sees them.
@Suite(.timeLimit(.minutes(30))) struct ResumeTests {
    private let folder: TemporaryFolder
    private let format = BuiltIn.any

    init() throws {
        folder = try TemporaryFolder()
    }

    private func convert(_ options: String...) throws -> ConvertTool.Run {
        try ConvertTool.run(["in", "out", "--to", format] + options, in: folder)
    }

    private func write(_ names: some Sequence<String>) throws {
        for (index, name) in names.enumerated() {
            try folder.write("in/\(name).\(format)", try BuiltIn.file(format, width: 40 + index))
        }
    }

    /// The outputs, without the record.
    private var outputs: [String: [UInt8]] {
        let names = folder.files.filter { $0.hasPrefix("out/") && !$0.hasSuffix(".jsonl") }
        return Dictionary(uniqueKeysWithValues: names.map { ($0, folder.read($0) ?? []) })
    }

    @Test func `goes on after a kill, and does only the rest`() throws {
        let names = (0..<30).map { "\($0)" }
        try write(names)
        #expect(try convert("--quiet").status == 0)
        let expected = outputs
        for name in expected.keys { try folder.remove(name) }
        let killed = try ConvertTool.shell(
            #"""
            "$CONVERT" in out --to \#(format) --resume --jobs 2 --quiet &
            for try in {1..2000}; do
              [ "$(grep -c done out/.convert-record.jsonl 2>/dev/null)" -ge 5 ] && break
            done
            kill -KILL $!
            wait $!
            """#, in: folder)
        #expect(killed.status == 137 || killed.status == 0)
        let doneCount = outputs.count
        let run = try convert("--resume")
        #expect(run.status == 0, "\(run.errors)")
        let skippedCount = run.errorLines.filter { $0.contains("was made from it before") }.count
        // What was complete but not yet written down is made again: at most one a worker.
        #expect((doneCount - 3...doneCount).contains(skippedCount))
        #expect(outputs == expected)
        #expect(try convert("--resume", "--verify").errors.hasSuffix("0 converted, 30 skipped\n"))
    }

    @Test func `goes on after a kill between an output and its line in the record`() throws {
        try write(["a"])
        #expect(try convert("--resume").status == 0)
        try folder.write("in/a.\(format)", try BuiltIn.file(format, width: 77, height: 50))
        #expect(try convert("--resume").status == 0)
        // The new output is there; that it is done was never written.
        let record = try #require(folder.read("out/.convert-record.jsonl"))
        var lines = record.split(separator: UInt8(ascii: "\n"))
        lines.removeLast()
        try folder.write(
            "out/.convert-record.jsonl", Array(lines.joined(separator: [UInt8(ascii: "\n")])) + [10]
        )
        let run = try convert("--resume")
        #expect(run.status == 0 && run.errors.contains("1 converted"), "\(run.errors)")
        #expect(try convert("--resume").errors.contains("1 skipped"))
    }

    @Test func `makes again what was made with other options or from other bytes`() throws {
        try write(["a", "b"])
        #expect(try convert("--resume").status == 0)
        try write(["b"])
        #expect(
            try convert("--resume", "--quiet", "--jobs", "1", "--log", "log").status == 0)
        let log = String(decoding: try #require(folder.read("log")), as: UTF8.self)
        let events = try log.split(separator: "\n").map {
            try #require(try parseJSON($0) as? [String: Any])
        }
        #expect(
            events.map { $0["event"] as? String }
                == ["started", "skipped", "started", "finished", "summary"])
        #expect(try convert("--resume", "--effort", "2").errors.hasSuffix("2 converted\n"))
        #expect(
            try convert("--resume", "--jobs", "1", "--effort", "2").errors.hasSuffix(
                "0 converted, 2 skipped\n"))
        #expect(
            try convert("--resume", "--effort", "2", "--force").errors.hasSuffix(
                "2 converted\n"))
    }

    @Test func `gives the same bytes whatever the number of jobs, and every time`() throws {
        for lossless in BuiltIn.lossless {
            try folder.write("in/\(lossless).\(lossless)", try BuiltIn.file(lossless, width: 200))
        }
        for target in BuiltIn.lossless {
            var all: [[String: [UInt8]]] = []
            for options in [["--jobs", "1"], ["--jobs", "4", "--threads", "3"]] {
                let run = try ConvertTool.run(
                    [
                        "in", "out", "--to", target, "--overwrite", "--quiet", "--name-template",
                        "{name}.{ext}",
                    ] + options, in: folder)
                #expect(run.status == 0, "\(run.errors)")
                all.append(outputs)
            }
            #expect(all[0] == all[1])
        }
    }

    @Test func `says what it would do`() throws {
        try write(["a", "b"])
        let run = try convert(
            "--dry-run", "--name-template", "{stem}-{width}x{height}.{ext}", "--exclude", "b*")
        #expect(run.status == 0)
        #expect(run.text == "in/a.\(format) -> out/a-40x30.\(format)\n")
        #expect(run.errors == "convert: 1 would be converted, 1 left out\n")
        #expect(folder.files == ["in/a.\(format)", "in/b.\(format)"])
    }

    @Test func `exits with 3 where nothing matches`() throws {
        try write(["a"])
        #expect(try convert("--include", "*.nothing").status == 3)
        #expect(!folder.files.contains { $0.hasPrefix("out/") })
    }

    @Test(arguments: [
        ["in", "out", "--to", "FMT", "--include", "["],
        ["in", "out", "--to", "FMT", "--name-template", "{bogus}"],
        ["in", "out", "--to", "FMT", "--timeout", "0"],
        ["in", "out", "--to", "FMT", "--max-failures", "0"],
        ["in/a.FMT", "out.FMT", "--resume"], ["in/a.FMT", "out.FMT", "--exclude", "x"],
        ["in/a.FMT", "-", "--to", "FMT", "--timeout", "1"],
        ["in/a.FMT", "-", "--to", "FMT", "--dry-run"],
        ["in", "out", "--to", "FMT", "--name-template", "same.{ext}"],
    ])
    func `exits with 2 on a batch that makes no sense`(arguments: [String]) throws {
        try write(["a", "b"])
        let run = try ConvertTool.run(
            arguments.map { $0.replacing("FMT", with: format) }, in: folder)
        #expect(run.status == 2, "\(run.errors)")
        #expect(folder.files.allSatisfy { $0.hasPrefix("in/") })
    }
}

import FormatFiles
import FormatKit
import TestSupport
import Testing

@testable import ConvertKit

@Suite final class RunReportTests: BatchFixture {
    private func report(_ logs: String...) throws -> RunReport {
        try RunReport(logs.map { .file(Path(folder($0))) })
    }

    /// A line of a log, at a second of one minute.
    private func line(_ event: String, _ second: Int, _ more: String) -> String {
        let time = "2026-11-30T10:00:\(second < 10 ? "0" : "")\(second)Z"
        return #"{"event":"\#(event)","time":"\#(time)","# + more + "}"
    }

    private func write(_ name: String, _ lines: [String]) throws {
        try folder.write(name, Array((lines.joined(separator: "\n") + "\n").utf8))
    }

    private let a = #""input":"in/a.toy","output":"out/a.toy""#
    private let b = #""input":"in/b.toy","output":"out/b.toy""#

    @Test func `adds up what runs did`() throws {
        try write(
            "log",
            [
                line("started", 1, a),
                line(
                    "finished", 2,
                    a + #","input_bytes":9,"output_bytes":4,"milliseconds":1500,"losses":"#
                        + #"[{"kind":"depth"},{"kind":"depth"},{"kind":"alpha"}]"#),
                line(
                    "finished", 3,
                    b + #","input_bytes":1,"output_bytes":2,"milliseconds":2000,"losses":"#
                        + #"[{"kind":"depth"}],"peak_memory_bytes":3000000"#),
                "{\"event\":\"fini",
            ])
        let report = try report("log")
        #expect(
            report.text == """
                converted: 2 (10 -> 6 bytes, 3.5 s in all, at most 2 MiB)
                skipped: 0
                from 2026-11-30T10:00:01Z to 2026-11-30T10:00:03Z
                slowest:
                  2000 ms in/b.toy
                  1500 ms in/a.toy
                losses:
                  2 depth
                  1 alpha
                failed: 0
                no lines of a log, or cut: 1

                """)
        #expect(report.status == .success)
        #expect(report.json["losses"]?["depth"] == .integer(2))
    }

    @Test(arguments: [
        (["failed 1", "finished 2"], 0), (["finished 1", "failed 2"], 1),
        (["failed 1", "failed 2"], 1), (["failed 2", "skipped 2"], 0),
        (["failed 1", "started 2"], 1), (["failed 1"], 1),
    ])
    func `what was put right later has not failed`(events: [String], count: Int) throws {
        for order in [events, events.reversed()] {
            // A log for each event: their order does not count, their times do.
            let names = try order.enumerated().map { index, event in
                let words = event.split(separator: " ")
                let error = words[0] == "failed" ? #","error":{"kind":"io"}"# : ""
                try write("\(index)", [line(String(words[0]), Int(words[1]) ?? 0, a + error)])
                return Endpoint.file(Path(folder("\(index)")))
            }
            let report = try RunReport(names)
            #expect(report.failures.count == count)
            #expect(report.status == (count == 0 ? .success : .failure))
        }
    }

    @Test func `knows what was begun and not finished`() throws {
        try write("0", [line("started", 1, a), line("started", 1, b), line("finished", 2, b)])
        #expect(try report("0").unfinished.map(\.input) == ["in/a.toy"])
        #expect(try report("0").status == .failure)
        try write("1", [line("started", 5, a), line("finished", 6, a)])
        #expect(try report("0", "1").unfinished.isEmpty)
        #expect(try report("1", "0").unfinished.isEmpty)
    }

    @Test func `what was begun and not finished is in the list, too`() throws {
        try writePictures(["in/a.toy", "in/x/b.toy"])
        _ = try run(folderRequest(isRecursive: true)) { $0.logPath = Path(self.folder("log")) }
        // As if it had been killed.
        let log = String(decoding: try #require(folder.read("log")), as: UTF8.self)
        try write(
            "killed",
            log.split(separator: "\n").filter { $0.contains("started") && $0.contains("b.toy") }
                .map(String.init))
        try report("killed").writeFailures(to: Path(folder("left.jsonl")))
        let list = String(decoding: try #require(folder.read("left.jsonl")), as: UTF8.self)
        #expect(list.contains("b.toy") && !list.contains("a.toy"))
        #expect(list.contains(#""kind":"unfinished""#))
        var request = ConversionRequest([folder("again")], formatName: "toy")
        request.list = FileList(.file(Path(folder("left.jsonl"))))
        #expect(try run(request) == .success)
        #expect(folder.files.filter { $0.hasPrefix("again/") } == ["again/x/b.toy"])
    }

    @Test func `an older line, read later, does not hide that a job was begun again`() throws {
        try write("new", [line("started", 5, a)])
        try write("old", [line("started", 1, a), line("finished", 2, a)])
        for order in [["new", "old"], ["old", "new"]] {
            let report = try RunReport(order.map { .file(Path(folder($0))) })
            #expect(report.unfinished.count == 1 && report.status == .failure)
        }
    }

    @Test func `what was not begun is named, and is not done until it is`() throws {
        try writePictures(["in/x/b.toy", "in/y/b.toy"])
        try folder.write("in/a.toy", [1])
        let status = try run(folderRequest(isRecursive: true)) {
            ($0.jobCount, $0.maximumFailureCount) = (1, 1)
            $0.logPath = Path(self.folder("log"))
        }
        #expect(status == .failure)
        #expect(try report("log").text.contains("failed: 1\n  1 unrecognized\nnot begun: 2\n"))
        #expect(try report("log").json["not_begun"] == .integer(2))
        // With the failure put right, the others are left.
        try writePictures(["in/a.toy"])
        try report("log").writeFailures(to: Path(folder("left.jsonl")))
        var request = ConversionRequest([folder("again")], formatName: "toy")
        request.list = FileList(.file(Path(folder("left.jsonl"))))
        #expect(try run(request) == .success)
        let outputs = folder.files.filter { $0.hasPrefix("again/") }
        #expect(outputs == ["again/a.toy", "again/x/b.toy", "again/y/b.toy"])
        #expect(try run(folderRequest()) { $0.logPath = Path(self.folder("more")) } == .success)
        #expect(try report("log", "more").failures.isEmpty)
        #expect(try report("log", "more").status == .failure)
        let rest = try run(folderRequest(isRecursive: true)) {
            ($0.isSkippingExisting, $0.logPath) = (true, Path(self.folder("more")))
        }
        #expect(rest == .success)
        #expect(try report("log", "more").status == .success)
    }

    @Test func `a log that names not all that was left is no success`() throws {
        try write("log", [line("summary", 1, #""not_done":7,"unnamed":7,"status":143"#)])
        #expect(try report("log").status == .failure)
        #expect(try report("log").json["not_begun"] == .integer(7))
        #expect(try report("log").text.contains("not named in the logs: 7; repeat the command\n"))
    }

    @Test func `what was only salvaged is not done`() throws {
        let part = line("finished", 2, a + #","good_row_share":0.5"#)
        try write("log", [line("started", 1, a), part])
        #expect(try report("log").status == .failure)
        #expect(try report("log").text.contains("failed: 0\nonly salvaged: 1\n"))
        #expect(try report("log").json["salvaged"] == .integer(1))
        for whole in [1, 3] {
            try write("log", [part, line("finished", whole, a)])
            #expect(try report("log").status == (whole == 3 ? .success : .failure))
        }
    }

    @Test func `no name brings control characters into a report`() throws {
        let name = #""input":"x\n\u001b[31mfailed: 0","output":"o""#
        try write("log", [line("finished", 1, name)])
        #expect(try report("log").text.contains("ms x??[31mfailed: 0\n"))
    }

    @Test(arguments: ["out/a.toy", "out/.convert-record.jsonl", "in/../out/a.toy"])
    func `no log has the name of an output or a record`(name: String) throws {
        try writePictures(["in/a.toy"])
        try folder.write("out/other", [])
        #expect(throws: CommandError.self) {
            try self.run(self.folderRequest()) {
                ($0.logPath, $0.isReplacing) = (Path(self.folder(name)), true)
            }
        }
        #expect(folder.files == ["in/a.toy", "out/other"])
    }

    @Test func `a list does not replace the log that it is made from`() throws {
        try write("log", [line("started", 1, a)])
        let log = Endpoint.file(Path(folder("log")))
        #expect(throws: CommandError.self) {
            try RunReport.check(Path(self.folder("log")), isNoneOf: [.standard, log])
        }
        try RunReport.check(Path(folder("list")), isNoneOf: [.standard, log])
    }

    @Test func `lines that are none of a log are counted`() throws {
        try folder.write("log", Array("garbage\n\n".utf8))
        #expect(try report("log").status == .failure)
        #expect(try report("log").text.contains("no lines of a log, or cut: 1\n"))
        try write("log", [line("started", 1, a), line("finished", 2, a), #"{"event":"fai"#])
        #expect(try report("log").foreignLineCount == 1)
        #expect(try report("log").status == .success)
    }

    @Test func `a log is added to no other file`() throws {
        try writePictures(["in/a.toy", "in/b.toy"])
        let picture = try #require(folder.read("in/b.toy"))
        #expect(throws: CommandError.self) {
            _ = try self.run(self.folderRequest()) { $0.logPath = Path(self.folder("in/b.toy")) }
        }
        #expect(folder.read("in/b.toy") == picture)
        for start in [[], Array(#"{"ev"#.utf8)] {
            try folder.write("log", start)
            _ = try run(folderRequest()) { $0.logPath = Path(self.folder("log")) }
            #expect(try report("log").totals.eventCount > 0)
        }
    }

    @Test func `misses the parts that have no end`() throws {
        func part(_ number: Int, _ second: Int, _ status: Int = 0, _ digest: String = "aa")
            -> String
        {
            line(
                "summary", second,
                #""shard":"\#(number)/3","partition":"\#(digest)","status":\#(status)"#)
        }
        try write("log", [part(1, 1), part(3, 2)])
        #expect(try report("log").totals.missingParts == [2])
        #expect(try report("log").text.contains("shards without an end: 2\n"))
        try write("log", [part(1, 1), part(3, 2), part(2, 3, 143)])
        #expect(try report("log").totals.missingParts == [2])
        try write("log", [part(1, 1), part(3, 2), part(2, 3, 75)])
        #expect(try report("log").totals.missingParts == [])
        try write("log", [part(1, 1), part(3, 2), part(2, 3), part(1, 4, 0, "bb")])
        #expect(try report("log").totals.missingParts == [2, 3])
        #expect(try report("log").text.contains("divided differently: 2\n"))
    }

    @Test func `writes failures as a list that can be run again`() throws {
        try writePictures(["in/x/a.toy"])
        try folder.write("in/x/new\nline.toy", [1])
        try folder.write("in/b.toy", [1])
        #expect(
            try run(folderRequest(isRecursive: true)) { $0.logPath = Path(self.folder("log")) }
                == .failure)
        let report = try report("log")
        #expect(report.failures.count == 2 && report.status == .failure)
        try report.writeFailures(to: Path(folder("failed.jsonl")))
        let list = String(decoding: try #require(folder.read("failed.jsonl")), as: UTF8.self)
        #expect(list.contains(#""out":"x/new\nline.toy","error":{"kind":"unrecognized""#))
        try writePictures(["in/x/new\nline.toy", "in/b.toy"])
        var request = ConversionRequest([folder("out")], formatName: "toy")
        request.list = FileList(.file(Path(folder("failed.jsonl"))))
        #expect(try run(request) { $0.logPath = Path(self.folder("log")) } == .success)
        #expect(
            folder.files.filter { $0.hasPrefix("out/") }
                == ["out/b.toy", "out/x/a.toy", "out/x/new\nline.toy"])
        #expect(try self.report("log").status == .success)
    }

    @Test func `what failed before it had a name is put right by any output of the input`() throws {
        try writePictures(["in/x/a.toy"])
        try folder.write("in/x/b.toy", [1])
        var request = folderRequest(isRecursive: true)
        request.template = try NameTemplate("{stem}-{width}.{ext}")
        func run(_ request: ConversionRequest) throws -> ProgramStatus {
            try self.run(request) { $0.logPath = Path(self.folder("log")) }
        }
        #expect(try run(request) == .failure)
        try report("log").writeFailures(to: Path(folder("failed.jsonl")))
        let list = String(decoding: try #require(folder.read("failed.jsonl")), as: UTF8.self)
        #expect(list.contains("in/x/b.toy\",\"error\"") && !list.contains("\"out\""))
        try writePictures(["in/x/b.toy"])
        var again = ConversionRequest(
            [folder("out")], formatName: "toy", template: request.template)
        again.list = FileList(.file(Path(folder("failed.jsonl"))))
        again.base = Path(folder("in"))
        #expect(try run(again) == .success)
        #expect(folder.read("out/x/b-9.toy") != nil)
        #expect(try report("log").status == .success)
    }

    @Test func `a folder that a later run could list has not failed`() throws {
        let folder = #""input":"in/x","folder":true,"error":{"kind":"io"}"#
        let unlisted = #""scanned":["in"],"unlisted":["in/x"]"#
        let first = [line("failed", 1, folder), line("summary", 2, unlisted)]
        try write("log", first)
        #expect(try report("log").failures.count == 1)
        #expect(try report("log").text.contains("failed: 1\n  1 io\n  1 of them folders, which"))
        // Another folder, one that was not scanned deeply, and the same failure again.
        for more in [
            [line("summary", 3, #""scanned":["other","in/x/y"],"unlisted":[]"#)],
            [line("summary", 3, "\"status\":0")],
            [line("failed", 3, folder), line("summary", 4, unlisted)],
        ] {
            try write("log", first + more)
            #expect(try report("log").failures.count == 1)
        }
        for scanned in ["in", "in/x"] {
            try write(
                "log",
                first + [line("summary", 3, #""scanned":["\#(scanned)"],"unlisted":["in/y"]"#)])
            #expect(try report("log").status == .success)
        }
        // No list can have a folder.
        try write("log", first)
        try report("log").writeFailures(to: Path(self.folder("failed.jsonl")))
        #expect(
            self.folder.read("failed.jsonl")
                == Array("{\"convert_manifest\":1}\n{\"convert_manifest_end\":0}\n".utf8))
    }

    @Test func `what failed before it had a name keeps its page`() throws {
        try folder.write("in/b.toy", [1])
        try folder.write("list", Array("{\"in\":\"\(folder("in/b.toy"))\",\"page\":2}\n".utf8))
        try folder.makeFolder("out")
        var request = ConversionRequest(
            [folder("out")], formatName: "toy",
            template: try NameTemplate("{stem}-{width}.{ext}"))
        request.list = FileList(.file(Path(folder("list"))))
        #expect(try run(request) { $0.logPath = Path(self.folder("log")) } == .failure)
        try report("log").writeFailures(to: Path(folder("failed.jsonl")))
        let list = String(decoding: try #require(folder.read("failed.jsonl")), as: UTF8.self)
        #expect(list.contains("\"page\":2"), "\(list)")
    }

    @Test func `pages of one input that have no names yet are told apart`() throws {
        try folder.write("in/b.toy", [1])
        let lines = [2, 1, 3].map { "{\"in\":\"\(folder("in/b.toy"))\",\"page\":\($0)}\n" }
        try folder.write("list", Array(lines.joined().utf8))
        try folder.makeFolder("out")
        var request = ConversionRequest(
            [folder("out")], formatName: "toy",
            template: try NameTemplate("{stem}-{width}.{ext}"))
        request.list = FileList(.file(Path(folder("list"))))
        #expect(try run(request) { $0.logPath = Path(self.folder("log")) } == .failure)
        #expect(try report("log").failures.map(\.page) == [1, 2, 3])
        try report("log").writeFailures(to: Path(folder("failed.jsonl")))
        let list = String(decoding: try #require(folder.read("failed.jsonl")), as: UTF8.self)
        #expect((1...3).allSatisfy { list.contains("\"page\":\($0),") }, "\(list)")
        // What makes one of them good says nothing of the others.
        try writePictures(["in/b.toy"])
        try folder.write("list", Array(lines[1].utf8))
        #expect(try run(request) { $0.logPath = Path(self.folder("log")) } == .success)
        #expect(try report("log").failures.map(\.page) == [2, 3])
    }

    @Test(arguments: [
        (#""page":2"#, #""page":2"#, 0), (#""page":2"#, #""page":1"#, 1),
        (#""page":2"#, "", 1), ("", #""page":2"#, 0), ("", "", 0),
    ])
    func `a page is put right by itself, and all by any`(
        failed: String, finished: String, count: Int
    ) throws {
        func member(_ text: String) -> String { text.isEmpty ? "" : "," + text }
        for event in ["finished", "skipped", "failed"] {
            let error = event == "failed" ? #","error":{"kind":"io"}"# : ""
            let unnamed = #""input":"in/a.toy","error":{"kind":"io"}"#
            try write(
                "log",
                [
                    line("failed", 1, unnamed + member(failed)),
                    line(event, 2, a + member(finished) + error),
                ])
            #expect(try report("log").failures.count == count + (event == "failed" ? 1 : 0))
        }
    }

    @Test func `a run says which folders it has scanned`() throws {
        try writePictures(["in/x/a.toy"])
        for isRecursive in [true, false] {
            _ = try run(folderRequest(isRecursive: isRecursive)) {
                $0.logPath = Path(self.folder("log\(isRecursive)"))
            }
            let bytes = try #require(folder.read("log\(isRecursive)"))
            let log = String(decoding: bytes, as: UTF8.self)
            #expect(log.contains(#""scanned":["\#(folder("in"))"],"unlisted":[]"#) == isRecursive)
        }
        // Who has only looked has put nothing right.
        _ = try run(folderRequest(isRecursive: true)) {
            ($0.logPath, $0.isDryRun) = (Path(self.folder("log")), true)
        }
        let log = String(decoding: try #require(folder.read("log")), as: UTF8.self)
        #expect(!log.contains("scanned"))
    }

    @Test func `tells of a log that is missing, or empty`() throws {
        #expect(throws: CommandError.self) { try self.report("none") }
        try folder.write("log", [])
        #expect(try report("log").status == .nothingMatched)
    }
}

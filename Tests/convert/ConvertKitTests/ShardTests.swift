import FormatFiles
import FormatKit
import TestSupport
import Testing

@testable import ConvertKit

/// Runs that are divided into parts, and what their records say to each other.
@Suite final class ShardTests: BatchFixture {
    private static let names = (0..<11).map { "in/\($0 % 3)/\($0).toy" }

    private func runPart(
        _ number: Int, of count: Int, by basis: Shard.Basis = .count,
        _ change: (inout RunOptions) -> Void = { _ in }
    ) throws -> ProgramStatus {
        var request = folderRequest(isRecursive: true)
        request.shard = Shard(number: number, of: count)
        request.shard?.basis = basis
        return try run(request, change)
    }

    private var outputs: [String] {
        folder.files.filter { $0.hasPrefix("out/") && $0.hasSuffix(".toy") }
    }

    private func resume(_ run: inout RunOptions) { run.isResuming = true }

    /// The parts of all that are done by now, as `converted, skipped`.
    private func counts() -> [String] {
        messages.text.split(separator: "\n").compactMap { line in
            guard let match = line.firstMatch(of: /: (\d+) converted(?:, (\d+) skipped)?$/) else {
                return nil
            }
            return "\(match.output.1)+\(match.output.2 ?? "0")"
        }
    }

    @Test(arguments: [Shard.Basis.count, .cost], [1, 3, 20])
    func `the parts together make what one run makes`(basis: Shard.Basis, count: Int) throws {
        try writePictures(Self.names)
        var seen: [String] = []
        for number in (1...count).reversed() {
            let before = Set(outputs)
            #expect(try runPart(number, of: count, by: basis) == .success)
            let new = outputs.filter { !before.contains($0) }
            seen += new
            // One part makes no folder that only others need.
            #expect(count > 1 || new.count == 11)
        }
        #expect(seen.sorted() == Self.names.map { $0.replacing("in/", with: "out/") }.sorted())
        #expect(messages.text.contains("convert: shard 1/\(count): "))
    }

    @Test func `a part of nothing finds nothing, an empty part of something is done`() throws {
        try writePictures(["in/a.toy"])
        let statuses = try (1...3).map { try runPart($0, of: 3) }
        #expect(statuses == [.success, .success, .success] && outputs == ["out/a.toy"])
        try folder.remove("in/a.toy")
        #expect(try runPart(1, of: 3) == .nothingMatched)
    }

    @Test func `every part finds collisions between outputs of others`() throws {
        try writePictures(Self.names + ["in/0/0.scalable"])
        for number in 1...4 {
            #expect(throws: CommandError.self) { try runPart(number, of: 4) }
        }
        #expect(outputs == [])
    }

    @Test func `every part of a list finds collisions between outputs of others`() throws {
        try writePictures(Self.names)
        try folder.makeFolder("out/x")
        try folder.link("out/link", to: "x")
        func run(_ lines: [String], _ number: Int, force: Bool = false) throws -> ProgramStatus {
            var request = ConversionRequest([folder("out")], formatName: "toy")
            request.list = FileList(
                .file(Path(try folder.write("list", Array(lines.joined(separator: "\n").utf8)))))
            request.shard = Shard(number: number, of: 4)
            return try self.run(request) { $0.isReplacing = force }
        }
        let lines = Self.names.enumerated().map { index, name in
            #"{"in":"\#(folder(name))","out":"x/\#(index).toy"}"#
        }
        let more = #"{"in":"\#(folder(Self.names[0]))","out":"link/7.toy"}"#
        for number in 1...4 {
            for force in [false, true] {
                let error = #expect(throws: CommandError.self) {
                    try run(lines + [more], number, force: force)
                }
                let message = error?.message ?? ""
                #expect(message.contains("(line 8) and ") && message.contains("(line 12) would"))
            }
        }
        #expect(outputs == [])
        // Whether all jobs are held or one part's, the parts are the same.
        var seen: [[String]] = []
        for force in [false, true] {
            for number in 1...4 {
                #expect(try run(lines, number, force: force) == .success)
                seen.append(outputs)
                for name in outputs { try folder.remove(name) }
            }
        }
        #expect(Array(seen[..<4]) == Array(seen[4...]))
        #expect(seen[..<4].joined().sorted() == (0..<11).map { "out/x/\($0).toy" }.sorted())
    }

    @Test func `a link above a folder that is yet to be made hides no collision`() throws {
        try writePictures(["in/a.scalable", "in/b.scalable"])
        try folder.makeFolder("out/x")
        try folder.link("out/link", to: "x")
        let lines = [("a", "x"), ("b", "link")].map { name, place in
            #"{"in":"\#(folder("in/\(name).scalable"))","out":"\#(place)/new/deep/7.toy"}"#
        }
        var request = ConversionRequest([folder("out")], formatName: "toy")
        request.list = FileList(
            .file(Path(try folder.write("list", Array(lines.joined(separator: "\n").utf8)))))
        let error = #expect(throws: CommandError.self) { try self.run(request) }
        #expect(error?.message.contains("would both become") == true)
        #expect(outputs == [])
    }

    @Test func `a part finds that an output of another one takes the place of an input`() throws {
        try writePictures(["in/a.toy", "in/b.toy"])
        try folder.write("in/b.scalable", ScalableFormat.file(value: 1))
        var request = ConversionRequest(
            ["in/a.toy", "in/b.scalable", "in/b.toy"].map { folder($0) },
            outputDirectory: folder("in"), formatName: "toy",
            template: try NameTemplate("{stem}.{ext}"))
        for number in 1...2 {
            request.shard = Shard(number: number, of: 2)
            let error = #expect(throws: CommandError.self) {
                try run(request) { $0.isReplacing = true }
            }
            // Two outputs are one file, too.
            #expect(error?.message.contains("would both become") == true)
        }
        request.arguments = []
        request.list = FileList(
            .file(
                Path(
                    try folder.write(
                        "list",
                        Array(
                            """
                            {"in":"\(folder("in/a.toy"))"}
                            {"in":"\(folder("in/b.scalable"))","out":"b.toy"}
                            {"in":"\(folder("in/b.toy"))","out":"c.toy"}
                            """.utf8)))))
        for number in 1...2 {
            request.shard = Shard(number: number, of: 2)
            let error = #expect(throws: CommandError.self) {
                try run(request) { $0.isReplacing = true }
            }
            #expect(error?.message.contains("in/b.scalable would replace the input") == true)
        }
        #expect(folder.files.filter { $0.hasPrefix("in/") }.count == 3)
        // A file that only becomes itself is no other one's input.
        request.list = nil
        request.arguments = [folder("in/a.toy"), folder("in/b.toy")]
        for number in 1...2 {
            request.shard = Shard(number: number, of: 2)
            #expect(try run(request) { $0.isReplacing = true } == .success)
        }
    }

    @Test func `what a list says to cost counts only if it says it of all`() throws {
        try writePictures(["in/a.toy", "in/b.toy", "in/c.toy"])
        try folder.makeFolder("out")
        func parts(_ costs: [String]) throws -> [[String]] {
            let lines = zip(["a", "b", "c"], costs).map { name, cost in
                #"{"in":"\#(folder("in/\(name).toy"))"\#(cost)}"#
            }
            var request = ConversionRequest([folder("out")], formatName: "toy")
            request.list = FileList(
                .file(Path(try folder.write("list", Array(lines.joined(separator: "\n").utf8)))))
            var parts: [[String]] = []
            for number in 1...2 {
                request.shard = Shard(number: number, of: 2)
                request.shard?.basis = .cost
                #expect(try run(request) == .success)
                parts.append(outputs)
                for name in outputs { try folder.remove(name) }
            }
            return parts
        }
        let heavy = try parts([#","cost":1"#, #","cost":9"#, #","cost":2"#])
        #expect(heavy.contains(["out/b.toy"]))
        // All files are of one size.
        let alike = try parts(["", #","cost":9"#, ""])
        #expect(alike.map(\.count).sorted() == [1, 2])
    }

    @Test(arguments: [
        ["a.toy", "b.toy"], ["a.toy", "b.toy", "c.toy"],
    ])
    func `refuses a part of a single output`(names: [String]) throws {
        try writePictures(["a.toy", "b.toy"])
        var request = ConversionRequest(names.map { folder($0) })
        request.isJoining = names.count > 2
        request.shard = Shard(number: 1, of: 2)
        #expect(throws: CommandError.self) { try run(request) }
        request = ConversionRequest([folder("in"), folder("out")], formatName: "toy")
        try writePictures(["in/a.toy"])
        request.template = try NameTemplate("{width}.{ext}")
        request.shard = Shard(number: 1, of: 2)
        #expect(throws: CommandError.self) { try run(request) }
    }

    @Test func `leaves temporary files of other parts alone`() throws {
        try writePictures(["in/a.toy", "in/b.toy"])
        for name in ["a", "b"] {
            try folder.write("out/.\(name).toy.convert-\(Int32.max)-ff.tmp", [1])
        }
        #expect(try runPart(1, of: 2) == .success)
        let done = try #require(outputs.first)
        #expect(
            folder.files.filter { $0.hasSuffix(".tmp") }.map { $0.contains(".b.toy") }
                == [done == "out/a.toy"])
        #expect(try runPart(2, of: 2) == .success)
        #expect(folder.files.allSatisfy { !$0.hasSuffix(".tmp") })
    }

    @Test func `what was done counts however it was divided`() throws {
        try writePictures(Self.names)
        for number in 1...3 { #expect(try runPart(number, of: 3, resume) == .success) }
        for number in 1...3 { #expect(try runPart(number, of: 3, resume) == .success) }
        for number in 1...2 { #expect(try runPart(number, of: 2, by: .cost, resume) == .success) }
        #expect(try run(folderRequest(isRecursive: true), resume) == .success)
        #expect(
            counts() == ["4+0", "4+0", "3+0", "0+4", "0+4", "0+3"] + counts()[6...7] + ["0+11"])
        #expect(counts()[6...7].allSatisfy { $0.hasPrefix("0+") })
        try writePictures(["in/new.toy"])
        for number in 1...5 { #expect(try runPart(number, of: 5, resume) == .success) }
        #expect(counts().suffix(5).filter { $0.hasPrefix("0+") }.count == 4)
        #expect(counts().suffix(5).filter { $0.hasPrefix("1+") }.count == 1)
    }

    @Test func `the last run that made an output decides, whichever file it wrote`() throws {
        func write(_ value: Int) throws {
            try folder.write(
                "in/a.toy",
                try TestImages.encoded(
                    TestImages.picture(width: value, height: 3), as: ToyFormat()))
        }
        // Each replaces what the one before has made, and knows that it may.
        let runs: [() throws -> ProgramStatus] = [
            { try self.run(self.folderRequest(isRecursive: true), self.resume) },
            { try self.runPart(1, of: 1, self.resume) },
            { try self.run(self.folderRequest(isRecursive: true), self.resume) },
            {
                _ = try self.runPart(1, of: 2, self.resume)
                return try self.runPart(2, of: 2, self.resume)
            },
            { try self.runPart(1, of: 1, self.resume) },
            { try self.run(self.folderRequest(isRecursive: true), self.resume) },
        ]
        for (index, run) in runs.enumerated() {
            try write(10 + index)
            #expect(try run() == .success, "\(messages.text)")
            #expect(folder.read("out/a.toy") == folder.read("in/a.toy"))
        }
        // And what it was before has been forgotten.
        let made = try #require(folder.read("out/a.toy"))
        try write(12)
        try folder.write("out/a.toy", try #require(folder.read("in/a.toy")))
        try write(50)
        #expect(try runs[4]() == .failure)
        try folder.write("out/a.toy", made)
        #expect(try runs[4]() == .success)
    }

    @Test func `a record of one file is what it always was`() throws {
        try writePictures(["in/a.toy"])
        #expect(try run(folderRequest(), resume) == .success)
        #expect(try run(folderRequest(), resume) == .success)
        let record = try #require(folder.read("out/.convert-record.jsonl"))
        let lines = String(decoding: record, as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 3 && lines[0] == #"{"convert_record":1}"#)
        #expect(lines[1].contains(#""state":"committing""#))
        #expect(lines[2].contains(#""state":"done""#))
        #expect(folder.files.filter { $0.contains("record") } == ["out/.convert-record.jsonl"])
    }

    @Test func `runs that may make the same output exclude each other`() throws {
        try writePictures(Self.names)
        let root = Path(folder("out"))
        try folder.makeFolder("out")
        func part(_ number: Int, of count: Int, _ digest: String) throws -> BatchPlan.Part {
            BatchPlan.Part(
                shard: try #require(Shard(number: number, of: count)), digest: digest,
                wholeCount: 9)
        }
        func open(_ part: BatchPlan.Part?) throws -> BatchRecord {
            try BatchRecord(in: root, outputs: [], part: part, isReadOnly: false)
        }
        func expectBusy(_ part: BatchPlan.Part?) {
            let error = #expect(throws: ImageError.self) { _ = try open(part) }
            #expect(error.map { ProgramStatus(of: $0) } == .retryable)
        }
        let first = try open(part(1, of: 2, "aa"))
        // Parts of one run do not.
        let second = try open(part(2, of: 2, "aa"))
        expectBusy(try part(1, of: 2, "aa"))
        expectBusy(try part(2, of: 3, "bb"))
        expectBusy(try part(2, of: 2, "cc"))
        expectBusy(nil)
        first.close()
        expectBusy(nil)
        second.close()
        let whole = try open(nil)
        expectBusy(nil)
        expectBusy(try part(1, of: 2, "aa"))
        // Who only looks, may.
        _ = try BatchRecord(in: root, outputs: [], part: part(1, of: 2, "aa"), isReadOnly: true)
        whole.close()
        #expect(try run(folderRequest(isRecursive: true), resume) == .success)
    }
}

import FormatFiles
import FormatKit
import TestSupport
import Testing

@testable import ConvertKit

@Suite struct RecordIndexTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func line(_ output: String, _ state: String, _ digest: String) -> String {
        #"{"output":"\#(output)","state":"\#(state)","key":"k","input_sha256":"i","#
            + #""output_sha256":"\#(digest)","output_bytes":3}"#
    }

    private func read(
        _ files: [[String]], of names: [Path]
    ) throws -> (index: RecordIndex, last: RecordReader.LastRun) {
        let paths = try files.enumerated().map { number, lines in
            let all = [#"{"convert_record":1}"#] + lines
            return Path(
                try folder.write("\(number)", Array((all.joined(separator: "\n") + "\n").utf8)))
        }
        var reader = RecordReader(paths, of: NameSet(names.map(\.stableHash)))
        let last = try reader.read()
        return (reader.index, last)
    }

    @Test func `puts events in the order of runs, whichever file they are in`() throws {
        let (index, last) = try read(
            [
                [line("a", "done", "1"), #"{"run":3}"#, line("a", "done", "4")],
                [#"{"run":2}"#, line("a", "done", "3"), line("b", "committing", "9")],
                [#"{"run":1}"#, line("a", "done", "2"), line("c", "done", "5"), "{\"output\":\"a"],
            ], of: ["a", "b"])
        #expect(last.number == 3 && last.isShared && !last.isOwnEmpty)
        #expect(try index.entry(for: "a")?.completion?.content.digest == "4")
        let other = try index.entry(for: "b")
        #expect(other?.completion == nil && other?.contents.map(\.digest) == ["9"])
        // Nobody has asked for it.
        #expect(try index.entry(for: "c") == nil)
    }

    @Test func `knows names that are written in other ways`() throws {
        let (index, _) = try read(
            [[line(#"\u0061\n"#, "done", "1"), line("z", "done", "2")]], of: ["a\n", "z"])
        #expect(try index.entry(for: "a\n")?.completion?.content.digest == "1")
        #expect(try index.entry(for: "z")?.completion?.content.digest == "2")
    }

    @Test func `finds each of many outputs`() throws {
        let names = (0..<500).map { "out/\($0).x" }
        let lines = names.enumerated().flatMap { number, name in
            [line(name, "committing", "old"), line(name, "done", "\(number)")]
        }
        let (index, _) = try read([lines], of: names.map { Path($0) })
        for (number, name) in names.enumerated() {
            #expect(try index.entry(for: Path(name))?.completion?.content.digest == "\(number)")
        }
        #expect(try index.entry(for: "out/500.x") == nil)
    }

    @Test func `says that a file has gone`() throws {
        let (index, _) = try read([[line("a", "done", "1")]], of: ["a"])
        try folder.remove("0")
        #expect(throws: ImageError.self) { try index.entry(for: "a") }
    }
}

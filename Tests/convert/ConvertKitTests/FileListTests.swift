import FormatFiles
import FormatKit
import TestSupport
import Testing

@testable import ConvertKit

@Suite struct FileListTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// The entries of a list.
    private func entries(
        _ text: String, _ format: FileList.Format = .auto
    ) throws -> [ListEntry] {
        try entries(Array(text.utf8), format)
    }

    private func entries(
        _ bytes: [UInt8], _ format: FileList.Format = .auto
    ) throws -> [ListEntry] {
        let path = try folder.write("list", bytes)
        var entries: [ListEntry] = []
        try FileList(.file(Path(path)), format: format).open().forEach { entry, _ in
            entries.append(entry)
        }
        return entries
    }

    /// What is wrong with a list.
    private func complaint(_ text: String, _ format: FileList.Format = .auto) throws -> String {
        do {
            _ = try entries(text, format)
            return ""
        } catch CommandError.usage(let reason) {
            return reason.replacing(folder.path + "/", with: "")
        }
    }

    @Test(arguments: [
        ("a.tif\nb c.tif\n", ["a.tif", "b c.tif"]), ("a\n\n\nb", ["a", "b"]), ("", []), ("\n", []),
        ("a\0b\nc\0", ["a", "b\nc"]), ("a\0", ["a"]), ("{a}\n", ["{a}"]),
        ("a\r\n\r\nb\r", ["a", "b"]), ("a\r\0", ["a\r"]),
        (#"{"in":"a\nb"}"# + "\n\n" + #"{"in":"c"}"#, ["a\nb", "c"]),
        (#"{"stem":1}"#, [#"{"stem":1}"#]),
    ])
    func `sees how a list is written`(text: String, names: [Path]) throws {
        #expect(try entries(text).map(\.input) == names)
    }

    @Test func `takes a list for what it is said to be`() throws {
        let object = #"{"in":"a"}"#
        #expect(try entries(object, .lines).map(\.input) == [Path(object)])
        #expect(try entries("a\nb", .null).map(\.input) == ["a\nb"])
        #expect(try entries(object + "\r\n").map(\.input) == ["a"])
    }

    @Test func `keeps names that are not UTF-8`() throws {
        #expect(try entries([0x61, 0xFF, 0x0A]).map(\.input) == [Path(bytes: [0x61, 0xFF])])
        #expect(
            try entries(#"{"in":{"bytes":"61ff"}}"#).map(\.input) == [Path(bytes: [0x61, 0xFF])])
    }

    @Test func `reads what an object says, and leaves the rest to others`() throws {
        var entry = ListEntry(input: "a")
        entry.output = "b/c.toy"
        entry.page = 2
        entry.cost = 70
        let line = #"{"in":"a","out":"b/c.toy","page":3,"cost":70,"error":{"kind":"io"}}"#
        #expect(try entries(line) == [entry])
        #expect(try ListEntry(json: entry.json()) == entry)
    }

    @Test(arguments: [
        ("{\"in\":\"a\"}\n{\"in\":", "list, line 2: this is no JSON (at byte 6)"),
        (#"{"in":1}"#, #"list, line 1: "in" is no name"#),
        ("{\"in\":\"a\"}\n\n{}", #"list, line 3: "in" is missing"#),
        (#"{"in":""}"#, #"list, line 1: "in" is empty"#),
        (#"{"in":"a\u0000b"}"#, #"list, line 1: "in" has a zero byte"#),
        (#"{"in":{"bytes":"610062"}}"#, #"list, line 1: "in" has a zero byte"#),
        (#"{"in":"a","page":0}"#, #"list, line 1: "page" is no whole number from 1 on"#),
        (#"{"in":"a","cost":-1}"#, #"list, line 1: "cost" is no whole number from 0 on"#),
        (#"{"in":"a","out":7}"#, #"list, line 1: "out" is no name"#),
        ("{\"convert_manifest\":1}\n{\"in\":\"a\"}\n", "list: the manifest has no end"),
        ("{\"convert_manifest\":2}\n", "list, line 1: the manifest is of version 2, not 1"),
        (
            "{\"convert_manifest\":1}\n{\"in\":\"a\"}\n{\"convert_manifest_end\":2}\n",
            "list, line 3: the manifest should have 2 entries, not 1"
        ),
    ])
    func `says which line makes no sense`(text: String, reason: String) throws {
        let complaint = try complaint(text)
        #expect(complaint.hasPrefix(reason), "\(complaint)")
    }

    @Test func `takes manifests that were joined, and parts of them`() throws {
        let manifest =
            "{\"convert_manifest\":1}\n{\"in\":\"a\"}\n{\"convert_manifest_end\":1}\n"
        #expect(try entries(manifest + manifest).map(\.input) == ["a", "a"])
        #expect(try entries("{\"in\":\"a\"}\n{\"convert_manifest_end\":7}\n").count == 1)
    }

    @Test(arguments: [
        #"{"in":"b","convert_manifest_end":0}"#, #"{"convert_manifest_end":0,"in":"b"}"#,
        #"{"in":"b","convert_manifest":9}"#, #"{"convert_manifest":1,"in":"b"}"#,
        #"{ "in":"b","convert_manifest_end":null}"#,
    ])
    func `a line that names an input is an entry, whatever else it says`(line: String) throws {
        #expect(try entries("{\"in\":\"a\"}\n\(line)\n").map(\.input) == ["a", "b"])
        #expect(try entries("\(line)\n{\"in\":\"a\"}\n").map(\.input) == ["b", "a"])
        let manifest = "{\"convert_manifest\":1}\n\(line)\n{\"convert_manifest_end\":1}\n"
        #expect(try entries(manifest).map(\.input) == ["b"])
        // Also where it is passed over.
        let path = try folder.write("list", Array(manifest.utf8))
        try FileList(.file(Path(path))).open().forEach(where: { _ in false }) { entry, _ in
            Issue.record("\(entry)")
        }
    }

    @Test func `refuses a zero in a line`() throws {
        #expect(try complaint("a\nb\0c", .lines).contains("line 2: a name has no zero byte"))
    }

    @Test func `reads a list that is longer than what is read at a time`() throws {
        let names = (0..<40_000).map { "folder/file \($0).toy" }
        #expect(
            try entries(names.joined(separator: "\n")).map(\.input.description) == names)
    }

    @Test func `refuses a line that is too long for a name`() throws {
        let error = #expect(throws: CommandError.self) {
            try entries("a\n" + String(repeating: "x", count: (1 << 20) + 1))
        }
        #expect(error?.message.contains("line 2 has more than 1048576 bytes") == true)
    }

    @Test func `says which list is missing`() {
        let error = #expect(throws: CommandError.self) {
            _ = try FileList(.file("none/there")).open()
        }
        #expect(error?.message.hasPrefix("none/there: cannot open") == true)
        #expect(error?.exitStatus == .failure)
    }
}

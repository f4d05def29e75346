import FormatFiles
import FormatKit
import TestSupport
import Testing

@testable import ConvertKit

/// Plans that are written down, and carried out in parts.
@Suite final class ManifestTests: BatchFixture {
    private func plan(
        _ request: ConversionRequest, options: ConversionOptions = ConversionOptions(),
        replacing: Bool = false, byName: Bool = false
    ) throws -> ProgramStatus {
        var run = RunOptions()
        run.isReplacing = replacing
        let planner = ManifestPlanner(
            registry: try FormatRegistry([ToyFormat(), ScalableFormat()]), options: options,
            run: run,
            console: Console(verbosity: .normal, columnCount: nil, write: messages.write),
            resources: MachineResources(coreCount: 3, memoryByteCount: 1 << 20),
            isByNameOnly: byName, signal: { nil })
        return try planner.run(request, to: Path(folder("m.jsonl")))
    }

    private func request(_ names: [String] = ["in"]) -> ConversionRequest {
        ConversionRequest(names.map { folder($0) }, formatName: "toy", isRecursive: true)
    }

    private var lines: [String] {
        String(decoding: folder.read("m.jsonl") ?? [], as: UTF8.self)
            .replacing(folder.path + "/", with: "").split(separator: "\n").map(String.init)
    }

    @Test func `writes a line for each input, in order, between a first and a last one`() throws {
        try writePictures(["in/b.toy", "in/a/x.toy", "in/a-/y.toy"])
        #expect(try plan(request()) == .success)
        let rest = #""cost":50063,"pixels":63,"bytes":201,"format":"toy"}"#
        #expect(
            lines == [
                #"{"convert_manifest":1}"#, #"{"in":"in/a-/y.toy","out":"a-/y.toy","# + rest,
                #"{"in":"in/a/x.toy","out":"a/x.toy","# + rest,
                #"{"in":"in/b.toy","out":"b.toy","# + rest, #"{"convert_manifest_end":3}"#,
            ])
        #expect(messages.text == "convert: 3 planned\n")
        #expect(throws: CommandError.self) { try self.plan(self.request()) }
        #expect(try plan(request(), replacing: true) == .success)
    }

    @Test func `parts of a manifest together make what one run makes`() throws {
        let names = (0..<9).map { "in/\($0 % 2)/\($0).toy" }
        try writePictures(names)
        try folder.makeFolder("out")
        #expect(try plan(request()) == .success)
        var request = ConversionRequest([folder("out")], formatName: "toy")
        request.list = FileList(.file(Path(folder("m.jsonl"))))
        for number in 1...4 {
            request.shard = Shard(number: number, of: 4)
            request.shard?.basis = .cost
            #expect(try run(request) { $0.isResuming = true } == .success)
        }
        #expect(
            folder.files.filter { $0.hasPrefix("out/") && $0.hasSuffix(".toy") }
                == names.map { $0.replacing("in/", with: "out/") }.sorted())
    }

    @Test func `says of an input that cannot be converted why`() throws {
        try writePictures(["in/a.toy"])
        try folder.write("in/bad.toy", [1])
        #expect(try plan(request()) == .failure)
        #expect(
            lines[2].hasPrefix(#"{"in":"in/bad.toy","out":"bad.toy","cost":0,"error":{"kind":"#))
        #expect(messages.text.hasSuffix("convert: 2 planned, 1 cannot be converted\n"))
    }

    @Test func `finds outputs that are one, and writes no manifest`() throws {
        try writePictures(["in/a.toy", "in/b.toy"])
        var request = request()
        request.template = try NameTemplate("{width}x{height}.{ext}")
        let error = #expect(throws: CommandError.self) { try plan(request) }
        #expect(error?.message.contains("would both become 9x7.toy") == true)
        #expect(folder.files == ["in/a.toy", "in/b.toy"])
        request.template = try NameTemplate("{stem}-{width}x{height}.{ext}")
        #expect(try plan(request) == .success)
        #expect(lines[1].contains(#""out":"a-9x7.toy""#))
    }

    @Test func `counts previews among the outputs`() throws {
        try writePictures(["in/x.toy", "in/x.1.toy"])
        var options = ConversionOptions()
        options.previewCount = 2
        let error = #expect(throws: CommandError.self) { try plan(request(), options: options) }
        #expect(error?.message.contains("in/x.toy would both become x.1.toy") == true)
        #expect(folder.files == ["in/x.1.toy", "in/x.toy"])
        #expect(try plan(request()) == .success)
    }

    @Test func `plans lists, with their trees, outputs and pages`() throws {
        try writePictures(["in/x/a.toy", "in/b.toy"])
        let list = """
            {"in":"\(folder("in/x/a.toy"))"}
            {"in":"\(folder("in/b.toy"))","out":"y/c.toy","page":1}
            """
        var request = ConversionRequest([], formatName: "toy")
        request.list = FileList(.file(Path(try folder.write("list", Array(list.utf8)))))
        request.base = Path(folder("in"))
        #expect(try plan(request) == .success)
        #expect(lines[1].hasPrefix(#"{"in":"in/b.toy","out":"y/c.toy","page":1,"cost""#))
        #expect(lines[2].hasPrefix(#"{"in":"in/x/a.toy","out":"x/a.toy","cost""#))
        request.base = Path(folder("in/x"))
        _ = try folder.write("list", Array(folder("in/b.toy").utf8))
        #expect(throws: CommandError.self) { try self.plan(request, replacing: true) }
    }

    @Test func `plans by names, of files that are not there`() throws {
        var request = ConversionRequest([], formatName: "toy")
        let list = FileList(.file(Path(try folder.write("list", Array("in/x/b.png\na.png".utf8)))))
        request.list = list
        #expect(try plan(request, byName: true) == .success)
        #expect(
            lines[1...2] == [
                #"{"in":"a.png","out":"a.toy"}"#, #"{"in":"in/x/b.png","out":"b.toy"}"#,
            ])
        request.template = try NameTemplate("{width}.{ext}")
        #expect(throws: CommandError.self) { try self.plan(request, replacing: true, byName: true) }
    }

    @Test func `finds nothing to plan`() throws {
        try folder.makeFolder("in")
        #expect(try plan(request()) == .nothingMatched)
        #expect(folder.files == [])
        #expect(throws: CommandError.self) { try self.plan(self.request([])) }
        #expect(try plan(request(["none.toy"])) == .failure)
        #expect(lines[1].hasPrefix(#"{"in":"none.toy","out":"none.toy","cost":0,"error":"#))
    }
}

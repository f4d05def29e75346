import FormatFiles
import FormatKit
import TestSupport
import Testing

@testable import ConvertKit

@Suite struct ConversionRequestTests {
    private let folder: TemporaryFolder
    private let registry: FormatRegistry

    init() throws {
        folder = try TemporaryFolder()
        registry = try FormatRegistry([
            ToyFormat(), CannedFormat(.noise(1, 1, PixelLayout(.gray, .uint8)), name: "note"),
        ])
    }

    private func plan(
        _ names: [String], into directory: String? = nil, to format: String? = nil,
        isRecursive: Bool = false
    ) throws(CommandError) -> BatchPlan {
        try ConversionRequest(
            names.map { $0 == "-" ? $0 : folder($0) },
            outputDirectory: directory.map { folder($0) }, formatName: format,
            isRecursive: isRecursive
        ).plan(registry: registry)
    }

    /// The jobs as `input > output`, relative to the folder.
    private func jobs(_ plan: BatchPlan) -> [String] {
        plan.jobs.map {
            "\($0.input) > \($0.output)".split(separator: folder.path + "/").joined()
        }
    }

    private func expectUsage(
        _ part: String, sourceLocation: SourceLocation = #_sourceLocation,
        _ body: () throws(CommandError) -> BatchPlan
    ) {
        do throws(CommandError) {
            _ = try body()
            Issue.record("expected an error", sourceLocation: sourceLocation)
        } catch {
            guard case .usage(let reason) = error else {
                Issue.record("expected .usage, got \(error)", sourceLocation: sourceLocation)
                return
            }
            #expect(reason.contains(part), sourceLocation: sourceLocation)
        }
    }

    @Test func `takes IN and OUT`() throws {
        let plan = try plan(["in.xyz", "out.TOY"])
        #expect(jobs(plan) == ["in.xyz > out.TOY"])
        #expect(plan.isSingle && plan.format.plugin.descriptor.id == FormatID("toy"))
        #expect(jobs(try self.plan(["-", "-"], to: "toy")) == ["- > -"])
        #expect(try self.plan(["a", "b.png"], to: "toy").format.fileExtension == "toy")
    }

    @Test func `explains a request that makes no sense`() throws {
        try folder.write("d/a.toy", [])
        expectUsage("expected IN and OUT") { () throws(CommandError) in try plan(["a.toy"]) }
        expectUsage("--output-dir") { () throws(CommandError) in try plan(["a", "b", "c"]) }
        expectUsage("known: toy (.toy)") { () throws(CommandError) in try plan(["a", "b.png"]) }
        expectUsage("no extension") { () throws(CommandError) in try plan(["a", "b"]) }
        expectUsage("unknown format") { () throws(CommandError) in
            try plan(["a", "b.toy"], to: "png")
        }
        expectUsage("can only be read") { () throws(CommandError) in
            try plan(["a", "b.note"])
        }
        expectUsage("standard output") { () throws(CommandError) in try plan(["a", "-"]) }
        expectUsage("is a folder") { () throws(CommandError) in try plan(["a.toy", "d"]) }
        expectUsage("needs --to") { () throws(CommandError) in try plan(["d", "e"]) }
        expectUsage("needs --to") { () throws(CommandError) in try plan(["a"], into: "d") }
        expectUsage("has no name") { () throws(CommandError) in
            try plan(["-"], into: "d", to: "toy")
        }
        expectUsage("--recursive") { () throws(CommandError) in
            try plan(["a", "b.toy"], isRecursive: true)
        }
        #expect(throws: CommandError.self) { try plan(["a"], into: "none", to: "toy") }
    }

    @Test func `puts a list of inputs into a folder`() throws {
        try folder.makeFolder("out")
        let plan = try plan(["x/b.tif", "a.tar.png"], into: "out", to: "toy")
        #expect(jobs(plan) == ["x/b.tif > out/b.toy", "a.tar.png > out/a.tar.toy"])
        #expect(!plan.isSingle && plan.folders.isEmpty)
    }

    @Test func `finds collisions before any work`() throws {
        try folder.makeFolder("out")
        expectUsage("b.png and") { () throws(CommandError) in
            try plan(["b.png", "c.png", "b.tif"], into: "out", to: "toy")
        }
        try folder.write("d/a.toy", [])
        try folder.write("d/a.note", [])
        expectUsage("out/a.toy") { () throws(CommandError) in try plan(["d", "out"], to: "toy") }
    }

    @Test func `takes the images of a folder, sorted`() throws {
        for name in ["b.toy", "a.TOY", "c.note", "x.txt", "noext", ".h.toy", "sub/d.toy"] {
            try folder.write("in/" + name, [])
        }
        try folder.write("in/.a.toy.convert-1-ff.tmp", [])
        let flat = try plan(["in", "out"], to: "toy")
        #expect(
            jobs(flat) == [
                "in/a.TOY > out/a.toy", "in/b.toy > out/b.toy", "in/c.note > out/c.toy",
            ])
        #expect(flat.ignoredFileCount == 2)
        #expect(flat.folders == [Path(folder("out"))])
        let deep = try plan(["in", "out"], to: "toy", isRecursive: true)
        #expect(jobs(deep).last == "in/sub/d.toy > out/sub/d.toy")
        #expect(deep.folders == [Path(folder("out")), Path(folder("out/sub"))])
    }

    private func listPlan(
        _ lines: String, base: String? = nil, template: String? = nil,
        _ arguments: [String] = ["out"]
    ) throws(CommandError) -> BatchPlan {
        var request = ConversionRequest(arguments.map { folder($0) }, formatName: "toy")
        do {
            try folder.makeFolder("out")
            request.list = FileList(.file(Path(try folder.write("list", Array(lines.utf8)))))
        } catch {
            throw .usage("cannot write the list")
        }
        request.base = base.map { Path($0) }
        if let template { request.template = try NameTemplate(template) }
        return try request.plan(registry: registry)
    }

    @Test func `takes the inputs of a list`() throws {
        let plan = try listPlan("x/b.tif\na.toy\n")
        #expect(jobs(plan) == ["x/b.tif > out/b.toy", "a.toy > out/a.toy"])
        #expect(!plan.isSingle && plan.folders.isEmpty)
        #expect(try listPlan("").jobs.isEmpty)
    }

    @Test func `keeps the tree of a list below a base`() throws {
        let plan = try listPlan("in/x/y/b.tif\nin/a.tif\nin/x/a.tif\n", base: "in")
        #expect(
            jobs(plan) == [
                "in/x/y/b.tif > out/x/y/b.toy", "in/a.tif > out/a.toy", "in/x/a.tif > out/x/a.toy",
            ])
        #expect(plan.folders == ["out/x", "out/x/y"].map { Path(folder($0)) })
        let flat = try listPlan(
            "in/x/y/b.tif\nin/a.tif\n", base: "in", template: "{ext}/{dir}/{name}")
        #expect(
            jobs(flat) == ["in/x/y/b.tif > out/toy/x/y/b.tif", "in/a.tif > out/toy/a.tif"])
        #expect(flat.folders == ["out/toy", "out/toy/x", "out/toy/x/y"].map { Path(folder($0)) })
    }

    @Test func `puts outputs where a list says`() throws {
        let plan = try listPlan(
            """
            {"in":"a.tif","out":"x/./b.toy"}
            {"in":"c.tif"}
            {"in":"a.tif","out":"\(folder("out"))/second","page":2}
            """)
        #expect(
            jobs(plan) == ["a.tif > out/x/b.toy", "c.tif > out/c.toy", "a.tif > out/second"])
        #expect(plan.jobs[2].page == 1)
        #expect(plan.folders == [Path(folder("out/x"))])
    }

    @Test(arguments: [
        ("in/a.tif\nb.tif", "line 2: b.tif is not below --base in"),
        ("in/../b.tif", "line 1: in/../b.tif is not below --base in"),
        ("/etc/a.tif", "line 1: /etc/a.tif is not below --base in"),
        (#"{"in":"in/a","out":"../b.toy"}"#, "line 1: ../b.toy is no file below"),
        (#"{"in":"in/a","out":"/b.toy"}"#, "line 1: /b.toy is not below"),
        (#"{"in":"in/a","out":"b/"}"#, "line 1: b/ is no file below"),
        (#"{"in":"in/a","out":".convert-record.jsonl"}"#, "is no file below"),
        (#"{"in":"in/a","out":"b.note"}"#, "line 1: b.note is note by its name, not toy"),
        ("in/a.tif\nin/b.tif\nin/a.png", "(line 1) and in/a.png (line 3) would both become"),
        ("in/a.tif\nin/a.tif", "in/a.tif (line 1) and in/a.tif (line 2) would both become"),
    ])
    func `says which line of a list makes no sense`(lines: String, reason: String) throws {
        expectUsage(reason) { () throws(CommandError) in try listPlan(lines, base: "in") }
    }

    @Test func `names no files of a format that they are not of`() throws {
        expectUsage("names files of note, but --to says toy") { () throws(CommandError) in
            try listPlan("a", template: "{stem}.note")
        }
        #expect(jobs(try listPlan("a", template: "{stem}.bak")) == ["a > out/a.bak"])
    }

    @Test func `takes one folder beside a list`() throws {
        expectUsage("needs a folder") { () throws(CommandError) in try listPlan("a", []) }
        expectUsage("one folder") { () throws(CommandError) in try listPlan("a", ["b", "out"]) }
        expectUsage("{page} means all") { () throws(CommandError) in
            try listPlan(#"{"in":"a","page":1}"#, template: "{stem}-{page}")
        }
        // One that is not there is made.
        #expect(try listPlan("a", ["none"]).folders == [Path(folder("none"))])
    }

    @Test func `keeps the tree of arguments below a base`() throws {
        try folder.makeFolder("out")
        try folder.write("in/x/f/c.toy", [])
        var request = ConversionRequest(
            ["in/x/a.tif", "in/b.tif", "in/x/f"].map { folder($0) },
            outputDirectory: folder("out"), formatName: "toy")
        request.base = Path(folder("in"))
        let plan = try request.plan(registry: registry)
        #expect(
            jobs(plan) == [
                "in/x/a.tif > out/x/a.toy", "in/b.tif > out/b.toy", "in/x/f/c.toy > out/x/f/c.toy",
            ])
        request.arguments.append(folder("d.tif"))
        expectUsage("is not below --base") { () throws(CommandError) in
            try request.plan(registry: registry)
        }
    }

    @Test func `is not caught in a loop of links`() throws {
        try folder.write("in/sub/a.toy", [])
        try folder.link("in/sub/up", to: "..")
        try folder.link("in/again", to: "sub")
        let plan = try plan(["in", "out"], to: "toy", isRecursive: true)
        // The first name that leads to a folder is the one that is used.
        #expect(jobs(plan) == ["in/again/a.toy > out/again/a.toy"])
    }

    @Test func `does not take its own outputs for inputs`() throws {
        try folder.write("in/a.toy", [])
        try folder.write("in/out/b.toy", [])
        let plan = try plan(["in", "in/out"], to: "toy", isRecursive: true)
        #expect(jobs(plan) == ["in/a.toy > in/out/a.toy"])
    }

    @Test func `reports a broken link as an input that fails`() throws {
        try folder.makeFolder("in")
        try folder.link("in/a.toy", to: "nowhere")
        #expect(jobs(try plan(["in", "out"], to: "toy")) == ["in/a.toy > out/a.toy"])
    }
}

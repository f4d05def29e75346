import FormatKit
import Foundation
import TestSupport
import Testing

/// The built tool, run as a user runs it.
@Suite struct CommandLineTests {
    private let folder: TemporaryFolder
    private let format = BuiltIn.any

    init() throws {
        folder = try TemporaryFolder()
    }

    private func convert(_ arguments: String..., input: [UInt8] = []) throws -> ConvertTool.Run {
        try ConvertTool.run(arguments, input: input, in: folder)
    }

    private func isIdentical(_ a: String, _ b: String) throws -> Bool {
        let run = try convert("compare", a, b, "--json")
        let json = try #require(try parseJSON(run.text) as? [String: Any])
        return json["identical"] as? Bool == true
    }

    @Test(arguments: BuiltIn.lossless, BuiltIn.lossless)
    func `converts without a word and without a loss`(from: String, to: String) throws {
        try folder.write("in.\(from)", try BuiltIn.file(from))
        let run = try convert("in.\(from)", "out.\(to)", "--lossless")
        #expect(run.status == 0 && run.output.isEmpty && run.errors == "", "\(run.errors)")
        #expect(folder.files == ["in.\(from)", "out.\(to)"])
        #expect(try isIdentical("in.\(from)", "out.\(to)"))
        #expect(try convert("in.\(from)", "again.\(to)", "--lossless").status == 0)
        #expect(folder.read("again.\(to)") == folder.read("out.\(to)"))
    }

    @Test(arguments: BuiltIn.lossless)
    func `knows an input by its content`(format: String) throws {
        try folder.write("in.txt", try BuiltIn.file(format))
        #expect(try convert("in.txt", "out.\(format)").status == 0)
        let run = try convert("info", "in.txt")
        #expect(run.text.contains("format: \(format) ") && run.text.contains("size: 40x30\n"))
    }

    @Test func `passes standard input to standard output`() throws {
        let file = try BuiltIn.file(format)
        try folder.write("in.\(format)", file)
        let run = try convert("-", "-", "--to", format, "--verbose", input: file)
        #expect(run.status == 0, "\(run.errors)")
        try folder.write("out.\(format)", run.output)
        #expect(try isIdentical("in.\(format)", "out.\(format)"))
        #expect(try convert("info", "-", input: file).status == 0)
        try convert("-", "-", "--to", format).expectFailure(about: "standard input")
    }

    @Test func `makes no file of the name that means standard output`() throws {
        try folder.write("in.\(format)", try BuiltIn.file(format))
        try folder.write("run.jsonl", [])
        for arguments in [
            ["plan", "in.\(format)", "--to", format, "-o", "-"],
            ["report", "run.jsonl", "--failures", "-"],
        ] {
            let run = try ConvertTool.run(arguments, in: folder)
            #expect(run.status == 2 && run.errors.contains("./-"), "\(run.errors)")
            #expect(folder.read("-") == nil)
        }
    }

    @Test func `a plan goes into a pipe`() throws {
        try folder.write("in.\(format)", try BuiltIn.file(format))
        let plan = "\"$CONVERT\" plan in.\(format) --to \(format)"
        let run = try ConvertTool.shell("\(plan) -o /dev/stdout | cat", in: folder)
        #expect(run.status == 0 && run.text.contains("in.\(format)"), "\(run.errors)")
        #expect(try convert("plan", "in.\(format)", "--to", format, "-o", "m").status == 0)
        #expect(folder.read("m") == Array(run.output))
        guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
        let full = try ConvertTool.shell("\(plan) -o /dev/full", in: folder)
        #expect(full.status == 75 && full.errors.contains("no space left"), "\(full.errors)")
    }

    @Test func `reports a reader that has gone away`() throws {
        // More than a pipe holds, so that the tool must notice.
        try folder.write("in.\(format)", try BuiltIn.file(format, width: 900, height: 900))
        let run = try ConvertTool.shell(
            #""$CONVERT" in.\#(format) - --to \#(format) | true; exit ${PIPESTATUS[0]}"#,
            in: folder)
        run.expectFailure(about: "in.\(format)")
        #expect(run.errors.contains("cannot write standard output: broken pipe"))
    }

    @Test(arguments: [
        ["in.FMT"], ["in.FMT", "out"], ["in.FMT", "out.xyz"], ["in.FMT", "-"],
        ["in.FMT", "b.FMT", "c.FMT"], ["in.FMT", "out.FMT", "--bogus"],
        ["in.FMT", "out.FMT", "--effort", "10"], ["in.FMT", "out.FMT", "--quality", "-1"],
        ["in.FMT", "out.FMT", "--option", "FMT.bogus=1"],
        ["in.FMT", "out.FMT", "--option", "bogus"], ["in.FMT", "out.FMT", "--to", "xyz"],
        ["in.FMT", "out.FMT", "--max-memory", "lots"], ["in.FMT", "out.FMT", "--kernels", "mmx"],
        ["in.FMT", "out.FMT", "--threads", "0"], ["in.FMT", "out.FMT", "--jobs", "x"],
        ["in.FMT", "out.FMT", "--quiet", "--verbose"],
        ["in.FMT", "out.FMT", "--lossless", "--quality", "50"],
        ["in.FMT", "out.FMT", "--timeout", "1e10"], ["in.FMT", "out.FMT", "--fit", "3000000000"],
        ["in.FMT", "out.FMT", "--overwrite", "--skip-existing"],
        ["in.FMT", "--output-dir", "."],
        ["info"], ["compare", "in.FMT"], ["formats", "in.FMT"], [],
        ["-photo.FMT", "out.FMT"], ["in.FMT", "out.FMT", "-strip"],
        ["in.FMT", "out.FMT", "--resize", "50%"], ["info", "-photo.FMT"],
    ])
    func `exits with 2 on a command line that makes no sense`(arguments: [String]) throws {
        try folder.write("in.\(format)", try BuiltIn.file(format))
        let arguments = arguments.map {
            $0.split(separator: "FMT", omittingEmptySubsequences: false).joined(separator: format)
        }
        let run = try ConvertTool.run(arguments, in: folder)
        #expect(run.status == 2, "\(run.errors)")
        #expect(run.output.isEmpty && run.errors.hasPrefix("convert: "))
        #expect(run.errors.contains("convert --help"))
        #expect(folder.files == ["in.\(format)"])
    }

    @Test(arguments: [
        ["--help"], ["-h"], ["help"], ["help", "info"], ["info", "--help"], ["--version"],
        ["--generate-completion-script", "bash"], ["--generate-completion-script", "zsh"],
        ["--generate-completion-script", "fish"], ["formats"], ["formats", "--json"],
    ])
    func `explains itself on standard output`(arguments: [String]) throws {
        let run = try ConvertTool.run(arguments, in: folder)
        #expect(run.status == 0 && run.errors == "" && !run.output.isEmpty)
    }

    @Test func `generates a completion script that bash understands`() throws {
        let run = try ConvertTool.shell(
            #""$CONVERT" --generate-completion-script bash | bash -n"#, in: folder)
        #expect(run.status == 0, "\(run.errors)")
    }

    @Test func `a refusal of arguments is lines without control characters`() throws {
        let run = try ConvertTool.run(["in.ppm", "bad.x\ny\u{1B}[2J"], in: folder)
        #expect(run.status == 2 && run.errorLines.count == 2, "\(run.errors)")
        #expect(run.errors.utf8.allSatisfy { $0 >= 0x20 || $0 == 0x0A })
    }

    @Test func `lists every format`() throws {
        let json = try parseJSON(try convert("formats", "--json").text)
        let formats = try #require(json as? [[String: Any]])
        #expect(
            formats.compactMap { $0["id"] as? String }
                == BuiltIn.registry.descriptors.map(\.id.rawValue))
    }

    @Test func `takes a file that is named like a subcommand`() throws {
        try folder.write("info", try BuiltIn.file(format))
        #expect(try convert("./info", "out.\(format)").status == 0)
    }

    @Test func `prints one JSON object a file`() throws {
        try folder.write("in/a.\(format)", try BuiltIn.file(format))
        try folder.write("in/b.\(format)", [1, 2, 3])
        let run = try convert("in", "out", "--to", format, "--json", "--jobs", "2", "--quiet")
        #expect(run.status == 1 && run.errorLines.count == 1)
        let objects = try run.text.split(separator: "\n").map {
            try #require(try parseJSON($0) as? [String: Any])
        }
        #expect(Set(objects.compactMap { $0["status"] as? String }) == ["converted", "failed"])
        let usage = try convert("in/a.\(format)", "--json")
        #expect(usage.status == 2 && usage.text.contains(#""kind":"usage""#))
        let both = try convert("in/a.\(format)", "-", "--to", format, "--json")
        #expect(both.status == 2 && both.errors.contains("cannot both go to standard output"))
        let info = try convert("info", "--json", "in/a.\(format)", "none")
        #expect(info.status == 1)
        #expect(try info.text.split(separator: "\n").map { try parseJSON($0) }.count == 2)
    }

    @Test func `warns of each loss, and refuses it if strict`() throws {
        let deep = BuiltIn.registry.descriptors.first {
            BuiltIn.lossless.contains($0.id.rawValue)
                && $0.write?.layouts.contains(PixelLayout(.rgb, .uint16)) == true
        }
        let flat = BuiltIn.registry.descriptors.first {
            $0.write.map { $0.layouts.allSatisfy { $0.sample == .uint8 } } == true
        }
        guard let deep, let flat else {
            try Test.cancel("no two formats of which one stores 16 bits and one does not")
        }
        try folder.write(
            "in.\(deep.id)", try BuiltIn.file(deep.id.rawValue, layout: PixelLayout(.rgb, .uint16)))
        let refused = try convert("in.\(deep.id)", "out.\(flat.id)", "--strict")
        refused.expectFailure(about: "in.\(deep.id)")
        #expect(refused.errors.contains("16-bit samples become 8-bit"))
        let run = try convert("in.\(deep.id)", "out.\(flat.id)")
        #expect(
            run.status == 0
                && run.errors
                    == "convert: in.\(deep.id): warning: 16-bit samples become 8-bit\n"
        )
        #expect(try convert("in.\(deep.id)", "o2.\(flat.id)", "--quiet").errors == "")
    }

    @Test func `compares images`() throws {
        try folder.write("a.\(format)", try BuiltIn.file(format))
        try folder.write("b.\(format)", try BuiltIn.file(format, width: 41))
        #expect(try convert("compare", "a.\(format)", "a.\(format)").text.contains("identical"))
        let run = try convert("compare", "a.\(format)", "b.\(format)")
        run.expectFailure(about: "a.\(format) and b.\(format)")
        #expect(run.errors.contains("the sizes differ: 40x30 and 41x30"))
        try convert("compare", "a.\(format)", "none").expectFailure(about: "none")
    }
}

import FormatKit
import TestSupport
import Testing

/// Lists of inputs on the command line.
@Suite(.timeLimit(.minutes(30))) struct ListCommandTests {
    private let folder: TemporaryFolder
    private let format = BuiltIn.any

    init() throws {
        folder = try TemporaryFolder()
        let file = try BuiltIn.file(format)
        for name in ["in/a", "in/x/a", "in/x/new\nline", "in/ü x"] {
            try folder.write("\(name).\(format)", file)
        }
        try folder.makeFolder("out")
    }

    private func convert(_ arguments: String..., input: String = "") throws -> ConvertTool.Run {
        try ConvertTool.run(
            arguments.map { $0.replacing("FMT", with: format) },
            input: Array(input.replacing("FMT", with: format).utf8), in: folder)
    }

    private var outputs: [String] { folder.files.filter { $0.hasPrefix("out/") } }

    @Test func `converts what find finds, and keeps the tree`() throws {
        let run = try ConvertTool.shell(
            #"""
            find in -type f -print0 |
              "$CONVERT" --files-from - -0 --base in --output-dir out --to \#(format) --quiet
            """#, in: folder)
        #expect(run.status == 0 && run.errors == "", "\(run.errors)")
        #expect(
            outputs == ["a", "x/a", "x/new\nline", "ü x"].map { "out/\($0).\(format)" }.sorted())
    }

    @Test func `names outputs as the list says`() throws {
        try folder.write(
            "list",
            Array(#"{"in":"in/a.FMT","out":"deep/er/b.FMT"}"#.replacing("FMT", with: format).utf8))
        #expect(try convert("--files-from", "list", "out", "--to", "FMT").status == 0)
        #expect(outputs == ["out/deep/er/b.\(format)"])
    }

    @Test func `makes the folder, as for a folder of inputs`() throws {
        for arguments in [["made"], ["--output-dir", "made too"]] {
            let run = try ConvertTool.run(
                ["--files-from", "-", "--to", format] + arguments,
                input: Array("in/a.\(format)\n".utf8), in: folder)
            #expect(run.status == 0, "\(run.errors)")
            #expect(folder.files.contains("\(arguments.last ?? "")/a.\(format)"))
        }
        let name = "in/a.\(format)"
        let file = folder.read(name)
        let run = try convert("--files-from", "-", name, "--to", "FMT", input: name)
        #expect(run.status != 0 && folder.read(name) == file)
    }

    @Test func `an input that is missing, or a folder, costs only itself`() throws {
        let run = try convert(
            "--files-from", "-", "out", "--to", "FMT", "--quiet",
            input: "in/none.FMT\nin/x\nin/a.FMT\n")
        #expect(run.status == 1 && run.errorLines.count == 2, "\(run.errors)")
        #expect(run.errors.contains("convert: in/none.\(format): cannot open"))
        #expect(outputs == ["out/a.\(format)"])
    }

    @Test func `nothing in a list is nothing to convert`() throws {
        #expect(try convert("--files-from", "-", "out", "--to", "FMT").status == 3)
        try convert("--files-from", "none", "out", "--to", "FMT").expectFailure(about: "none")
    }

    @Test(arguments: [
        (["--files-from", "-", "out", "--to", "FMT"], "in/a.FMT\nin/x/a.FMT", "line 1"),
        (["--files-from", "-", "--base", "in/x", "out", "--to", "FMT"], "in/a.FMT", "line 1"),
        (["--files-from", "-", "out", "--to", "FMT"], "{\"in\":\"a\"}\n{", "line 2"),
        (["--files-from", "-", "out"], "in/a.FMT", "--to"),
        (["--files-from", "-", "out", "--to", "FMT", "--recursive"], "", "--recursive"),
        (["--files-from", "-", "out", "--to", "FMT", "--join"], "", "--join"),
        (["--files-from", "-", "out", "--to", "FMT", "--files-format", "csv"], "", "csv"),
        (["in", "out", "--to", "FMT", "-0"], "", "--files-from"),
        (["in", "out", "--to", "FMT", "--base", "in"], "", "--base"),
        (["in/a.FMT", "out/b.FMT", "--base", "in"], "", "--base"),
    ])
    func `exits with 2 on what makes no sense`(
        arguments: [String], input: String, word: String
    ) throws {
        let run = try ConvertTool.run(
            arguments.map { $0.replacing("FMT", with: format) },
            input: Array(input.replacing("FMT", with: format).utf8), in: folder)
        #expect(run.status == 2 && run.errors.contains(word), "\(run.errors)")
        #expect(outputs == [])
    }

    @Test func `goes on with a list where it was stopped`() throws {
        let list = "in/a.FMT\nin/x/a.FMT\n"
        func run() throws -> ConvertTool.Run {
            try convert(
                "--files-from", "-", "--base", "in", "out", "--to", "FMT", "--resume", input: list)
        }
        #expect(try run().errors.hasSuffix("2 converted\n"))
        try folder.remove("out/x/a.\(format)")
        #expect(try run().errors.hasSuffix("1 converted, 1 skipped\n"))
    }
}

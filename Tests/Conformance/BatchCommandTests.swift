import FormatKit
import TestSupport
import Testing

/// Lists and folders on the command line.
@Suite struct BatchCommandTests {
    private let folder: TemporaryFolder
    private let format = BuiltIn.any

    init() throws {
        folder = try TemporaryFolder()
    }

    private func convert(_ arguments: String...) throws -> ConvertTool.Run {
        try ConvertTool.run(arguments, in: folder)
    }

    @Test func `converts a folder with its folders`() throws {
        let file = try BuiltIn.file(format)
        for name in ["a", "b", "sub/c", "sub/deep/d"] {
            try folder.write("in/\(name).\(format)", file)
        }
        try folder.write("in/notes.txt", [1])
        let run = try convert("in", "out", "--to", format, "--recursive", "--jobs", "3")
        #expect(run.status == 0, "\(run.errors)")
        #expect(
            folder.files.filter { $0.hasPrefix("out/") }
                == ["a", "b", "sub/c", "sub/deep/d"].map { "out/\($0).\(format)" })
        #expect(run.errorLines.count == 5)
        #expect(
            run.errorLines.last
                == "convert: 4 converted, 1 ignored (no image file by its name: notes.txt)")
        let again = try convert("in", "out", "--to", format, "--recursive", "--skip-existing")
        #expect(again.status == 0 && again.errors.contains("0 converted, 4 skipped"))
        let third = try convert("in", "out", "--to", format, "--recursive", "--quiet")
        #expect(third.status == 1 && third.errorLines.count == 4)
    }

    @Test func `puts a list into a folder`() throws {
        let file = try BuiltIn.file(format)
        for name in ["x/a", "y/b"] { try folder.write("\(name).\(format)", file) }
        let missing = try convert("x/a.\(format)", "--output-dir", "out", "--to", format)
        missing.expectFailure(about: "out")
        try folder.makeFolder("out")
        let run = try convert(
            "x/a.\(format)", "none.\(format)", "y/b.\(format)", "--output-dir", "out", "--to",
            format, "--quiet")
        run.expectFailure(about: "none.\(format)")
        #expect(
            folder.files.filter { $0.hasPrefix("out/") } == ["out/a.\(format)", "out/b.\(format)"])
    }

    @Test func `finds collisions before any work`() throws {
        let file = try BuiltIn.file(format)
        try folder.write("x/a.\(format)", file)
        try folder.write("y/a.\(format)", file)
        try folder.makeFolder("out")
        let run = try convert(
            "x/a.\(format)", "y/a.\(format)", "--output-dir", "out", "--to", format)
        #expect(run.status == 2)
        #expect(
            run.errors.contains(
                "x/a.\(format) and y/a.\(format) would both become out/a.\(format)"))
        #expect(folder.files == ["x/a.\(format)", "y/a.\(format)"])
    }
}

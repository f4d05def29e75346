import Foundation
import TestSupport
import Testing

/// Pipes and devices, and names that are no text, given to the built tool.
@Suite struct StreamCommandTests {
    private let folder: TemporaryFolder
    private let format = BuiltIn.any

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Its end never comes, so what it begins with has to be enough.
    @Test(
        .enabled(if: FileManager.default.fileExists(atPath: "/dev/zero")),
        arguments: ["/dev/zero out.FMT", "info /dev/zero", "- out.FMT </dev/zero"])
    func `a stream that is no picture is refused by its first bytes`(arguments: String) throws {
        let words = arguments.replacing("FMT", with: format)
        let run = try ConvertTool.shell("\"$CONVERT\" \(words)", in: folder)
        #expect(run.status == 1, "\(run.errors)")
        #expect(run.errors.contains("not an image in a known format"), "\(run.errors)")
        #expect(folder.files.isEmpty)
    }

    @Test func `a stream that says what is not supported is told so`() throws {
        let run = try ConvertTool.run(
            ["-", "out.\(format)"], input: Array("%PDF-1.7\n".utf8) + [UInt8](0..<200),
            in: folder)
        #expect(run.status == 1 && run.errors.contains("PDF files are not supported"))
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func `failures that have no place to go are said so`() throws {
        try folder.write("bad.\(format)", [1, 2, 3])
        let run = try ConvertTool.shell(
            """
            "$CONVERT" bad.\(format) out.\(format) --log log; "$CONVERT" report log --failures \
            /dev/full
            """, in: folder)
        #expect(run.status == 75 && run.errors.contains("no space left on device"), "\(run.errors)")
        let piped = try ConvertTool.shell(
            "\"$CONVERT\" report log --failures /dev/stdout | grep -c bad", in: folder)
        #expect(piped.text == "1\n", "\(piped.errors)")
    }

    /// Linux names are bytes.
    @Test func `names that are not UTF-8 stand in reports with all of their bytes`() throws {
        try folder.write("in.\(format)", try BuiltIn.file(format))
        let run = try ConvertTool.shell(
            #"""
            n=$(printf 'a\377b'); cp in.\#(format) "$n.\#(format)" || exit 99
            "$CONVERT" "$n.\#(format)" "$n-out.\#(format)" --json
            """#, in: folder)
        if run.status == 99 { try Test.cancel("the file system wants UTF-8") }
        let json = try #require(try parseJSON(run.text) as? [String: Any])
        let input = try #require((json["in"] as? [String: Any])?["bytes"] as? String)
        #expect(input.hasPrefix("61ff622e"))
        #expect((json["out"] as? [String: Any])?["bytes"] != nil)
        let plain = try ConvertTool.run(["in.\(format)", "b.\(format)", "--json"], in: folder)
        #expect(!plain.text.contains(#""in":"#), "\(plain.text)")
    }

    @Test func `what is told of a picture is told once, whatever becomes of it`() throws {
        try folder.write("in.png", try BuiltIn.file("png", width: 96, height: 64))
        #expect(try ConvertTool.run(["in.png", "in.jpg"], in: folder).status == 0)
        var file = try #require(folder.read("in.jpg"))
        // A comment that has to be guessed.
        file.insert(contentsOf: [0xFF, 0xFE, 0, 3, 0xE9], at: 2)
        try folder.write("set/a.jpg", file)
        let run = try ConvertTool.run(
            ["set", "out", "--to", "png", "--progressive", "3"], in: folder)
        #expect(run.status == 0)
        #expect(run.errors.split(separator: "taken for Latin-1").count == 2, "\(run.errors)")
    }
}

import FormatFiles
import FormatKit
import TestSupport
import Testing

@Suite struct PathTests {
    struct Parts: CustomTestStringConvertible {
        let path: String
        let directory: String
        let name: String
        let stem: String
        let fileExtension: String?

        init(_ path: String, _ directory: String, _ name: String, _ stem: String, _ end: String?) {
            (self.path, self.directory, self.name) = (path, directory, name)
            (self.stem, fileExtension) = (stem, end)
        }

        var testDescription: String { path }
    }

    @Test(arguments: [
        Parts("a.png", ".", "a.png", "a", "png"),
        Parts("/a.png", "/", "a.png", "a", "png"),
        Parts("d/e/a.tar.PNG", "d/e", "a.tar.PNG", "a.tar", "PNG"),
        Parts("d/e/", "d", "e", "e", nil),
        Parts("d.d/a", "d.d", "a", "a", nil),
        Parts(".hidden", ".", ".hidden", ".hidden", nil),
        Parts("a.", ".", "a.", "a.", nil),
        Parts("/", "/", "", "", nil),
    ])
    func `takes a path apart`(_ parts: Parts) {
        let path = Path(parts.path)
        #expect(path.directory == Path(parts.directory))
        #expect(path.lastComponent == Path(parts.name))
        #expect(path.stem == Path(parts.stem))
        #expect(path.fileExtension == parts.fileExtension)
    }

    @Test func `puts a path together`() {
        #expect(Path("d").appending(Path("a")) == Path("d/a"))
        #expect(Path("d/").appending(Path("a")) == Path("d/a"))
        #expect(Path("/").appending(Path("a")) == Path("/a"))
        #expect(Path("a.b").appending(fileExtension: "png") == Path("a.b.png"))
    }

    @Test func `orders bytewise`() {
        let names = ["b", "a", "Z", "é", "a.b"].map { Path($0) }
        #expect(names.sorted().map(\.description) == ["Z", "a", "a.b", "b", "é"])
    }

    @Test func `keeps a name that is not UTF-8`() throws {
        let folder = try TemporaryFolder()
        let name = Path(bytes: [0x66, 0xFC, 0x72])  // "für" in Latin-1
        let path = Path(folder.path).appending(name)
        do {
            let sink = try FileSink(path: path, isReplacing: false)
            try sink.append([1, 2, 3])
            try sink.commit()
        } catch {
            // The file systems of macOS take only UTF-8.
            try Test.cancel("this file system refuses the name: \(error)")
        }
        #expect(try Directory.names(in: Path(folder.path)) == [name])
        #expect(try FileSource(path: path).bytes(at: 0, count: 9) == [1, 2, 3])
    }

    @Test(arguments: [("a/b.png", "a/b.1.png"), ("b", "b.1"), ("a.d/b", "a.d/b.1"), (".b", ".b.1")])
    func `puts text before the extension`(path: String, expected: String) {
        #expect(Path(path).inserting("1").description == expected)
    }
}

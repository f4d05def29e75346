import FormatFiles
import FormatKit
import Foundation
import TestSupport
import Testing

@Suite struct OutputSetTests {
    private let folder: TemporaryFolder
    private let set = OutputSet()

    init() throws {
        folder = try TemporaryFolder()
    }

    private func add(
        _ name: String, _ bytes: [UInt8], replacing: FileSink.Replacing = .nothing
    ) throws {
        let sink = try set.sink(at: Path(folder(name)), replacing: replacing)
        try sink.append(bytes)
        try sink.commit()
    }

    @Test func `shows nothing before all are there`() throws {
        try add("a", [1])
        try add("b", [2, 3])
        #expect(folder.files.allSatisfy { $0.hasSuffix(".tmp") })
        let contents = try set.contents(isCancelled: { false })
        #expect(contents.map(\.byteCount) == [1, 2])
        #expect(contents.map(\.path.lastComponent) == ["a", "b"])
        try set.commit()
        #expect(folder.files == ["a", "b"])
        #expect(folder.read("a") == [1] && folder.read("b") == [2, 3])
        let files = try ["a", "b"].map { try FileSource(path: Path(folder($0))) }
        #expect(try files.map { try SHA256.digest(of: $0) } == contents.map(\.digest))
        #expect(files.map(\.status.inode) == contents.map(\.inode))
    }

    @Test func `takes all back if one name is refused`() throws {
        try folder.write("old", [9])
        try add("new", [1])
        try add("old", [2], replacing: .anything)
        try add("taken", [3])
        try folder.write("taken", [8])
        #expect(throws: ImageError.outputExists) { try set.commit() }
        #expect(set.failedPath == Path(folder("taken")))
        #expect(folder.files == ["old", "taken"])
        #expect(folder.read("old") == [9] && folder.read("taken") == [8])
    }

    @Test func `takes all back if a device refuses its bytes`() throws {
        guard FileManager.default.fileExists(atPath: "/dev/full") else {
            try Test.cancel("this system has no /dev/full")
        }
        try add("new", [1])
        let full = try set.sink(at: Path("/dev/full"), replacing: .nothing)
        try full.append([2])
        try full.commit()
        let error = #expect(throws: ImageError.self) { try set.commit() }
        #expect(error?.description.contains("dev/full") == true)
        #expect(folder.files == [])
    }

    @Test func `replaces only the file that was meant`() throws {
        let path = Path(try folder.write("out", [1]))
        let status = try #require(try FileStatus.ofFile(at: path))
        try add("out", [2], replacing: .only(status))
        try folder.remove("out")
        try folder.write("out", [7])
        #expect(throws: ImageError.outputExists) { try set.commit() }
        #expect(folder.files == ["out"] && folder.read("out") == [7])
    }

    @Test func `leaves nothing when discarded`() throws {
        try folder.write("old", [9])
        try add("new", [1])
        try add("old", [2], replacing: .anything)
        set.discard()
        #expect(folder.files == ["old"] && folder.read("old") == [9])
    }
}

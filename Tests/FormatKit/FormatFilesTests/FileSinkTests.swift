import FormatFiles
import FormatKit
import Foundation
import TestSupport
import Testing

@Suite struct FileSinkTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func makeSink(_ name: String, isReplacing: Bool = false) throws(ImageError) -> FileSink
    {
        try FileSink(path: Path(folder(name)), isReplacing: isReplacing)
    }

    @Test func `shows nothing before the commit, and all after it`() throws {
        let sink = try makeSink("out")
        try sink.append([1, 2, 3])
        #expect(folder.files.count == 1 && folder.files[0].hasPrefix(".out.convert-"))
        #expect(folder.read("out") == nil)
        try sink.commit()
        #expect(folder.files == ["out"])
        #expect(folder.read("out") == [1, 2, 3])
        #expect(sink.byteCount == 3)
    }

    @Test func `writes and reads back in any order`() throws {
        let sink = try makeSink("out")
        try write([7, 8], to: sink, at: 4)
        try write([1, 2, 3], to: sink, at: 0)
        #expect(sink.byteCount == 6)
        var buffer = [UInt8](repeating: 9, count: 8)
        let count = try unsafe buffer.withUnsafeMutableBytes {
            try unsafe sink.read(at: 2, into: $0)
        }
        #expect(count == 4 && buffer == [3, 0, 7, 8, 9, 9, 9, 9])
        try sink.commit()
        #expect(folder.read("out") == [1, 2, 3, 0, 7, 8])
    }

    private func write(_ bytes: [UInt8], to sink: FileSink, at offset: Int) throws {
        try unsafe bytes.withUnsafeBytes { try unsafe sink.write($0, at: offset) }
    }

    @Test func `leaves nothing when discarded or forgotten`() throws {
        let discarded = try makeSink("a")
        try discarded.append([1])
        discarded.discard()
        discarded.discard()
        do {
            let forgotten = try makeSink("b")
            try forgotten.append([1])
        }
        #expect(folder.files == [])
    }

    @Test func `leaves an existing file alone`() throws {
        try folder.write("out", [1])
        #expect(throws: ImageError.outputExists) { try makeSink("out") }
        let sink = try makeSink("out", isReplacing: true)
        try sink.append([2])
        #expect(folder.read("out") == [1])
        sink.discard()
        #expect(folder.read("out") == [1])
        #expect(folder.files == ["out"])
    }

    @Test func `does not replace a file that appears meanwhile`() throws {
        let sink = try makeSink("out")
        try sink.append([2])
        try folder.write("out", [1])
        #expect(throws: ImageError.outputExists) { try sink.commit() }
        #expect(folder.files == ["out"])
        #expect(folder.read("out") == [1])
    }

    @Test func `replaces a file and keeps its permissions`() throws {
        try folder.write("out", [1])
        try folder.setPermissions(0o600, of: "out")
        let sink = try makeSink("out", isReplacing: true)
        try sink.append([2])
        try sink.commit()
        #expect(folder.read("out") == [2])
        #expect(try folder.permissions("out") == 0o600)
    }

    @Test func `replaces the file behind a symbolic link`() throws {
        try folder.write("d/real", [1])
        try folder.link("out", to: "d/real")
        let sink = try makeSink("out", isReplacing: true)
        try sink.append([2])
        try sink.commit()
        #expect(folder.read("d/real") == [2])
        #expect(folder.files == ["d/real", "out"])
    }

    @Test func `does not replace a broken link unasked`() throws {
        try folder.link("out", to: "nowhere")
        let path = Path(folder("out"))
        // Known before any work.
        #expect(throws: ImageError.outputExists) {
            try Files.checkOutput(at: path, replacing: .nothing)
        }
        #expect(throws: ImageError.outputExists) { try makeSink("out") }
        #expect(folder.files == ["out"])
    }

    @Test func `a broken link that may be replaced stays a link`() throws {
        try folder.link("out", to: "nowhere")
        let sink = try makeSink("out", isReplacing: true)
        try sink.append([2])
        try sink.commit()
        #expect(folder.files == ["nowhere", "out"])
        #expect(folder.read("nowhere") == [2] && folder.read("out") == [2])
    }

    @Test func `names the folder that is missing`() throws {
        let path = folder("none/out")
        let error = ImageError.io(
            "create a file in \(folder("none"))", code: ENOENT,
            reason: "no such file or directory")
        #expect(throws: error) { try FileSink(path: Path(path), isReplacing: false) }
        #expect(throws: ImageError.self) {
            try Files.checkOutput(at: Path(path), replacing: .anything)
        }
        #expect(throws: ImageError.self) {
            try FileSink(path: Path(folder.path), isReplacing: true)
        }
    }

    @Test func `reports the error of a device`() throws {
        guard FileManager.default.fileExists(atPath: "/dev/full") else {
            try Test.cancel("this system has no /dev/full")
        }
        let sink = try Files.sink(at: Path("/dev/full"), replacing: .nothing)
        try sink.append([1])
        #expect(
            throws: ImageError.io(
                "write /dev/full", code: ENOSPC, reason: "no space left on device")
        ) { try sink.commit() }
        let hole = try Files.sink(at: Path("/dev/null"), replacing: .nothing)
        try hole.append([1])
        try hole.commit()
        #expect(FileManager.default.fileExists(atPath: "/dev/null"))
    }
}

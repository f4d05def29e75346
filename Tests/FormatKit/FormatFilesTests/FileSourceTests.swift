import FormatFiles
import FormatKit
import Foundation
import TestSupport
import Testing

@Suite struct FileSourceTests {
    @Test func `reads at any offset, and less at the end`() throws {
        let folder = try TemporaryFolder()
        let source = try FileSource(path: Path(try folder.write("a", Array(0..<100))))
        #expect(source.byteCount == 100)
        #expect(try source.bytes(at: 0, count: 4) == [0, 1, 2, 3])
        #expect(try source.bytes(at: 97, count: 10) == [97, 98, 99])
        #expect(try source.bytes(at: 100, count: 1) == [])
        #expect(try source.bytes(at: 1 << 40, count: 1) == [])
    }

    @Test func `names the reason why it cannot open`() throws {
        let folder = try TemporaryFolder()
        try folder.write("file", [1])
        #expect(
            throws: ImageError.io("open", code: ENOENT, reason: "no such file or directory")
        ) { try FileSource(path: Path(folder("none"))) }
        #expect(throws: ImageError.io("open", code: ENOTDIR, reason: "not a directory")) {
            try FileSource(path: Path(folder("file/below")))
        }
        #expect(throws: ImageError.io("read", code: EISDIR, reason: "is a directory")) {
            try FileSource(path: Path(folder.path))
        }
    }

    @Test(.timeLimit(.minutes(30)))
    func `refuses a pipe that nobody writes to, at once`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.makePipe("pipe")
        let error = #expect(throws: ImageError.self) { try FileSource(path: Path(path)) }
        guard case .io("read", ESPIPE, _) = error else {
            Issue.record("expected ESPIPE, got \(String(describing: error))")
            return
        }
    }

    @Test(.timeLimit(.minutes(30)))
    func `collects what comes through a pipe`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.makePipe("pipe")
        let expected = SplitMix64.bytes(seed: 7, count: 300_000)
        let thread = Thread {
            FileHandle(forWritingAtPath: path)?.write(Data(expected))
        }
        thread.start()
        let source = try Files.source(at: Path(path), limit: 1 << 20)
        #expect(try source.bytes(at: 0, count: 1 << 20) == expected)
    }

    @Test func `stops collecting at the limit`() throws {
        let error = #expect(throws: ImageError.self) {
            try Files.source(at: Path("/dev/zero"), limit: 1000)
        }
        guard case .limitExceeded(.memory, _, allowed: 1000) = error else {
            Issue.record("expected a limit, got \(String(describing: error))")
            return
        }
    }

    @Test(.timeLimit(.minutes(30)))
    func `stops waiting when asked to`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.makePipe("pipe")
        // Open for both, so that neither side waits for the other and nothing ever comes.
        let writer = unsafe open(path, O_RDWR)
        defer { close(writer) }
        #expect(throws: ImageError.cancelled) {
            try StreamSource.named(Path(path), limit: 1000, isCancelled: { true })
        }
    }
}

extension SplitMix64 {
    static func bytes(seed: UInt64, count: Int) -> [UInt8] {
        var random = SplitMix64(seed: seed)
        return random.bytes(count)
    }
}

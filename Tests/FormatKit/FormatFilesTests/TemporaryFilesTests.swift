import FormatKit
import Foundation
import TestSupport
import Testing

@testable import FormatFiles

@Suite struct TemporaryFilesTests {
    /// A process number that no system gives out.
    private static let deadProcess = Int32.max

    @Test(arguments: [
        "a.png", String(repeating: "x", count: 255), String(repeating: "é", count: 127),
    ])
    func `makes a name that says whose it is`(name: String) {
        let temporary = TemporaryName.make(for: Path(name))
        #expect(temporary.bytes.count <= 255)
        #expect(String(validating: temporary.bytes, as: UTF8.self) != nil)
        #expect(temporary.isHidden)
        #expect(TemporaryName.owner(of: temporary) == getpid())
    }

    @Test(arguments: [
        "a.png", ".a.png.tmp", ".a.convert-.tmp", ".a.convert-12.tmp", ".a.convert-0-ff.tmp",
        ".a.convert--5-ff.tmp", ".a.convert-12-xyz.tmp", "a.convert-12-ff.tmp", ".tmp", "",
    ])
    func `takes no other name for one of its own`(name: String) {
        #expect(!TemporaryName.matches(Path(name)))
    }

    @Test func `removes what a dead process left, and nothing else`() throws {
        let folder = try TemporaryFolder()
        let stale = ".a.png.convert-\(Self.deadProcess)-1f.tmp"
        let alive = ".a.png.convert-\(getppid())-1f.tmp"
        for name in [stale, alive, "a.png", ".a.png.tmp"] { try folder.write(name, [1]) }
        #expect(TemporaryFiles.removeStale(in: Path(folder.path)) == 1)
        #expect(folder.files == [alive, ".a.png.tmp", "a.png"].sorted())
    }

    #if os(Linux)
        @Test func `removes what a process left of which nobody asks how it ended`() throws {
            let folder = try TemporaryFolder()
            var (process, information) = unsafe (pid_t(), siginfo_t())
            var arguments: [UnsafeMutablePointer<CChar>?] = unsafe [nil]
            let code = unsafe posix_spawn(
                &process, "/bin/true", nil, nil, &arguments, environ)
            try #require(code == 0)
            // It ends, and is not asked.
            let ended = unsafe waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT)
            #expect(ended == 0)
            try folder.write(".a.png.convert-\(process)-1f.tmp", [1])
            #expect(TemporaryFiles.removeStale(in: Path(folder.path)) == 1)
            let asked = waitpid(process, nil, 0)
            #expect(asked == process)
        }
    #endif

    @Test(arguments: [1, getpid()])
    func `removes what process 1 of a container left`(process: pid_t) throws {
        let folder = try TemporaryFolder()
        let name = ".a.png.convert-\(process)-1f.tmp"
        let descriptor = unsafe open(try folder.write(name, [1]), O_RDWR)
        #expect(flock(descriptor, LOCK_EX) == 0)
        #expect(TemporaryFiles.removeStale(in: Path(folder.path)) == 0)
        close(descriptor)
        #expect(TemporaryFiles.removeStale(in: Path(folder.path)) == 1)
    }

    @Test func `leaves a file that somebody holds`() throws {
        // As from another machine or container, where the process number means nothing here.
        let folder = try TemporaryFolder()
        let name = ".a.png.convert-\(Self.deadProcess)-1f.tmp"
        let descriptor = unsafe open(try folder.write(name, [1]), O_RDWR)
        #expect(flock(descriptor, LOCK_EX) == 0)
        #expect(TemporaryFiles.removeStale(in: Path(folder.path)) == 0)
        close(descriptor)
        #expect(TemporaryFiles.removeStale(in: Path(folder.path)) == 1)
    }

    @Test func `does not follow a link with such a name`() throws {
        let folder = try TemporaryFolder()
        try folder.write("precious", [1])
        let name = ".a.png.convert-\(Self.deadProcess)-1f.tmp"
        try folder.link(name, to: "precious")
        #expect(TemporaryFiles.removeStale(in: Path(folder.path)) == 0)
        #expect(folder.files == [name, "precious"])
    }
}

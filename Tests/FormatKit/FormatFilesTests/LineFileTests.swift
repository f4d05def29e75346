import FormatFiles
import FormatKit
import TestSupport
import Testing

@Suite struct LineFileTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func `adds lines to what is there, and ends a line that was cut short`() throws {
        try folder.write("log", Array("one\ntw".utf8))
        let file = try LineFile(appendingTo: Path(folder("log")))
        try file.append(["three", "four"])
        try file.append([])
        try file.append(["five"])
        try file.synchronize()
        #expect(folder.read("log") == Array("one\ntw\nthree\nfour\nfive\n".utf8))
    }

    @Test func `is taken by one at a time`() throws {
        let path = Path(folder("log"))
        let (first, second) = (try LineFile(appendingTo: path), try LineFile(appendingTo: path))
        #expect(first.lock() && !second.lock())
        first.unlock()
        #expect(second.lock())
    }

    @Test func `reports a device that is full`() throws {
        let file = try LineFile(appendingTo: "/dev/full")
        #expect(throws: ImageError.self) { try file.append(["x"]) }
    }
}

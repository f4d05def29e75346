import FormatFiles
import FormatKit
import Synchronization
import TestSupport
import Testing

@testable import ConvertKit

@Suite final class BatchRunnerTests: BatchFixture {
    @Test func `converts one file without a word`() throws {
        try writePictures(["in.toy"])
        let request = ConversionRequest([folder("in.toy"), folder("out.toy")])
        #expect(try run(request) == .success)
        #expect(folder.read("out.toy") == folder.read("in.toy"))
        #expect(messages.text == "" && output.text == "")
    }

    @Test func `converts a folder, reports each failure and goes on`() throws {
        try writePictures((0..<20).map { "in/\($0).toy" } + ["in/sub/x.toy"])
        try folder.write("in/bad.toy", Array("TOY1".utf8))
        try folder.write("in/empty.toy", [])
        try folder.write("in/alien.toy", Array("%PDF-1.7".utf8))
        try folder.write("in/readme.txt", [1])
        #expect(try run(folderRequest(isRecursive: true)) == .failure)
        #expect(folder.files.filter { $0.hasPrefix("out/") }.count == 21)
        #expect(folder.read("out/sub/x.toy") == folder.read("in/sub/x.toy"))
        let lines = messages.text.split(separator: "\n")
        #expect(
            lines.contains {
                $0 == "convert: \(folder("in/bad.toy")): the toy file is truncated: "
                    + "the header has 12 bytes"
            })
        #expect(lines.contains { $0.hasSuffix("in/empty.toy: cannot read: the file is empty") })
        #expect(lines.contains { $0.hasSuffix("in/alien.toy: PDF files are not supported") })
        #expect(
            lines.last?.hasSuffix(
                " 21 converted, 3 failed, 1 ignored (no image file by its name: readme.txt)")
                == true
        )
    }

    @Test func `keeps, skips or replaces existing outputs`() throws {
        try writePictures(["in/a.toy", "in/b.toy"])
        try folder.write("out/a.toy", [1])
        #expect(try run(folderRequest()) == .failure)
        #expect(folder.read("out/a.toy") == [1])
        #expect(
            messages.text.contains(
                "convert: \(folder("out/a.toy")): the output exists; --overwrite replaces it\n"))
        #expect(try run(folderRequest()) { $0.isSkippingExisting = true } == .success)
        #expect(folder.read("out/a.toy") == [1])
        #expect(messages.text.hasSuffix("convert: 0 converted, 2 skipped\n"))
        #expect(try run(folderRequest()) { $0.isReplacing = true } == .success)
        #expect(folder.read("out/a.toy") == folder.read("in/a.toy"))
    }

    @Test func `leaves an existing output untouched when it fails`() throws {
        try folder.write("bad.toy", Array("TOY1".utf8) + [0, 9, 0, 9, 0, 3, 0, 8, 1, 2, 3])
        try folder.write("out.toy", [1])
        let request = ConversionRequest([folder("bad.toy"), folder("out.toy")])
        #expect(try run(request) { $0.isReplacing = true } == .failure)
        #expect(folder.read("out.toy") == [1])
        #expect(folder.files == ["bad.toy", "out.toy"])
    }

    @Test func `converts a file onto itself if asked to`() throws {
        try writePictures(["a.toy"])
        let before = folder.read("a.toy")
        let request = ConversionRequest([folder("a.toy"), folder("a.toy")])
        #expect(try run(request) == .failure)
        #expect(try run(request) { $0.isReplacing = true } == .success)
        #expect(folder.read("a.toy") == before)
    }

    @Test func `prints one JSON object a file`() throws {
        try writePictures(["in/a.toy"])
        try folder.write("in/b.toy", Array("TOY1".utf8))
        #expect(try run(folderRequest()) { $0.isJSON = true } == .failure)
        let objects = try output.text.split(separator: "\n").map {
            try #require(try parseJSON($0) as? [String: Any])
        }.sorted { "\($0["input"] ?? "")" < "\($1["input"] ?? "")" }
        try #require(objects.count == 2)
        #expect(objects[0]["status"] as? String == "converted")
        #expect(objects[0]["output_bytes"] as? Int == 12 + 9 * 7 * 3)
        #expect((objects[0]["losses"] as? [Any])?.isEmpty == true)
        let error = try #require(objects[1]["error"] as? [String: Any])
        #expect(objects[1]["status"] as? String == "failed")
        #expect(error["kind"] as? String == "truncated")
    }

    @Test func `warns of a loss, or refuses it`() throws {
        let deep = TestImages.picture(width: 3, height: 3, layout: PixelLayout(.rgb, .uint16))
        try folder.write("in.toy", try TestImages.encoded(deep, as: ToyFormat()))
        let request = ConversionRequest([folder("in.toy"), folder("out.stall")])
        var options = ConversionOptions()
        options.isStrict = true
        #expect(try run(request, signal: { nil }, options: options) { _ in } == .failure)
        #expect(
            messages.text
                == "convert: \(folder("in.toy")): refused as lossy: "
                + "16-bit samples become 8-bit\n")
        #expect(folder.files == ["in.toy"])
    }

    @Test(arguments: [Int32(2), 15])
    func `stops when asked to and leaves nothing`(number: Int32) throws {
        try writePictures((0..<10).map { "in/\($0).toy" })
        let signal = LateSignal(number)
        let request = ConversionRequest([folder("in"), folder("out")], formatName: "stall")
        #expect(try run(request, signal: signal.read) { $0.jobCount = 3 } == .signal(number))
        #expect(folder.files.allSatisfy { $0.hasPrefix("in/") })
        #expect(messages.text == "convert: 0 converted, 10 not done\n")
    }

    @Test func `clears away what a killed run left`() throws {
        try writePictures(["in/a.toy"])
        try folder.write("out/.a.toy.convert-\(Int32.max)-ff.tmp", [1])
        #expect(try run(folderRequest()) == .success)
        #expect(folder.files == ["in/a.toy", "out/a.toy"])
    }

    @Test func `takes an option that fits no input for a mistake in the command line`() throws {
        try writePictures(["a.toy"])
        let request = ConversionRequest([folder("a.toy"), folder("b.stall")])
        var options = ConversionOptions()
        options.isLossless = true
        #expect(try run(request, signal: { nil }, options: options) { _ in } == .usage)
    }

    @Test func `says so where there is nothing to do`() throws {
        try folder.write("in/readme.txt", [1])
        #expect(try run(folderRequest()) == .nothingMatched)
        #expect(folder.files == ["in/readme.txt"])
        #expect(
            messages.text
                == "convert: 0 converted, 1 ignored (no image file by its name: readme.txt)\n")
    }

    @Test func `stops after so many failures`() throws {
        for number in 0..<9 { try folder.write("in/\(number).toy", [1]) }
        try writePictures(["in/z.toy"])
        let status = try run(folderRequest()) {
            $0.jobCount = 1
            $0.maximumFailureCount = 3
        }
        #expect(status == .failure)
        #expect(messages.text.hasSuffix("convert: 0 converted, 3 failed, 7 not done\n"))
    }

    @Test func `names outputs after the pictures, and finds collisions before any work`() throws {
        try writePictures(["in/a.toy", "in/b.toy"])
        try folder.write("in/bad.toy", [1])
        var request = folderRequest()
        request.template = try NameTemplate("{stem}-{width}x{height}.{ext}")
        #expect(try run(request) == .failure)
        #expect(
            folder.files.filter { $0.hasPrefix("out/") } == ["out/a-9x7.toy", "out/b-9x7.toy"])
        #expect(messages.text.hasSuffix("convert: 2 converted, 1 failed\n"))
        request.template = try NameTemplate("{width}x{height}.{ext}")
        #expect(throws: CommandError.self) { try run(request) }
        #expect(folder.files.filter { $0.hasPrefix("out/") }.count == 2)
    }

    @Test func `says what it would do and does nothing`() throws {
        try writePictures(["in/a.toy", "in/b.toy", "in/c.toy"])
        try folder.write("out/b.toy", [1])
        #expect(try run(folderRequest()) { $0.isDryRun = true } == .failure)
        #expect(
            output.text
                == ["a", "c"].map {
                    "\(folder("in/\($0).toy")) -> \(folder("out/\($0).toy"))\n"
                }.joined())
        #expect(folder.files == ["in/a.toy", "in/b.toy", "in/c.toy", "out/b.toy"])
        #expect(messages.text.hasSuffix("convert: 2 would be converted, 1 failed\n"))
    }

    @Test func `discards an output that cannot be read back`() throws {
        try writePictures(["a.toy"])
        let request = ConversionRequest([folder("a.toy"), folder("b.broken")])
        #expect(try run(request) { $0.isVerifying = true } == .failure)
        #expect(
            messages.text.contains(
                "the broken output is wrong and was discarded: the output cannot be decoded"))
        #expect(folder.files == ["a.toy"])
        #expect(try run(request) == .success)
        try folder.write("b.broken", [7])
        #expect(
            try run(request) {
                $0.isVerifying = true
                $0.isReplacing = true
            } == .failure)
        #expect(folder.read("b.broken") == [7])
    }

    @Test func `logs what happens`() throws {
        try writePictures(["in/a.toy"])
        try folder.write("in/b.toy", [1])
        #expect(
            try run(folderRequest()) {
                $0.logPath = Path(folder("log"))
                $0.jobCount = 1
            } == .failure)
        let lines = String(decoding: try #require(folder.read("log")), as: UTF8.self)
            .split(separator: "\n")
        let events = try lines.map { try JSONValue(parsing: Array($0.utf8)) }
        #expect(
            events.map { $0["event"]?.text } == [
                "started", "finished", "started", "failed", "summary",
            ])
        #expect(events[1]["output_bytes"] == .integer(12 + 9 * 7 * 3))
        #expect(events[3]["error"]?["kind"] == .string("unrecognized"))
        #expect(events[4]["converted"] == .integer(1) && events[4]["failed"] == .integer(1))
    }
}

/// A signal that comes after it has been looked for a number of times.
private final class LateSignal: Sendable {
    private let number: Int32
    private let count = Atomic(0)

    init(_ number: Int32) { self.number = number }

    @Sendable func read() -> Int32? {
        count.add(1, ordering: .relaxed).newValue > 200 ? number : nil
    }
}

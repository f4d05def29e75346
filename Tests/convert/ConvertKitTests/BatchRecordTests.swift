import FormatFiles
import FormatKit
import TestSupport
import Testing

@testable import ConvertKit

/// What a run does again, and what it leaves alone, because of the record of the runs before.
@Suite final class BatchRecordTests: BatchFixture {
    @Test func `does again only what the record does not know to be done`() throws {
        try writePictures(["in/a.toy", "in/b.toy"])
        let resume: (inout RunOptions) -> Void = { $0.isResuming = true }
        #expect(try run(folderRequest(), resume) == .success)
        try folder.write(
            "in/b.toy",
            try TestImages.encoded(TestImages.picture(width: 3, height: 3), as: ToyFormat()))
        try writePictures(["in/c.toy"])
        #expect(try run(folderRequest(), resume) == .success)
        #expect(messages.text.hasSuffix("convert: 2 converted, 1 skipped\n"))
        #expect(folder.read("out/b.toy") == folder.read("in/b.toy"))
        // Other options, other outputs.
        var options = ConversionOptions()
        options.effort = 3
        #expect(try run(folderRequest(), signal: { nil }, options: options, resume) == .success)
        #expect(messages.text.hasSuffix("convert: 3 converted\n"))
        #expect(
            try run(folderRequest()) {
                $0.isResuming = true
                $0.isForced = true
            } == .success)
        #expect(messages.text.hasSuffix("convert: 3 converted\n"))
    }

    @Test func `does not replace what somebody else has put there`() throws {
        try writePictures(["in/a.toy"])
        try folder.write("out/a.toy", [1])
        let resume: (inout RunOptions) -> Void = { $0.isResuming = true }
        #expect(try run(folderRequest(), resume) == .failure)
        #expect(folder.read("out/a.toy") == [1])
        try folder.remove("out/a.toy")
        #expect(try run(folderRequest(), resume) == .success)
        try folder.write("out/a.toy", [1])
        #expect(try run(folderRequest(), resume) == .failure)
        #expect(folder.read("out/a.toy") == [1])
    }

    @Test func `looks into what was done before, if asked to verify`() throws {
        try writePictures(["in/a.toy"])
        let resume: (inout RunOptions) -> Void = { $0.isResuming = true }
        #expect(try run(folderRequest(), resume) == .success)
        var bytes = try #require(folder.read("out/a.toy"))
        bytes[20] ^= 1
        try folder.write("out/a.toy", bytes)
        #expect(try run(folderRequest(), resume) == .success)
        #expect(folder.read("out/a.toy") == bytes)
        #expect(
            try run(folderRequest()) {
                $0.isResuming = true
                $0.isVerifying = true
            } == .success)
        #expect(folder.read("out/a.toy") == folder.read("in/a.toy"))
    }

    @Test func `replaces no file that somebody has put where a killed run had begun`() throws {
        try writePictures(["in/a.toy"])
        for line in [
            #"{"output":"a.toy","state":"begun"}"#,
            #"{"output":"a.toy","state":"committing","output_sha256":"00","output_bytes":1}"#,
        ] {
            try folder.write(
                "out/.convert-record.jsonl",
                Array("{\"convert_record\":1}\n\(line)\n{\"outp".utf8))
            try folder.write("out/a.toy", [1])
            #expect(try run(folderRequest()) { $0.isResuming = true } == .failure)
            #expect(folder.read("out/a.toy") == [1])
            try folder.remove("out/a.toy")
            #expect(try run(folderRequest()) { $0.isResuming = true } == .success)
            #expect(folder.read("out/a.toy") == folder.read("in/a.toy"))
        }
    }

    @Test func `refuses a record that is none`() throws {
        try writePictures(["in/a.toy"])
        try folder.write("out/.convert-record.jsonl", Array("hello\n".utf8))
        #expect(throws: CommandError.self) {
            try run(folderRequest()) { $0.isResuming = true }
        }
    }
}

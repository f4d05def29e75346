import FormatFiles
import FormatKit
import TestSupport
import Testing

@testable import ConvertKit

/// Smaller pictures are outputs like others: they collide, are checked, are recorded, and appear
/// together with the one that was asked for.
@Suite final class PreviewBatchTests: BatchFixture {
    private func convert(
        _ request: ConversionRequest? = nil, previewCount: Int = 2,
        _ change: (inout RunOptions) -> Void = { _ in }
    ) throws -> ProgramStatus {
        var options = ConversionOptions()
        options.previewCount = previewCount
        return try run(
            request ?? folderRequest(), signal: { nil }, options: options, change)
    }

    private let resume: (inout RunOptions) -> Void = { $0.isResuming = true }

    private func write(_ name: String, value: UInt8) throws {
        try folder.write(name, ScalableFormat.file(value: value))
    }

    /// The names and the values of outputs.
    private var outputs: [String: UInt8] {
        let names = folder.files.filter { $0.hasPrefix("out/") && $0.hasSuffix(".toy") }
        return Dictionary(
            uniqueKeysWithValues: names.map { ($0, folder.read($0)?.last ?? 0) })
    }

    @Test func `preview and batch: nothing is converted where any two outputs are one file`() throws
    {
        try write("in/x.scalable", value: 1)
        try write("in/x.1.scalable", value: 2)
        for isReplacing in [false, true] {
            let error = #expect(throws: CommandError.self) {
                try convert { $0.isReplacing = isReplacing }
            }
            #expect(error?.message.contains("in/x.1.scalable and") == true)
        }
        #expect(outputs == [:])
        #expect(try convert(previewCount: 1) == .success)
    }

    @Test func `preview and batch: links do not hide that two outputs are one file`() throws {
        try write("in/x.scalable", value: 1)
        try write("in/y.scalable", value: 2)
        try folder.write("out/y.toy", [1])
        try folder.link("out/x.1.toy", to: "y.toy")
        #expect(throws: CommandError.self) { try convert { $0.isReplacing = true } }
        #expect(folder.read("out/y.toy") == [1])
    }

    @Test func `no output takes the place of another item's input`() throws {
        let toy = try TestImages.encoded(picture, as: ToyFormat())
        try write("in/x.scalable", value: 1)
        try folder.write("in/x.scalable.toy", toy)
        let request = ConversionRequest(
            [folder("in/x.scalable.toy"), folder("in/x.scalable")],
            outputDirectory: folder("in"), formatName: "toy",
            template: try NameTemplate("{name}.{ext}"))
        #expect(throws: CommandError.self) {
            try convert(request, previewCount: 1) { $0.isReplacing = true }
        }
        // Nor does a preview that of its own.
        try folder.write("in/y.1.toy", ScalableFormat.file(value: 3))
        let own = ConversionRequest([folder("in/y.1.toy"), folder("in/y.toy")])
        #expect(throws: CommandError.self) { try convert(own) { $0.isReplacing = true } }
        #expect(folder.read("in/x.scalable.toy") == toy)
        #expect(folder.files.count == 3)
    }

    @Test func `all outputs appear or none does`() throws {
        try write("in/x.scalable", value: 7)
        for name in ["out/x.1.toy", "out/x.toy"] {
            try folder.write(name, [1])
            #expect(try convert() == .failure)
            #expect(messages.text.contains("\(folder(name)): the output exists"))
            #expect(outputs == [name: 1])
            try folder.remove(name)
        }
        #expect(try convert() == .success)
        #expect(outputs == ["out/x.1.toy": 7, "out/x.toy": 7])
        // All are there: skipped. One is missing: not, and the others are not touched.
        #expect(try convert { $0.isSkippingExisting = true } == .success)
        #expect(messages.text.hasSuffix("0 converted, 1 skipped\n"))
        try folder.remove("out/x.1.toy")
        #expect(try convert { $0.isSkippingExisting = true } == .failure)
        #expect(outputs == ["out/x.toy": 7])
    }

    /// A row of three pixels has previews of one and two, a single pixel has none.
    @Test(arguments: [1: [], 3: ["out/x.1.toy", "out/x.2.toy"]] as [UInt8: [String]])
    func `previews that a small picture does not have are not missing`(
        width: UInt8, previews: [String]
    ) throws {
        try folder.write("in/x.scalable", ScalableFormat.file(width: width, height: 1, value: 7))
        #expect(try convert(previewCount: 4) == .success)
        #expect(Set(outputs.keys) == Set(previews + ["out/x.toy"]))
        let skip: (inout RunOptions) -> Void = { $0.isSkippingExisting = true }
        #expect(try convert(previewCount: 4, skip) == .success)
        #expect(messages.text.hasSuffix("0 converted, 1 skipped\n"))
        guard let last = previews.last else { return }
        try folder.remove(last)
        #expect(try convert(previewCount: 4, skip) == .failure)
        #expect(outputs[last] == nil)
    }

    @Test func `a batch that resumes knows previews`() throws {
        try write("in/x.scalable", value: 1)
        // A picture too small for the previews that were asked for.
        try folder.write("in/tiny.scalable", ScalableFormat.file(width: 1, height: 1, value: 9))
        #expect(try convert(previewCount: 3, resume) == .success)
        let all: [String: UInt8] = [
            "out/x.1.toy": 1, "out/x.2.toy": 1, "out/x.toy": 1, "out/tiny.toy": 9,
        ]
        #expect(outputs == all)
        #expect(try convert(previewCount: 3, resume) == .success)
        #expect(messages.text.hasSuffix("0 converted, 2 skipped\n"))
        // A missing preview, and a changed input, make the item again.
        try folder.remove("out/x.2.toy")
        #expect(try convert(previewCount: 3, resume) == .success)
        #expect(messages.text.hasSuffix("1 converted, 1 skipped\n") && outputs == all)
        try write("in/x.scalable", value: 5)
        #expect(try convert(previewCount: 3, resume) == .success)
        #expect(outputs["out/x.1.toy"] == 5 && outputs["out/x.toy"] == 5)
        // Nobody else's file is replaced, were it as large as ours.
        let old = try #require(folder.read("out/x.1.toy"))
        let theirs = old.dropLast() + [77]
        try folder.remove("out/x.1.toy")
        try folder.write("out/x.1.toy", Array(theirs))
        try write("in/x.scalable", value: 6)
        #expect(try convert(previewCount: 3, resume) == .failure)
        #expect(outputs["out/x.1.toy"] == 77 && outputs["out/x.toy"] == 5)
    }
}

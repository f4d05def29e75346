import FormatKit
import Foundation
import MetadataBlocks
import TestSupport
import Testing

@testable import TIFFFormat

/// Files that other programs made, beside the repository.
@Suite struct CorpusTests {
    @Test(arguments: SharedFolder.files("corpora/tiff/libtiffpic"))
    func `a libtiff sample picture decodes, in bands of any height`(file: URL) throws {
        try judge(file)
    }

    @Test(arguments: SharedFolder.files("corpora/tiff/images"))
    func `a picture of the image-tiff corpus decodes, in bands of any height`(
        file: URL
    ) throws {
        try judge(file)
    }

    @Test(arguments: SharedFolder.files("corpora/tiff/fuzz"))
    func `a fuzzer's file neither traps nor hangs`(file: URL) throws {
        let bytes = [UInt8](try Data(contentsOf: file))
        var limits = Limits.default
        limits.pixelCount = 1 << 24
        limits.memoryByteCount = 256 << 20
        do {
            _ = try decode(bytes, limits: limits)
        } catch let error as ImageError {
            #expect(!error.description.isEmpty)
        }
    }

    /// One file for each decoder.
    static let compressed = [
        "images/fax4.tiff", "images/imagemagick_group4.tiff", "libtiffpic/g3test.tif",
        "libtiffpic/fax2d.tif", "libtiffpic/quad-jpeg.tif", "images/tiled-jpeg-rgb-u8.tif",
        "images/issue_69_lzw.tiff", "images/issue_69_packbits.tiff",
        "images/seq/seq-1c-16b-deflate-68f373a0.tiff", "libtiffpic/quad-tile.tif",
    ]

    @Test(arguments: compressed, [0.9, 0.5, 0.1])
    func `strips that are cut short are an error, or a loss of a facsimile`(
        name: String, part: Double
    ) throws {
        guard let corpus = SharedFolder.url("corpora/tiff") else { return }
        let bytes = [UInt8](try Data(contentsOf: corpus.appending(path: name)))
        let cut = try editing(bytes, tags: [279, 325]) { max(1, Int(Double($0) * part)) }
        if name.contains("fax") || name.contains("group4") || name.contains("g3") {
            let losses = LossNotes()
            let image = try decode(cut, losses: losses)
            // The rows that are there are those of the whole file.
            let whole = try decode(bytes)
            #expect(image.bytes.prefix(64) == whole.bytes.prefix(64))
            #expect(losses.rowCount > 0 && losses.rowCount <= image.header.size.height)
            return
        }
        let error = #expect(throws: ImageError.self) { try decode(cut) }
        guard case .malformed = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: compressed[..<2])
    func `a facsimile that ends before the last row shows its rows`(name: String) throws {
        guard let corpus = SharedFolder.url("corpora/tiff") else { return }
        let bytes = [UInt8](try Data(contentsOf: corpus.appending(path: name)))
        let tall = try editing(bytes, tags: [257, 278]) { $0 + 20 }
        let losses = LossNotes()
        let image = try decode(tall, losses: losses)
        let whole = try decode(bytes)
        #expect(image.bytes.starts(with: whole.bytes))
        #expect((20...21).contains(losses.rowCount))
    }

    /// A file with other numbers in some tags of its first directory.
    private func editing(
        _ bytes: [UInt8], tags: [Int], _ change: (Int) -> Int
    ) throws -> [UInt8] {
        let source = MemorySource(bytes)
        let (header, first) = try TIFFHeader.parse(source)
        let directory = try TIFFDirectory(parsing: source, header: header, at: first)
        var result = bytes
        for entry in directory.entries where tags.contains(entry.tag) {
            let size = try #require(ByteOrder.valueByteCount(type: entry.type))
            for place in stride(from: 0, to: entry.count * size, by: size) {
                let offset = entry.valueOffset + place
                let value = try #require(header.order.integer(bytes, at: offset, count: size))
                result.replaceSubrange(
                    offset..<offset + size, with: header.order.bytes(change(value), count: size))
            }
        }
        return result
    }

    /// ImageMagick 6 does not invert odd depths; the corpus has the same ramp both ways.
    @Test(arguments: SharedFolder.files("corpora/tiff/images/seq"))
    func `white is zero and black is zero give the same ramp`(file: URL) throws {
        let name = file.lastPathComponent
        guard name.contains("-miniswhite"), !name.contains("-24b"), !name.contains("-1b") else {
            return
        }
        let twin = file.deletingLastPathComponent()
            .appending(path: name.replacing("-miniswhite", with: ""))
        guard FileManager.default.fileExists(atPath: twin.path) else { return }
        let image = try decode([UInt8](try Data(contentsOf: file)))
        #expect(image.bytes == (try decode([UInt8](try Data(contentsOf: twin)))).bytes)
    }

    private func judge(_ file: URL) throws {
        let bytes = [UInt8](try Data(contentsOf: file))
        let name = file.lastPathComponent
        let warnings = WarningLog()
        defer { for line in warnings.warnings { print("\(name): warning: \(line)") } }
        // Its ThunderScan data is damaged: no program reads it.
        if name == "text.tif" {
            #expect(throws: ImageError.self) { try decode(bytes) }
            return
        }
        let image = try decode(bytes, warnings: warnings)
        #expect(try decode(bytes, bandRows: 3).bytes == image.bytes)
        // libvips 8.14 mixes up the planes of gray with alpha.
        guard image.header.layout.alpha == .premultiplied,
            name != "minisblack-2c-8b-alpha.tiff", let tool = ForeignTool.path("vips")
        else { return }
        let theirs = try ForeignTool.withFile([]) {
            _ = try ForeignTool.run(tool, ["rawsave", file.path, $0])
            return [UInt8](try Data(contentsOf: URL(filePath: $0)))
        }
        // libvips divides by alpha.
        let sample = image.header.layout.sample
        let layout = PixelLayout(image.header.layout.model, sample, alpha: .straight)
        let ours = try #require(image.converted(to: layout))
        #expect(maximumDifference(ours.bytes, theirs, sample) ?? .max <= 1, "\(name)")
    }

    private func maximumDifference(
        _ first: [UInt8], _ second: [UInt8], _ sample: SampleType
    ) -> Int? {
        guard first.count == second.count else { return nil }
        let size = sample.byteCount
        func value(_ bytes: [UInt8], _ index: Int) -> Int {
            size == 1 ? Int(bytes[index]) : Int(bytes[2 * index]) | Int(bytes[2 * index + 1]) << 8
        }
        return (0..<first.count / size).reduce(0) {
            max($0, abs(value(first, $1) - value(second, $1)))
        }
    }
}

import FormatKit
import MetadataBlocks
import Foundation
import TestSupport
import Testing

@testable import TIFFFormat

/// Files of several pages.
@Suite struct PageTests {
    static let ways: [[String: String]] = [
        [:], ["bigtiff": "on", "tile": "16"], ["compression": "none"], ["compression": "jpeg"],
    ]

    /// Pages of different sizes and metadata; of different layouts, too, if `isMixed`.
    private func pages(isMixed: Bool) -> [Image] {
        let layouts =
            isMixed
            ? [
                PixelLayout(.rgb, .uint8), PixelLayout(.gray, .uint16),
                PixelLayout(.cmyk, .float32),
            ]
            : Array(repeating: PixelLayout(.rgb, .uint8), count: 3)
        return layouts.enumerated().map { index, layout in
            var metadata = ImageMetadata(
                icc: index == 1 ? nil : [UInt8](repeating: UInt8(index), count: 200),
                exif: index == 1 ? nil : exifBlock(index == 0 ? .little : .big, hasNote: false),
                orientation: Orientation(rawValue: index + 1) ?? .up)
            metadata.iptc = [0x1C, UInt8(index)]
            var image = testImage(
                layout, width: 20 + 7 * index, height: 30 - index, seed: UInt64(index),
                metadata: metadata)
            image.header.frameCount = 3
            return image
        }
    }

    private func encode(
        _ pages: [Image], _ options: [String: String], warnings: WarningLog = WarningLog()
    ) throws -> [UInt8] {
        try pages.encoded(
            by: TIFFPlugin(), settings: WriteSettings(for: TIFFPlugin(), options: options),
            context: warnings.context())
    }

    @Test(arguments: ways)
    func `pages come back in any order, each with its own size and metadata`(
        options: [String: String]
    ) throws {
        let isJPEG = options["compression"] == "jpeg"
        let pages = pages(isMixed: !isJPEG)
        let warnings = WarningLog()
        let reader = try TIFFPlugin().openPages(
            try encode(pages, options, warnings: warnings))
        #expect(reader.header.frameCount == 3)
        for index in [0, 2, 1, 1, 0] {
            try reader.selectPage(index)
            let image = try Image(reading: reader)
            let page = pages[index]
            #expect(image.header.size == page.header.size)
            #expect(image.header.layout == page.header.layout)
            #expect(image.header.frameCount == 3)
            if !isJPEG { #expect(image.bytes == page.bytes) }
            // The file has one byte order, that of the first page's Exif block.
            var metadata = page.header.metadata
            if index == 2 { metadata.exif = exifBlock(.little, hasNote: false) }
            #expect(image.header.metadata == metadata)
        }
        #expect(warnings.warnings == [])
    }

    @Test func `a page may be left before its last row`() throws {
        let pages = pages(isMixed: true)
        let reader = try TIFFPlugin().openPages(try encode(pages, [:]))
        var band = PixelBand(
            width: reader.header.size.width, layout: reader.header.layout, rowCapacity: 3)
        try reader.readRows(into: &band)
        try reader.selectPage(1)
        #expect(try Image(reading: reader).bytes == pages[1].bytes)
    }

    @Test func `a page that lacks rows is an error`() throws {
        let pages = pages(isMixed: true)
        let writer = try #require(
            try TIFFPlugin().makeWriter(
                sink: MemorySink(), header: pages[0].header, settings: WriteSettings(),
                context: CodecContext()) as? any MultiImageWriter)
        #expect(throws: ImageError.self) { try writer.beginPage(pages[1].header) }
    }

    @Test(arguments: ["tiffinfo", "exiftool"])
    func `others do not complain of pages`(tool: String) throws {
        guard let path = ForeignTool.path(tool) else { try Test.cancel("\(tool) is not installed") }
        var pages = pages(isMixed: false)
        // A profile that is none is something to complain of.
        for index in pages.indices { pages[index].header.metadata.icc = nil }
        try ForeignTool.withFile(try encode(pages, [:])) {
            let arguments = tool == "exiftool" ? ["-warning", "-error", $0] : [$0]
            let result = try ForeignTool.run(path, arguments)
            #expect(result.status == 0)
            let complaints = (result.errors + String(decoding: result.output, as: UTF8.self))
                .split(separator: "\n")
                .filter { $0.localizedCaseInsensitiveContains("warning") }
                .filter { !$0.contains("null byte in value") && !$0.contains("tag 40965") }
                .filter { !$0.contains("MakerNote") }
            #expect(complaints.isEmpty, "\(complaints)")
        }
    }
}

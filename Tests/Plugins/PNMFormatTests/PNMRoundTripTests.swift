import FormatKit
import TestSupport
import Testing

@testable import PNMFormat

@Suite struct PNMRoundTripTests {
    /// Every layout of every kind, in each of its forms.
    struct Case: Sendable, CustomTestStringConvertible {
        let kind: PNMKind
        let layout: PixelLayout
        let isPlain: Bool
        var testDescription: String { "\(kind) \(layout)\(isPlain ? " plain" : "")" }
        var plugin: PNMPlugin { PNMPlugin(kind) }
        var settings: WriteSettings {
            get throws {
                try WriteSettings(for: plugin, options: isPlain ? ["plain": "true"] : [:])
            }
        }
    }

    static let cases = PNMKind.allCases.flatMap { kind in
        kind.layouts.sorted { $0.description < $1.description }.flatMap { layout in
            (kind.options.isEmpty ? [false] : [false, true]).map {
                Case(kind: kind, layout: layout, isPlain: $0)
            }
        }
    }

    static func image(_ width: Int, _ height: Int, _ test: Case) -> Image {
        var image = Image.noise(width, height, test.layout)
        if test.kind == .bitmap { image.bytes = image.bytes.map { $0 < 128 ? 0 : 255 } }
        return image
    }

    @Test(arguments: cases)
    func `keeps every sample`(test: Case) throws {
        for (width, height) in [(1, 1), (7, 5), (8, 3), (150, 2), (3, 40)] {
            let image = Self.image(width, height, test)
            let bytes = try image.encoded(by: test.plugin, settings: test.settings)
            let decoded = try Image(decoding: bytes, as: test.plugin)
            #expect(decoded.bytes == image.bytes, "\(width)x\(height)")
            #expect(decoded.header.layout == test.layout)
            #expect(try bytes == image.encoded(by: test.plugin, settings: test.settings))
        }
    }

    @Test(arguments: cases.filter(\.isPlain))
    func `writes plain lines of at most 70 characters`(test: Case) throws {
        let bytes = try Self.image(150, 3, test).encoded(by: test.plugin, settings: test.settings)
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        #expect(lines.allSatisfy { $0.count <= 70 } && lines.count > 6)
    }

    @Test func `refuses a gray in a bitmap, and says where`() throws {
        var image = Self.image(
            4, 3, Case(kind: .bitmap, layout: PixelLayout(.gray, .uint8), isPlain: false))
        image.bytes[6] = 100
        let error = ImageError.unstorable(
            FormatID("pbm"), "the pixel at 2,1 is neither black nor white; pgm stores grays")
        #expect(throws: error) { try image.encoded(by: PNMPlugin(.bitmap), rowsPerBand: 1) }
    }

    @Test func `refuses what it cannot write`() throws {
        #expect(throws: ImageError.unstorable(FormatID("pgm"), "pixels are rgb uint8")) {
            try Image.noise(2, 2, PixelLayout(.rgb, .uint8)).encoded(by: PNMPlugin(.graymap))
        }
        let header = ImageHeader(
            size: ImageSize(width: 1, height: 0), layout: PixelLayout(.gray, .uint8))
        #expect(throws: ImageError.self) {
            try PNMPlugin(.graymap).makeWriter(
                sink: MemorySink(), header: header, settings: WriteSettings(),
                context: CodecContext())
        }
        let writer = try PNMPlugin(.pixmap).makeWriter(
            sink: MemorySink(), header: Image.noise(2, 2, PixelLayout(.rgb, .uint8)).header,
            settings: WriteSettings(), context: CodecContext())
        let missing = ImageError.codecFailure(FormatID("ppm"), "0 rows written, expected 2")
        #expect(throws: missing) { try writer.finish() }
    }
}

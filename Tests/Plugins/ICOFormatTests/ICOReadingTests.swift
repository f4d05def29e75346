import FormatKit
import PNGFormat
import TestSupport
import Testing

@testable import ICOFormat

@Suite struct ICOReadingTests {
    private static let black: [UInt8] = [0, 0, 0, 0]
    private static let red: [UInt8] = [0, 0, 255, 0]
    private static let rgba = PixelLayout(.rgb, .uint8, alpha: .straight)

    /// Of two pixels side by side, the second is transparent.
    private static let mask: [UInt8] = [0x40, 0, 0, 0]

    static let bitmaps: [(bits: Int, method: Int, content: [UInt8], pixels: [UInt8])] = [
        (1, 0, black + red + [0x80, 0, 0, 0], [255, 0, 0, 255, 0, 0, 0, 0]),
        (
            4, 0, red + [UInt8](repeating: 0, count: 60) + [0x01, 0, 0, 0],
            [255, 0, 0, 255, 0, 0, 0, 0]
        ),
        (
            8, 0, red + [UInt8](repeating: 0, count: 1020) + [0, 1, 0, 0],
            [255, 0, 0, 255, 0, 0, 0, 0]
        ),
        (16, 0, [0x00, 0x7C, 0, 0], [255, 0, 0, 255, 0, 0, 0, 0]),
        (24, 0, [0, 0, 255, 0, 0, 0, 0, 0], [255, 0, 0, 255, 0, 0, 0, 0]),
        (32, 0, red + black, [255, 0, 0, 255, 0, 0, 0, 0]),
        (
            32, 3, [0, 0, 255, 0] + [0, 255, 0, 0] + [255, 0, 0, 0] + red + black,
            [255, 0, 0, 255, 0, 0, 0, 0]
        ),
    ]

    @Test(arguments: bitmaps.indices)
    func `a mask makes pixels of any depth transparent`(index: Int) throws {
        let (bits, method, content, pixels) = Self.bitmaps[index]
        let file = ICOFile(2, 1, bits: bits, method: method, content + Self.mask)
        let log = WarningLog()
        let image = try file.decoded(log.context())
        #expect(image.header.layout == Self.rgba && image.bytes == pixels)
        #expect(log.warnings.isEmpty, "\(log.warnings)")
        let opaque = ICOFile(2, 1, bits: bits, method: method, content + [0, 0, 0, 0])
        #expect(try opaque.decoded().header.layout == PixelLayout(.rgb, .uint8))
    }

    @Test func `pixels of 32 bits have alpha, and then no mask counts`() throws {
        let pixels: [UInt8] = [1, 2, 3, 128, 4, 5, 6, 0]
        for mask in [Self.mask, []] {
            let image = try ICOFile(2, 1, bits: 32, pixels + mask).decoded()
            #expect(image.bytes == [3, 2, 1, 128, 6, 5, 4, 0])
        }
    }

    @Test func `gray and palettes are kept where nothing is transparent`() throws {
        let gray = try ICOFile(
            2, 1, bits: 1, Self.black + [255, 255, 255, 0] + [0x40, 0, 0, 0] + [0, 0, 0, 0]
        ).decoded()
        #expect(gray.header.layout == PixelLayout(.gray, .uint8) && gray.bytes == [0, 255])
        #expect(gray.header.storage == .packedGray(bitCount: 1))
        let colors = try ICOFile(
            2, 1, bits: 1, Self.black + Self.red + [0x40, 0, 0, 0] + [0, 0, 0, 0]
        ).decoded()
        guard case .palette? = colors.header.storage else {
            Issue.record("no palette")
            return
        }
    }

    @Test func `rows of pixels and of the mask begin at the bottom, or at the top`() throws {
        let pixels: [UInt8] = [1, 1, 1, 0, 2, 2, 2, 0]
        let mask: [UInt8] = [0x80, 0, 0, 0, 0, 0, 0, 0]
        var file = ICOFile(1, 2, bits: 24, pixels + mask)
        #expect(try file.decoded().bytes == [2, 2, 2, 255, 1, 1, 1, 0])
        file.pictures[0].content.replaceSubrange(8..<12, with: ICOFile.word(-4))
        #expect(try file.decoded().bytes == [1, 1, 1, 0, 2, 2, 2, 255])
    }

    @Test func `pixels that invert what is behind them are told of`() throws {
        let log = WarningLog()
        let content: [UInt8] = [9, 9, 9, 9, 9, 9, 0, 0] + [0xC0, 0, 0, 0]
        _ = try ICOFile(2, 1, bits: 24, content).decoded(log.context())
        #expect(
            log.warnings == ["2 pixels that invert what is behind them become transparent"])
    }

    /// Three pictures, the largest in the middle.
    private static func pages() throws -> ICOFile {
        let small = ICOFile.bitmap(1, 1, bits: 24, [7, 8, 9, 0] + [0, 0, 0, 0])
        let png = try Image.noise(20, 10, rgba).encoded(by: PNGPlugin())
        return ICOFile([
            .init(width: 1, height: 1, content: small),
            .init(width: 20, height: 10, content: png),
            .init(width: 1, height: 1, content: small),
        ])
    }

    @Test func `the largest picture comes first, and all can be had in their order`() throws {
        let file = try Self.pages()
        let reader = try file.plugin.openPages(file.bytes)
        #expect(reader.initialPage == 1 && reader.header.frameCount == 3)
        #expect(reader.header.size == ImageSize(width: 20, height: 10))
        let images = try [Image](decoding: file.bytes, as: file.plugin)
        #expect(images.map(\.header.size.width) == [1, 20, 1])
        #expect(images[0].bytes == [9, 8, 7] && images.allSatisfy { $0.header.frameCount == 3 })
        #expect(images[1].bytes == Image.noise(20, 10, Self.rgba).bytes)
    }

    @Test func `of pictures of one size the one with most bits comes first`() throws {
        let file = ICOFile([
            .init(
                width: 1, height: 1,
                content: ICOFile.bitmap(
                    1, 1, bits: 1, Self.black + Self.black + [UInt8](repeating: 0, count: 8))),
            .init(
                width: 1, height: 1,
                content: ICOFile.bitmap(1, 1, bits: 32, [1, 2, 3, 255] + [0, 0, 0, 0])),
        ])
        #expect(try file.plugin.openPages(file.bytes).initialPage == 1)
    }

    @Test func `what a PNG file inside says is carried`() throws {
        let metadata = ImageMetadata(texts: [TextEntry("Title", "A")])
        let png = try Image.noise(3, 3, Self.rgba, metadata: metadata).encoded(by: PNGPlugin())
        let image = try ICOFile([.init(width: 3, height: 3, content: png)]).decoded()
        #expect(image.header.metadata.texts == metadata.texts)
    }

    @Test func `a cursor has a hot spot, which is a loss`() throws {
        var file = ICOFile(1, 1, bits: 24, [1, 2, 3, 0] + [0, 0, 0, 0])
        file.kind = .cursor
        file.pictures[0].fields = [5, 0, 7, 0]
        let header = try file.decoded().header
        #expect(header.losses.map(\.description) == ["the hot spot (5, 7) is left out"])
        #expect(header.details.contains { $0.name == "hot_spot" })
        #expect(file.plugin.descriptor.write == nil)
    }

    @Test(
        arguments: [(2, 2, true), (2, 0, true), (2, 1, false), (0, 0, true)] as [(Int, Int, Bool)])
    func `a directory that says another size is told of`(
        width: Int, height: Int, isTold: Bool
    ) throws {
        var file = ICOFile(2, 1, bits: 24, [UInt8](repeating: 0, count: 8) + [0, 0, 0, 0])
        (file.pictures[0].width, file.pictures[0].height) = (width, height)
        let log = WarningLog()
        let image = try file.decoded(log.context())
        #expect(image.header.size == ImageSize(width: 2, height: 1))
        #expect(log.warnings.isEmpty == !isTold, "\(log.warnings)")
    }

    @Test func `what follows pictures is told`() throws {
        var file = ICOFile(1, 1, bits: 24, [1, 2, 3, 0] + [0, 0, 0, 0])
        file.end = [1, 2, 3]
        var log = WarningLog()
        _ = try file.decoded(log.context())
        #expect(log.warnings == ["3 bytes after the end of the image are ignored"])
        file.end = []
        file.pictures[0].content += [1, 2]
        log = WarningLog()
        _ = try file.decoded(log.context())
        #expect(log.warnings == ["2 bytes after the end of the image are ignored"])
    }

    @Test func `what is cut is made up if that is wanted`() throws {
        let rows: [UInt8] = [1, 1, 1, 0, 2, 2, 2, 0]
        let file = ICOFile(1, 2, bits: 24, rows + [0x80, 0, 0, 0, 0x80, 0, 0, 0])
        for (cut, expected) in [
            (4, [2, 2, 2, 255, 1, 1, 1, 0]), (8, [2, 2, 2, 1, 1, 1]), (12, [0, 0, 0, 1, 1, 1]),
        ] as [(Int, [UInt8])] {
            let log = WarningLog()
            var context = log.context()
            context.isSalvaging = true
            let image = try Image(
                decoding: Array(file.bytes.dropLast(cut)), as: file.plugin, context: context)
            #expect(image.bytes == expected)
            #expect(log.warnings.contains { $0.contains("inside a mask") }, "\(log.warnings)")
        }
    }
}

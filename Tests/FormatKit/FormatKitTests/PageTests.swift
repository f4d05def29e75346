import FormatKit
import Testing

@Suite struct PageTests {
    private let pages = [
        ToyPage(seed: 1), ToyPage(width: 5, layout: 1, tenths: 3, seed: 2),
        ToyPage(width: 2, height: 4, layout: 2, orientation: .left, seed: 3),
    ]

    private func convert(
        _ pages: [ToyPage], _ selection: PageSelection, to plugin: any FormatPlugin,
        region: PixelRegion? = nil, isStrict: Bool = false, limits: Limits = .default,
        preferences: ConversionPreferences = ConversionPreferences(),
        from source: ToyAlbum = ToyAlbum(),
        isSalvaging: Bool = false
    ) throws -> (bytes: [UInt8], report: Converter.Report) {
        var context = CodecContext(limits: limits)
        context.isSalvaging = isSalvaging
        let converter = Converter(
            registry: try FormatRegistry([source]), context: context,
            isStrict: isStrict, preferences: preferences)
        let sink = MemorySink()
        let report = try converter.convert(
            MemorySource(albumFile(pages)), selection: Selection(region: region, pages: selection),
            to: plugin, settings: WriteSettings(), makeSink: { sink })
        return (sink.bytes, report)
    }

    @Test func `all pages pass through unchanged`() throws {
        let result = try convert(pages, .all, to: ToyAlbum(), isStrict: false)
        var expected = pages
        expected[1].tenths = 0
        #expect(result.bytes == albumFile(expected))
        #expect(result.report.pageCount == 3)
        #expect(result.report.losses == [.timing])
    }

    @Test(arguments: 0..<3)
    func `one page is chosen without a loss`(index: Int) throws {
        let result = try convert(pages, .page(index), to: ToyAlbum(), isStrict: true)
        var page = pages[index]
        page.tenths = 0
        #expect(result.bytes == albumFile([page]))
        #expect(result.report.pageCount == 1)
    }

    @Test func `the first page alone is a loss`() throws {
        let result = try convert(pages, .first, to: ToyAlbum())
        #expect(result.bytes == albumFile([pages[0]]))
        #expect(result.report.losses == [.frames(2)])
        #expect(try convert([pages[0]], .first, to: ToyAlbum()).report.losses == [])
    }

    @Test(arguments: [false, true])
    func `where none is chosen the page comes that the format means`(isSalvaging: Bool) throws {
        var album = ToyAlbum()
        album.initialPage = 1
        func convert(_ selection: PageSelection) throws -> (
            bytes: [UInt8], report: Converter.Report
        ) {
            try self.convert(
                pages, selection, to: ToyAlbum(), from: album, isSalvaging: isSalvaging)
        }
        var expected = pages
        expected[1].tenths = 0
        let result = try convert(.first)
        #expect(result.bytes == albumFile([expected[1]]))
        #expect(result.report.losses == [.frames(2)])
        for index in 0..<3 {
            #expect(try convert(.page(index)).bytes == albumFile([expected[index]]))
        }
        #expect(try convert(.list([0...0])).bytes == albumFile([expected[0]]))
        #expect(try convert(.all).bytes == albumFile(expected))
    }

    @Test func `all of one page fit into any format`() throws {
        let result = try convert([pages[0]], .all, to: ToyFormat())
        #expect(Array(result.bytes.dropFirst(7)) == pages[0].pixels)
    }

    @Test func `frames keep their timing`() throws {
        let frames = [ToyPage(tenths: 2, seed: 4), ToyPage(tenths: 7, seed: 5)]
        let result = try convert(frames, .all, to: ToyAlbum(pages: .animation), isStrict: true)
        #expect(result.bytes == albumFile(frames))
    }

    @Test func `frames get one layout, the one that loses least of all`() throws {
        let frames = [ToyPage(layout: 0, tenths: 1), ToyPage(layout: 3, tenths: 1)]
        let result = try convert(frames, .all, to: ToyAlbum(pages: .animation), isStrict: true)
        #expect(result.bytes[7] == 3 && result.bytes.count == 5 + 2 * (5 + 24))
    }

    @Test func `what other pages lose is said once`() throws {
        let pages = [ToyPage(layout: 0)] + [ToyPage](repeating: ToyPage(layout: 2), count: 3)
        let target = ToyAlbum(layouts: Set(ToyAlbum.layouts.prefix(2)))
        let result = try convert(pages, .all, to: target)
        #expect(result.report.losses == [.bitDepth(from: 16, to: 8)])
        #expect(throws: ImageError.lossRefused([.bitDepth(from: 16, to: 8)])) {
            try convert(pages, .all, to: target, isStrict: true)
        }
    }

    @Test func `metadata of later frames are a loss`() throws {
        let frames = [ToyPage(), ToyPage(orientation: .down)]
        let result = try convert(frames, .all, to: ToyAlbum(pages: .animation))
        #expect(result.report.losses == [.metadata(.orientation)])
    }

    @Test func `every page is cut`() throws {
        let region = PixelRegion(columns: 1..<2, rows: 1..<2)
        let result = try convert(
            [ToyPage(seed: 1), ToyPage(seed: 9)], .all, to: ToyAlbum(), region: region)
        let head: [UInt8] = [1, 1, 0, 0, 1]
        #expect(Array(result.bytes.dropFirst(5)) == head + [29] + head + [37])
    }

    @Test func `every page is turned as it needs`() throws {
        let preferences = ConversionPreferences(orientation: .apply)
        let result = try convert(
            [ToyPage(), ToyPage(orientation: .down)], .all, to: ToyAlbum(),
            preferences: preferences)
        let head: [UInt8] = [3, 2, 0, 0, 1]
        let second: [UInt8] = head + ToyPage().pixels.reversed()
        #expect(Array(result.bytes.dropFirst(5)) == ToyPage().bytes + second)
    }

    @Test func `pages that cannot be stored are refused`() {
        #expect(
            throws: ImageError.unstorable(
                FormatID("toy"), "3 pages", field: .page)
        ) { try convert(pages, .all, to: ToyFormat()) }
        #expect(
            throws: ImageError.unstorable(
                FormatID("album"),
                "page 2 is 5x2, page 1 3x2; the frames of an animation have one size")
        ) { try convert(pages, .all, to: ToyAlbum(pages: .animation)) }
        #expect(
            throws: ImageError.invalidOption(
                name: "page", reason: "there is no page 4, the last is 3")
        ) { try convert(pages, .page(3), to: ToyAlbum()) }
        #expect(throws: ImageError.limitExceeded(.frames, requested: 3, allowed: 2)) {
            try convert(pages, .all, to: ToyAlbum(), limits: Limits(frameCount: 2))
        }
    }

    @Test func `a damaged later page discards the sink`() throws {
        var file = albumFile([ToyPage(), ToyPage()])
        file.removeLast()
        let converter = Converter(
            registry: try FormatRegistry([ToyAlbum()]), context: CodecContext())
        let sink = MemorySink()
        #expect(throws: ImageError.truncated(FormatID("album"), "no rows", offset: file.count)) {
            try converter.convert(
                MemorySource(file), selection: Selection(pages: .all), to: ToyAlbum(),
                settings: WriteSettings(), makeSink: { sink })
        }
        #expect(sink.bytes == [])
    }
}

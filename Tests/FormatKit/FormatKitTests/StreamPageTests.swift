@testable import FormatKit
import TestSupport
import Testing

/// Files that are joined, of which some are pages as they are.
@Suite struct StreamPageTests {
    private let toys = (1...3).map { toyFile(width: 4 + $0, height: 3, layout: 1, seed: UInt8($0)) }

    private let lostStream = Loss.picture("the stream is left out")

    /// A toy file in its wrapping, of which the stream can be had.
    private func wrapped(_ index: Int) -> [UInt8] { Array("WRAP".utf8) + toys[index] }

    private func rows(_ index: Int) -> [UInt8] { Array("R".utf8) + toys[index].dropFirst(7) }

    private func stream(_ index: Int) -> [UInt8] { Array("S".utf8) + toys[index] }

    private func prepare(
        _ files: [[UInt8]], to album: StreamAlbum = StreamAlbum(),
        from source: StreamFormat = StreamFormat(), selection: Selection = Selection(pages: .all),
        use: StreamUse = .auto, quality: Double? = nil,
        preferences: ConversionPreferences = ConversionPreferences(), isStrict: Bool = false,
        isVerifying: Bool = false, context: CodecContext = CodecContext()
    ) throws -> PreparedConversion {
        try Converter(
            registry: try FormatRegistry([source, ToyFormat()]), context: context,
            isStrict: isStrict, preferences: preferences, isVerifying: isVerifying
        ).prepare(
            MemorySource(files[0]),
            joining: files.dropFirst().map { (MemorySource($0), nil) }, selection: selection,
            to: album,
            settings: try WriteSettings(
                for: album, quality: quality, options: ["transcode": use.rawValue]))
    }

    private func output(_ prepared: PreparedConversion) throws -> (
        bytes: [UInt8], report: Converter.Report
    ) {
        let sink = MemorySink()
        let report = try prepared.run(to: sink)
        return (sink.bytes, report)
    }

    @Test func `all pages pass as they are`() throws {
        var source = StreamFormat()
        source.metadata.exif = [1, 2, 3]
        let prepared = try prepare((0...2).map(wrapped), from: source, isStrict: true)
        let path = prepared.report.path
        #expect(path.streamFormats == [ToyFormat().descriptor.id] && path.objection == nil)
        #expect(path.stream == nil && prepared.report.losses.isEmpty)
        let (bytes, report) = try output(prepared)
        #expect(bytes == stream(0) + stream(1) + stream(2))
        #expect(report.path == path && report.losses.isEmpty && report.pageCount == 3)
    }

    @Test func `pages without a stream are decoded, beside others`() throws {
        let prepared = try prepare([wrapped(0), toys[1], wrapped(2)])
        #expect(prepared.report.path.streamFormats.isEmpty)
        #expect(prepared.report.path.objection == "page 2: there is no toy stream")
        let (bytes, report) = try output(prepared)
        #expect(bytes == stream(0) + rows(1) + stream(2))
        #expect(report.path == prepared.report.path && report.losses.isEmpty)
    }

    @Test(arguments: [StreamUse.always, .never])
    func `streams pass in any case, or in none`(use: StreamUse) throws {
        let all = try prepare((0...1).map(wrapped), use: use)
        #expect(
            try output(all).bytes == (use == .never ? rows(0) + rows(1) : stream(0) + stream(1)))
        guard use == .always else {
            #expect(all.report.losses == [.ofInput(0, lostStream), .ofInput(1, lostStream)])
            return
        }
        #expect(
            throws: ImageError.streamRefused(StreamAlbum.id, "page 2: there is no toy stream")
        ) {
            _ = try prepare([wrapped(0), toys[1]], use: use)
        }
    }

    @Test func `what changes pictures is in the way of all of them`() throws {
        let part = Selection(
            region: PixelRegion(columns: 0..<2, rows: 0..<2), pages: .all)
        let cut = try prepare((0...1).map(wrapped), selection: part)
        let words = "page 1: only a part of the picture, or another size of it, is wanted"
        #expect(cut.report.path == .pixels(since: words))
        #expect(cut.report.losses == [.ofInput(0, lostStream), .ofInput(1, lostStream)])
        #expect(try output(cut).bytes.count == 2 * (1 + 2 * 2 * 3))
        let other = try prepare((0...1).map(wrapped), quality: 5)
        #expect(other.report.path == .pixels(since: "page 1: a quality is asked for"))
        var source = StreamFormat()
        source.metadata.orientation = .right
        let turned = try prepare((0...1).map(wrapped), from: source)
        #expect(turned.report.path == .pixels(since: "page 1: the picture is turned upright"))
        #expect(try prepare([toys[0], toys[1]]).report.path == .pixels(since: nil))
    }

    @Test func `pages are chosen among those of all files`() throws {
        let selection = Selection(pages: .list([2...2, 0...0]))
        let prepared = try prepare([wrapped(0), toys[1], wrapped(2)], selection: selection)
        let places = prepared.report.pageCount
        let (bytes, report) = try output(prepared)
        #expect(places == 2 && report.path.objection == nil)
        #expect(bytes == stream(0) + stream(2) || bytes == stream(2) + stream(0))
    }

    @Test func `what the writer refuses is decoded, and that is told`() throws {
        var album = StreamAlbum()
        album.refusedPage = 1
        let log = WarningLog()
        let prepared = try prepare((0...2).map(wrapped), to: album, context: log.context())
        #expect(prepared.report.losses.isEmpty)
        let (bytes, report) = try output(prepared)
        #expect(bytes == stream(0) + rows(1) + stream(2))
        #expect(report.path.objection == "page 2: it looks odd")
        #expect(report.losses == [.ofInput(1, lostStream)])
        #expect(log.warnings == ["page 2 is decoded and encoded again: it looks odd"])
        let strict = try prepare((0...2).map(wrapped), to: album, isStrict: true)
        #expect(throws: ImageError.lossRefused([.ofInput(1, lostStream)])) {
            _ = try output(strict)
        }
        let required = try prepare((0...2).map(wrapped), to: album, use: .always)
        #expect(throws: ImageError.streamRefused(StreamAlbum.id, "it looks odd")) {
            _ = try output(required)
        }
    }

    @Test func `the memory is that of the largest file`() throws {
        let prepared = try prepare((0...2).map(wrapped))
        #expect(prepared.heldByteCount == wrapped(2).count)
        let context = CodecContext(limits: Limits(memoryByteCount: 60))
        #expect(throws: ImageError.self) {
            _ = try output(try prepare((0...2).map(wrapped), context: context))
        }
    }

    @Test func `what is only written cannot be verified`() throws {
        #expect(
            throws: ImageError.unsupported(
                StreamAlbum.id, "verifying: the format is only written")
        ) {
            _ = try prepare([wrapped(0)], isVerifying: true)
        }
    }
}

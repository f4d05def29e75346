import FormatKit
import Synchronization
import TestSupport
import Testing

@Suite struct PreparedConversionTests {
    private let pages = [
        ToyPage(seed: 1), ToyPage(width: 5, layout: 1, seed: 2),
        ToyPage(width: 2, height: 4, layout: 2, seed: 3),
    ]

    @Test func `says all that headers tell before anything is written`() throws {
        let target = ToyFormat(layouts: [PixelLayout(.rgb, .uint8)])
        let file = toyFile(width: 150, height: 200, layout: 2)
        let prepared = try Converter(
            registry: try FormatRegistry([ToyFormat()]), context: CodecContext()
        ).prepare(
            MemorySource(file),
            selection: Selection(region: PixelRegion(columns: 0..<10, rows: 0..<20)), to: target,
            settings: WriteSettings())
        #expect(prepared.storedSize == ImageSize(width: 150, height: 200))
        #expect(prepared.report.losses == [.bitDepth(from: 16, to: 8)])
        #expect(prepared.report.plan.target.size == ImageSize(width: 10, height: 20))
        #expect(prepared.report.sourceByteCount == file.count)
        #expect(prepared.report.outputByteCount == 0 && prepared.heldByteCount == 0)
        let sink = MemorySink()
        let report = try prepared.run(to: sink)
        #expect(sink.bytes.count == 7 + 10 * 20 * 3 && report.outputByteCount == sink.byteCount)
        #expect(report.losses == prepared.report.losses)
    }

    @Test(arguments: [
        (PageSelection.first, PageSupport.pages, 1, 1), (.page(2), .pages, 1, 1),
        (.all, .pages, 3, 3), (.all, .animation, 3, 3),
    ])
    func `opens a file once and plans a page once`(
        selection: PageSelection, support: PageSupport, pageCount: Int, planCount: Int
    ) throws {
        let counts = Counts()
        let source = CountingFormat(ToyAlbum(), counts)
        let target = ToyAlbum(pages: support)
        let frames = (0..<3).map { ToyPage(tenths: 1, seed: UInt8($0)) }
        let prepared = try Converter(
            registry: try FormatRegistry([source]), context: CodecContext()
        ).prepare(
            MemorySource(albumFile(support == .pages ? pages : frames)),
            selection: Selection(pages: selection), to: CountingFormat(target, counts),
            settings: WriteSettings())
        #expect(counts.plans.load(ordering: .relaxed) == planCount)
        let report = try prepared.run(to: MemorySink())
        #expect(report.pageCount == pageCount)
        #expect(counts.plans.load(ordering: .relaxed) == planCount)
        #expect(counts.readers.load(ordering: .relaxed) == 1)
    }

    @Test func `a page that is another one when it is opened again is an error`() throws {
        let source = ChangingSource(albumFile(pages))
        let prepared = try Converter(
            registry: try FormatRegistry([ToyAlbum()]), context: CodecContext()
        ).prepare(
            source, selection: Selection(pages: .all), to: ToyAlbum(), settings: WriteSettings())
        source.bytes = albumFile([pages[1], pages[0], pages[2]])
        let error = #expect(throws: ImageError.self) { try prepared.run(to: MemorySink()) }
        guard case .io(_, _, "the file changed while it was converted") = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}

/// How often things happened.
private final class Counts: Sendable {
    let readers = Atomic(0)
    let plans = Atomic(0)
}

/// A format that counts how often it is opened, and how often a plan asks what it cannot keep.
private struct CountingFormat: FormatPlugin, FormatPlanning {
    let descriptor: FormatDescriptor
    private let plugin: any FormatPlugin
    private let counts: Counts

    init(_ plugin: any FormatPlugin, _ counts: Counts) {
        self.plugin = plugin
        self.counts = counts
        let format = plugin.descriptor
        let write = format.write.map { write in
            WriteCapabilities(
                layouts: write.layouts, maximumDimension: write.maximumDimension,
                metadata: write.metadata, losslessness: write.losslessness,
                streaming: write.streaming, pages: write.pages)
        }
        descriptor = FormatDescriptor(
            id: format.id, name: format.name, fileExtensions: format.fileExtensions,
            mediaTypes: [], signatures: format.signatures, read: format.read, write: write)
    }

    func losses(of header: ImageHeader, with settings: WriteSettings) -> [Loss] {
        counts.plans.add(1, ordering: .relaxed)
        return []
    }

    func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        counts.readers.add(1, ordering: .relaxed)
        return try plugin.makeReader(source: source, context: context)
    }

    func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        try plugin.makeWriter(sink: sink, header: header, settings: settings, context: context)
    }
}

/// A file that somebody else may change.
private final class ChangingSource: ImageSource {
    var bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var byteCount: Int { bytes.count }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        unsafe MemorySource(bytes).read(at: offset, into: buffer)
    }
}

import FormatKit
import TIFFFormat
import TestSupport
import Testing

/// What a page costs must not grow with the number of pages before it: whoever walks along the
/// chain of directories at every page does work that grows with the square of their number.
@Suite struct PageCostTests {
    private static let pageCount = 300

    /// Writes many pages of one pixel and a few tags each.
    private func write(to sink: any ImageSink, options: [String: String]) throws {
        var page = Image.noise(1, 1, PixelLayout(.gray, .uint8))
        page.header.frameCount = Self.pageCount
        page.header.metadata.iptc = [0x1C, 2, 5, 0, 1, 0x41]
        let writer = try #require(
            try TIFFPlugin().makeWriter(
                sink: sink, header: page.header,
                settings: WriteSettings(for: TIFFPlugin(), options: options),
                context: CodecContext()) as? any MultiImageWriter)
        for index in 0..<Self.pageCount {
            if index > 0 { try writer.beginPage(page.header) }
            try writer.writeRows(
                PixelBand(width: 1, layout: page.header.layout, bytes: page.bytes))
        }
        try writer.finish()
    }

    @Test(arguments: [[:], ["bigtiff": "on"]])
    func `a page is written with a few reads, however many there are`(
        options: [String: String]
    ) throws {
        let sink = CountingSink()
        try write(to: sink, options: options)
        #expect(sink.readCount <= 8 * Self.pageCount, "reads: \(sink.readCount)")
    }

    @Test(arguments: [[:], ["bigtiff": "on"]])
    func `the last of many pages is read with as few reads as the second`(
        options: [String: String]
    ) throws {
        let sink = MemorySink()
        try write(to: sink, options: options)
        let source = CountingSource(MemorySource(sink.bytes))
        let reader = try #require(
            try TIFFPlugin().makeReader(source: source, context: CodecContext())
                as? any MultiImageReader)
        var counts: [Int] = []
        for index in [1, Self.pageCount - 1] {
            let before = source.readCount
            try reader.selectPage(index)
            _ = try Image(reading: reader)
            counts.append(source.readCount - before)
        }
        #expect(counts[0] == counts[1], "reads: \(counts)")
    }
}

/// Counts what is read back from a sink.
private final class CountingSink: ImageSink {
    private let sink = MemorySink()
    private(set) var readCount = 0

    var byteCount: Int { sink.byteCount }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        unsafe sink.write(bytes, at: offset)
    }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        readCount += 1
        return unsafe sink.read(at: offset, into: buffer)
    }

    func commit() {}

    func discard() {}
}

/// Counts what is read from a source.
private final class CountingSource: ImageSource {
    private let source: MemorySource
    private(set) var readCount = 0

    init(_ source: MemorySource) {
        self.source = source
    }

    var byteCount: Int { source.byteCount }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        readCount += 1
        return unsafe source.read(at: offset, into: buffer)
    }
}

internal import FormatFiles
internal import FormatKit

/// A sink whose bytes are decoded once more before anybody can see them.
///
/// An output that cannot be read back, or is not of the size that was planned, is discarded, and
/// what was there before stays.
final class VerifyingSink: ImageSink {
    private let sink: any ImageSink
    private let expected: Converter.Report
    private let registry: FormatRegistry
    private let context: CodecContext

    init(
        _ sink: any ImageSink, expecting expected: Converter.Report, registry: FormatRegistry,
        context: CodecContext
    ) {
        self.sink = sink
        self.expected = expected
        self.registry = registry
        self.context = context
    }

    var byteCount: Int { sink.byteCount }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(ImageError) {
        try unsafe sink.write(bytes, at: offset)
    }

    func read(
        at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ImageError) -> Int {
        try unsafe sink.read(at: offset, into: buffer)
    }

    func commit() throws(ImageError) {
        do throws(ImageError) {
            try verify()
        } catch {
            sink.discard()
            if error == .cancelled { throw error }
            throw .codecFailure(
                expected.targetFormat, "--verify: the output cannot be read back: \(error)")
        }
        try sink.commit()
    }

    func discard() { sink.discard() }

    private func verify() throws(ImageError) {
        var context = context
        context.progress = { _ in }
        let (format, reader) = try registry.makeReader(
            source: WrittenSource(sink: sink), context: context)
        let (header, size) = (reader.header, expected.plan.target.size)
        guard format.id == expected.targetFormat, header.size == size else {
            throw .malformed(format.id, "\(header.size) pixels, expected \(size)")
        }
        guard header.frameCount >= expected.pageCount else {
            throw .malformed(
                format.id, "\(header.frameCount) pages, expected \(expected.pageCount)")
        }
        try readRows(of: reader, context: context)
        guard expected.pageCount > 1, let reader = reader as? any MultiImageReader else { return }
        for index in 1..<expected.pageCount {
            try reader.selectPage(index)
            try readRows(of: reader, context: context)
        }
    }

    private func readRows(
        of reader: any ImageReader, context: CodecContext
    ) throws(ImageError) {
        let (header, size) = (reader.header, reader.header.size)
        let bytesPerRow = header.layout.bytesPerRow(width: size.width)
        var band = PixelBand(
            width: size.width, layout: header.layout,
            rowCapacity: max(1, min(size.height, (1 << 20) / bytesPerRow)))
        var rowCount = 0
        while rowCount < size.height {
            try context.checkCancellation()
            try reader.readRows(into: &band)
            rowCount += band.rowCount
        }
    }

    /// What has been written, to be read.
    private final class WrittenSource: ImageSource {
        private let sink: any ImageSink

        init(sink: any ImageSink) { self.sink = sink }

        var byteCount: Int { sink.byteCount }

        func read(
            at offset: Int, into buffer: UnsafeMutableRawBufferPointer
        ) throws(ImageError) -> Int {
            try unsafe sink.read(at: offset, into: buffer)
        }
    }
}

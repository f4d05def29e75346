/// Decodes an output again, and compares it with what was to be written: pixels, metadata, timing.
///
/// The source is read and converted a second time, so that nothing has to be kept meanwhile: where
/// both formats stream, memory does not grow with the picture.
struct OutputCheck {
    let converter: Converter
    let format: FormatDescriptor
    let plan: SequencePlan
    /// What the writer promised.
    let treatment: WriteTreatment

    /// Compares all pictures.
    ///
    /// - Throws: ``ImageError/verificationFailed(_:_:)``, or an error of the system.
    func run(on sink: any ImageSink, against pages: SelectedPages) throws(ImageError) {
        let output = try Self.blaming(format.id, Self.output) { () throws(ImageError) in
            try open(sink)
        }
        for (place, index) in pages.indices.enumerated() {
            let (header, rows) = try Self.blaming(format.id, Self.input) { () throws(ImageError) in
                try original(index, at: place, of: pages)
            }
            if pages.indices.count > 1, let output = output as? any MultiImageReader {
                try Self.blaming(format.id, Self.output) { () throws(ImageError) in
                    try output.selectPage(place)
                }
            }
            if header.form.contains(.integers) {
                (output as? any StoredSampleReader)?.deliverStoredSamples()
            }
            let page = pages.indices.count > 1 ? place + 1 : nil
            try check(output.header, against: header, page: page)
            var comparison = try PictureComparison(
                expected: header, found: output.header, treatment: treatment, format: format.id,
                page: page)
            try compare(rows, with: output, &comparison)
            try comparison.finish()
        }
    }

    static let output = "the output cannot be decoded"
    static let input = "the input cannot be read a second time"

    private func open(_ sink: any ImageSink) throws(ImageError) -> any ImageReader {
        let (found, reader) = try converter.registry.makeReader(
            source: WrittenSource(sink), context: quietContext)
        guard found.id == format.id else {
            throw .verificationFailed(format.id, "the output is taken for \(found.id)")
        }
        let (expected, count) = (plan.first.target.frameCount, reader.header.frameCount)
        guard count == expected else {
            throw .verificationFailed(format.id, "it has \(count) pages, expected \(expected)")
        }
        return reader
    }

    private func original(
        _ index: Int, at place: Int, of pages: SelectedPages
    ) throws(ImageError) -> (ImageHeader, ConvertedRows) {
        let reader = try pages.open(index)
        let plan = try plan.plan(at: place, for: reader.header)
        let rows = try ConvertedRows(
            of: reader, plan: plan, for: converter, context: quietContext)
        return (plan.target, rows)
    }

    /// Compares what the header says; the metadata of an animation are those of its first frame.
    private func check(
        _ found: ImageHeader, against expected: ImageHeader, page: Int?
    ) throws(ImageError) {
        let comparison = HeaderComparison(
            expected: expected, found: found, losses: plan.losses,
            keepsProfiles: treatment.isExact
                || format.write?.metadata.contains(.codePoints) != true)
        let isAnimation = page != nil && format.write?.pages == .animation
        let problem =
            (isAnimation ? comparison.timingProblem : nil)
            ?? (isAnimation && page != 1 ? nil : comparison.metadataProblem)
        guard let problem else { return }
        throw .verificationFailed(format.id, (page.map { "page \($0): " } ?? "") + problem)
    }

    /// Goes through both pictures; readers deliver as many rows as they like.
    private func compare(
        _ rows: ConvertedRows, with output: any ImageReader, _ comparison: inout PictureComparison
    ) throws(ImageError) {
        let header = output.header
        var rows = rows
        let memory = converter.context.memory.makeShare()
        var found = try ConvertedRows.band(for: header.size, header.layout, memory)
        var foundStart = 0
        while let band = try Self.blaming(
            format.id, Self.input, { () throws(ImageError) in try rows.next() })
        {
            var start = 0
            while start < band.rowCount {
                if foundStart == found.rowCount {
                    try Self.blaming(format.id, Self.output) { () throws(ImageError) in
                        try output.readRows(into: &found)
                    }
                    foundStart = 0
                }
                let count = min(band.rowCount - start, found.rowCount - foundStart)
                try comparison.add(
                    band.rows(start..<start + count), found.rows(foundStart..<foundStart + count))
                start += count
                foundStart += count
            }
        }
    }

    /// Nothing that the codecs have to say of these files is news.
    static func quiet(_ context: CodecContext) -> CodecContext {
        var context = context
        context.progress = { _ in }
        context.warn = { _ in }
        context.lose = { _ in }
        context.ledger = RowLedger()
        return context
    }

    private var quietContext: CodecContext { Self.quiet(converter.context) }

    /// Says which of the two files cannot be read; what the system refuses says so by itself.
    static func blaming<R>(
        _ format: FormatID, _ problem: String, _ body: () throws(ImageError) -> R
    ) throws(ImageError) -> R {
        do throws(ImageError) {
            return try body()
        } catch {
            switch error {
            case .io, .cancelled, .verificationFailed: throw error
            default: throw .verificationFailed(format, "\(problem): \(error)")
            }
        }
    }
}

/// What has been written to a sink, to be read.
final class WrittenSource: ImageSource {
    private let sink: any ImageSink

    init(_ sink: any ImageSink) { self.sink = sink }

    var byteCount: Int { sink.byteCount }

    func read(
        at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ImageError) -> Int {
        try unsafe sink.read(at: offset, into: buffer)
    }
}

extension PixelBand {
    /// A band of some of the rows; all of them cost nothing.
    fileprivate func rows(_ range: Range<Int>) -> PixelBand {
        if range == 0..<rowCount { return self }
        let bytes = filledBytes[
            range.lowerBound * bytesPerRow..<range.upperBound * bytesPerRow]
        return PixelBand(width: width, layout: layout, bytes: Array(bytes))
    }
}

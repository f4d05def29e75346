/// A conversion that has been planned: all that headers tell is known, no pixel has been decoded, and
/// nothing has been written.
///
/// ```swift
/// let prepared = try converter.prepare(source, to: plugin, settings: WriteSettings())
/// for loss in prepared.report.losses { print("warning: \(loss)") }
/// let report = try prepared.run(to: try FileSink(path: "out.png", isReplacing: false))
/// ```
///
/// Used by one thread at a time.
public final class PreparedConversion {
    /// What will be done, and everything that is known to get lost; the output has no size yet.
    public let report: Converter.Report
    /// The size of the first picture, before a part or another size of it is selected.
    public let storedSize: ImageSize
    /// The size of what is selected, as ``Selection/scale`` would have to ask for it.
    public let selectedSize: ImageSize

    private let work: Work
    /// Taken by the one run.
    private var input: OpenInput?

    /// What the work needs to know beside the open input.
    struct Work {
        let converter: Converter
        let sources: [Converter.Source]
        let selection: Selection
        let plugin: any FormatPlugin
        let settings: WriteSettings
        let plan: SequencePlan
        let treatment: WriteTreatment
        let context: CodecContext
        let log: LossLog
    }

    /// The pictures of the input, and the reader of the first, which has been opened for the plan.
    struct OpenInput {
        let pages: SelectedPages
        let first: any ImageReader
    }

    init(_ work: Work, _ input: consuming OpenInput, report: Converter.Report) {
        self.work = work
        storedSize = input.pages.firstSize
        let selected = input.first.header
        selectedSize =
            work.converter.preferences.orientation == .apply
            ? selected.metadata.orientation.uprightSize(of: selected.size) : selected.size
        self.input = input
        self.report = report
    }

    /// The memory that the conversion is expected to hold beyond a few rows, in bytes, from the
    /// headers alone.
    ///
    /// A codec that holds whole images takes what its plugin says, or else is taken to hold the
    /// image in the layout that passes through the converter, and what its library makes of it. An
    /// output is verified once its writer has given back what it held.
    public var heldByteCount: Int {
        let target = report.plan.target
        var source = report.plan.source
        // However little of it is wanted.
        if storedSize.pixelCount > source.size.pixelCount { source.size = storedSize }
        let registry = work.converter.registry
        let format = work.plugin.descriptor
        let reading =
            report.held.reader ?? held(source, registry[report.sourceFormat]?.descriptor.read)
        let writing = report.held.writer ?? held(target, format.write)
        let verifying = work.converter.isVerifying ? held(target, format.read) : 0
        return [reading, report.held.turning, max(writing, verifying)].reduce(0) { sum, part in
            let (sum, overflow) = sum.addingReportingOverflow(part)
            return overflow ? .max : sum
        }
    }

    private func held(_ header: ImageHeader, _ read: ReadCapabilities?) -> Int {
        guard let read, read.streaming == .wholeImage else { return 0 }
        return held(header, read.memoryPerPixel?(header.layout))
    }

    private func held(_ header: ImageHeader, _ write: WriteCapabilities?) -> Int {
        guard let write, write.streaming == .wholeImage else { return 0 }
        return held(header, write.memoryPerPixel?(header.layout, work.settings))
    }

    private func held(_ header: ImageHeader, _ bytesPerPixel: Int?) -> Int {
        let usual = header.layout.bytesPerPixel + 4 * header.layout.sample.byteCount
        let (byteCount, overflow) = header.size.pixelCount.multipliedReportingOverflow(
            by: bytesPerPixel ?? usual)
        return overflow ? .max : byteCount
    }

    /// Does the work, and commits the sink.
    ///
    /// On any error the sink is discarded, and nothing that was visible before has changed.
    ///
    /// - Parameter sink: Where the output goes.
    /// - Returns: What was done.
    /// - Throws: ``ImageError``.
    /// - Precondition: A prepared conversion runs once.
    public func run(to sink: any ImageSink) throws(ImageError) -> Converter.Report {
        var result = report
        do throws(ImageError) {
            // What the codecs hold is given back before the output is verified.
            let clippedCount = try work.write(takeInput(), to: sink)
            let late = work.laterLosses
            if work.converter.isStrict, !late.isEmpty { throw .lossRefused(late) }
            if work.converter.isVerifying { try work.verify(sink) }
            try work.context.checkCancellation()
            try sink.commit()
            result.losses =
                work.plan.losses + work.laterLosses
                + (clippedCount > 0 ? [.clipping(clippedCount)] : [])
        } catch {
            sink.discard()
            throw error
        }
        result.outputByteCount = sink.byteCount
        return result
    }
}

extension PreparedConversion {
    private func takeInput() -> OpenInput {
        guard let input else { preconditionFailure("a prepared conversion runs once") }
        self.input = nil
        return input
    }
}

extension PreparedConversion.Work {
    /// What has turned out to be missing so far, of what is wanted, beside what was planned.
    var laterLosses: [Loss] {
        log.losses.filter {
            !plan.losses.contains($0)
                && $0.kind.map(converter.preferences.metadata.contains) ?? true
        }
    }

    /// Writes all pictures; returns how many samples had to be moved into their range.
    func write(
        _ input: consuming PreparedConversion.OpenInput, to sink: any ImageSink
    ) throws(ImageError) -> Int {
        let writer = try plugin.makeWriter(
            sink: sink, header: plan.first.target, settings: settings, context: context)
        var clippedCount = 0
        for (place, index) in input.pages.indices.enumerated() {
            // Of several, planning has gone through all of them.
            let reader =
                input.pages.indices.count == 1 ? input.first : try input.pages.open(index)
            let page = try plan.plan(at: place, for: reader.header)
            if place > 0 {
                guard let writer = writer as? any MultiImageWriter else {
                    preconditionFailure("a format that declares pages writes them")
                }
                try writer.beginPage(page.target)
            }
            var rows = try ConvertedRows(of: reader, plan: page, for: converter, context: context)
            while let band = try rows.next() { try writer.writeRows(band) }
            clippedCount += rows.clippedCount
        }
        try writer.finish()
        return clippedCount
    }

    /// Decodes the output again, and compares it with what was to be written.
    func verify(_ sink: any ImageSink) throws(ImageError) {
        let (_, pages) = try converter.open(
            sources, selection: selection, context: OutputCheck.quiet(context))
        try OutputCheck(
            converter: converter, format: plugin.descriptor, plan: plan, treatment: treatment
        ).run(on: sink, against: pages)
    }
}

/// A conversion that has been planned: all that headers tell is known, no pixel has been decoded, and
/// nothing has been written.
///
/// Used by one thread at a time.
///
/// ```swift
/// let prepared = try converter.prepare(source, to: plugin, settings: WriteSettings())
/// for loss in prepared.report.losses { print("warning: \(loss)") }
/// print("at most \(prepared.heldByteCount) bytes of memory beyond a few rows")
/// let report = try prepared.run(to: try FileSink(path: output, isReplacing: false))
/// print("\(report.outputByteCount) bytes")
/// ```
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
        let path: ConversionPath
        /// Everything that is known to be lost on it.
        let pathLosses: [Loss]
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
        let reading =
            report.held.reader ?? heldReading(source, registry[report.sourceFormat])
        if let stream = work.path.stream {
            let isTurning = work.path.edit?.isTurning ?? false
            let turning = isTurning ? stream.turns?.heldByteCount ?? 0 : 0
            return Self.sum([reading, held(passing: stream), turning])
        }
        let writing = report.held.writer ?? heldWriting(target)
        let verifying = work.converter.isVerifying ? heldReading(target, work.plugin) : 0
        guard let searched = work.converter.target else {
            return Self.sum([
                reading, report.held.turning, passingPages, max(writing, verifying),
            ])
        }
        let kept = work.keepsPictures(for: searched) ? work.pictureByteCount : 0
        let comparing = Self.sum([
            heldReading(target, work.plugin), searched.comparedByteCount(of: target),
        ])
        return Self.sum([reading, report.held.turning, kept, max(writing, verifying, comparing)])
    }

    private static func sum(_ parts: [Int]) -> Int {
        parts.reduce(0) { sum, part in
            let (sum, overflow) = sum.addingReportingOverflow(part)
            return overflow ? .max : sum
        }
    }

    /// The stream, what is made of it, what that gives again, and what the writer takes beside.
    private func held(passing stream: CodedStream) -> Int {
        let capability = work.plugin.descriptor.write?.streams
            .first { $0.format == stream.format }
        return report.plan.source.size.byteCount(
            perPixel: capability?.memoryPerPixel ?? 0, besides: 3 * report.sourceByteCount)
    }

    /// What passing the largest of joined files takes, if some pass as they are.
    private var passingPages: Int {
        guard case .pages = work.path else { return 0 }
        return work.sources.map(\.source.byteCount).max() ?? 0
    }

    private func heldReading(_ header: ImageHeader, _ plugin: (any FormatPlugin)?) -> Int {
        guard let plugin, plugin.descriptor.read?.streaming == .wholeImage else { return 0 }
        return held(header, plugin.planning.memoryPerPixel(reading: header.layout))
    }

    private func heldWriting(_ header: ImageHeader) -> Int {
        let plugin = work.plugin
        guard plugin.descriptor.write?.streaming == .wholeImage else { return 0 }
        return held(
            header,
            plugin.planning.memoryPerPixel(writing: header.layout, with: work.settings))
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
            let written = try work.write(takeInput(), to: sink)
            (result.path, result.reached) = (written.path, written.reached)
            let losses = try work.acceptedLosses(written.losses, on: written.path)
            if work.converter.isVerifying { try work.verify(sink, written.path) }
            try work.context.checkCancellation()
            try sink.commit()
            result.losses = losses + written.clipping
            result.goodRowShare = work.context.ledger.goodShare
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
    /// What was planned to be lost on a path, and what has turned out to be missing so far of what is
    /// wanted.
    ///
    /// - Throws: ``ImageError/lossRefused(_:)`` if losses are forbidden and there are some.
    func acceptedLosses(
        _ planned: [Loss], on path: ConversionPath
    ) throws(ImageError) -> [Loss] {
        let later = log.losses.filter {
            !planned.contains($0) && $0.kind.map(converter.preferences.metadata.contains) ?? true
        }
        // What a reader cannot deliver of a file is in its stream all the same, as long as that stays
        // as it is.
        let isWhole = path.stream != nil && path.edit == nil
        let losses = isWhole ? planned : planned + later
        if converter.isStrict, !losses.isEmpty { throw .lossRefused(losses) }
        return losses
    }

    /// What has been written.
    struct Written {
        var path: ConversionPath
        /// What was known to be lost on it before.
        var losses: [Loss]
        /// How many samples of which file had to be moved into their range.
        var clipping: [Loss] = []
        /// How the target was reached, if there is one.
        var reached: ReachedTarget?
    }

    /// The plugin as one that takes streams, which it is where a path for one is planned.
    private var streamPlugin: any StreamPlugin {
        get throws(ImageError) {
            if let plugin = plugin as? any StreamPlugin { return plugin }
            throw .streamRefused(plugin.descriptor.id, "it takes no streams")
        }
    }

    /// Writes the stream, edited if it is to be, or, if it is not to pass or is refused, all pictures.
    func write(
        _ input: consuming PreparedConversion.OpenInput, to sink: any ImageSink
    ) throws(ImageError) -> Written {
        if let target = converter.target {
            return try TargetedWriting(self, target).run(input, to: sink)
        }
        guard path.stream != nil, let reader = input.first as? any StreamReader else {
            return try writePictures(input, along: path, to: sink, settings, context: context)
        }
        do throws(ImageError) {
            let plugin = try streamPlugin
            let memory = context.memory.makeShare()
            let stream = try reader.readStream(reserving: memory)
            let header = plan.first.target
            if let edit = path.edit {
                try plugin.edit(stream, edit, of: header, to: sink, context: context)
            } else {
                try plugin.embed(stream, of: header, to: sink, settings, context: context)
            }
            return Written(path: path, losses: pathLosses)
        } catch {
            guard case .streamRefused(_, let reason) = error, settings.streamUse != .always else {
                throw error
            }
            // What follows loses more than was planned.
            context.warn("decoded and encoded again: \(reason)")
            let fallback = ConversionPath.pixels(since: reason)
            _ = try acceptedLosses(plan.losses, on: fallback)
            return try writePictures(
                input, along: fallback, to: sink, settings, context: context)
        }
    }

    /// Writes all pictures, of which pages may pass as the streams that they are.
    func writePictures(
        _ input: consuming PreparedConversion.OpenInput, along path: ConversionPath,
        to sink: any ImageSink, _ settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> Written {
        let writer = try plugin.makeWriter(
            sink: sink, header: plan.first.target, settings: settings, context: context)
        var written = Written(path: path, losses: path == self.path ? pathLosses : plan.losses)
        for (place, index) in input.pages.indices.enumerated() {
            // Of several, planning has gone through all of them.
            let reader =
                input.pages.indices.count == 1 ? input.first : try input.pages.open(index)
            let page = try plan.plan(at: place, for: reader.header)
            if place > 0 {
                try beginPage(page.target, of: writer)
            }
            if try passStream(of: input.pages, page, at: place, to: writer, &written) { continue }
            var rows = try ConvertedRows(of: reader, plan: page, for: converter, context: context)
            while let band = try rows.next() { try writer.writeRows(band) }
            written.clipping.addClipping(rows.clippedCount, of: input.pages, page: index)
        }
        try writer.finish()
        return written
    }

    /// Writes the page that has been opened as the stream that it is, if it can pass so.
    ///
    /// - Returns: Whether it has been written.
    private func passStream(
        of pages: SelectedPages, _ page: ConversionPlan, at place: Int,
        to writer: any ImageWriter, _ written: inout Written
    ) throws(ImageError) -> Bool {
        guard case .pages(var streams, let objection) = written.path, streams[place] != nil,
            let reader = pages.joinedStreamReader, let writer = writer as? any StreamWriter
        else { return false }
        do throws(ImageError) {
            let memory = context.memory.makeShare()
            try writer.writeStream(try reader.readStream(reserving: memory))
            return true
        } catch {
            guard case .streamRefused(_, let reason) = error, settings.streamUse != .always else {
                throw error
            }
            context.warn("page \(place + 1) is decoded and encoded again: \(reason)")
            streams[place] = nil
            written.path = .pages(streams, since: objection ?? "page \(place + 1): \(reason)")
            let lost = pages.losses(page.losses, ofPage: pages.indices[place])
            written.losses += lost.filter { !written.losses.contains($0) }
            _ = try acceptedLosses(written.losses, on: written.path)
            return false
        }
    }

    /// Begins a picture after the first.
    func beginPage(_ header: ImageHeader, of writer: any ImageWriter) throws(ImageError) {
        guard let writer = writer as? any MultiImageWriter else {
            preconditionFailure("a format that declares pages writes them")
        }
        try writer.beginPage(header)
    }

    /// Reads the output again, and compares it with what was to be written.
    func verify(_ sink: any ImageSink, _ path: ConversionPath) throws(ImageError) {
        let pages = try openAgain()
        switch path {
        case .stream(let stream):
            try StreamCheck(converter: converter, format: plugin.descriptor, stream: stream)
                .run(on: sink, against: pages)
        case .edited(_, let edit):
            try EditCheck(
                plugin: streamPlugin, edit: edit, check: check(isExact: !edit.isTurning)
            )
            .run(on: sink, against: pages, reopened: try openAgain())
        case .pixels, .pages: try check(isExact: treatment.isExact).run(on: sink, against: pages)
        }
    }

    private func openAgain() throws(ImageError) -> SelectedPages {
        try converter.open(
            sources, selection: selection, context: OutputCheck.quiet(context)
        ).1
    }

    /// A comparison of pixels, whatever the writer makes of them.
    private func check(isExact: Bool) -> OutputCheck {
        var treatment = treatment
        treatment.isExact = isExact
        return OutputCheck(
            converter: converter, format: plugin.descriptor, plan: plan, treatment: treatment)
    }
}

extension [Loss] {
    /// Counts samples of a page that had to be moved into their range, those of a file together.
    mutating func addClipping(_ count: Int, of pages: SelectedPages, page index: Int) {
        guard count > 0, let loss = pages.losses([.clipping(count)], ofPage: index).first else {
            return
        }
        for (place, earlier) in enumerated() where earlier.input == loss.input {
            guard case .clipping(let sum) = earlier.plain else { continue }
            self[place] = Loss.clipping(sum + count).of(input: loss.input)
            return
        }
        append(loss)
    }
}

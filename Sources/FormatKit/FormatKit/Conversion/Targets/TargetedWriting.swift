/// Encodes the pictures of a conversion again and again, until a target is reached.
///
/// They are read once if they take at most half of the memory that there is, or have to be compared
/// with what becomes of them; else they are read for each attempt. Attempts go into memory, of which
/// the best is kept.
struct TargetedWriting {
    private let work: PreparedConversion.Work
    private let target: EncodingTarget
    private let format: FormatDescriptor

    init(_ work: PreparedConversion.Work, _ target: EncodingTarget) {
        self.work = work
        self.target = target
        format = work.plugin.descriptor
    }

    /// What an attempt gave.
    private struct Attempt {
        let file: [UInt8]
        let value: Double
        let setting: Double
    }

    /// Writes the best output that reaches the target.
    ///
    /// - Throws: ``ImageError/targetMissed(_:_:)`` if none does; then nothing is written.
    func run(
        _ input: consuming PreparedConversion.OpenInput, to sink: any ImageSink
    ) throws(ImageError) -> PreparedConversion.Work.Written {
        let first = work.plan.first.target
        let pictures = try TargetPictures(of: work, input, isKept: work.keepsPictures(for: target))
        guard
            var search = format.write.map({
                TargetSearch(
                    target, format: $0, settings: work.settings, pixelCount: work.pixelCount,
                    metadataByteCount: first.metadata.byteCount)
            })
        else { throw .unsupported(format.id, "writing") }
        let memory = work.context.memory.makeShare()
        var (best, nearest): (Attempt?, Double?) = (nil, nil)
        while let (setting, settings) = search.next {
            try work.context.checkCancellation()
            let file = try encode(pictures, settings, attemptsBefore: search.attemptCount)
            let attemptMemory = work.context.memory.makeShare()
            try attemptMemory.reserve(file.count)
            let value = try value(of: file, beside: pictures)
            search.add(value, at: setting)
            nearest = target.isBetter(value, than: nearest) ? value : nearest
            let attempt = Attempt(file: file, value: value, setting: setting)
            guard target.isReached(by: value), isBetter(attempt, than: best) else { continue }
            memory.giveBack()
            try memory.reserve(file.count)
            best = attempt
        }
        guard let best else { throw missed(nearest) }
        try sink.append(best.file)
        return PreparedConversion.Work.Written(
            path: work.path, losses: work.pathLosses, clipping: pictures.clipping,
            reached: search.reached(best.value, at: best.setting))
    }

    /// Of files that are small enough, the one of the highest setting; of those that are good enough,
    /// the smallest.
    private func isBetter(_ attempt: Attempt, than best: Attempt?) -> Bool {
        guard let best else { return true }
        if case .byteCount = target { return attempt.setting > best.setting }
        return attempt.file.count < best.file.count
    }

    private func missed(_ nearest: Double?) -> ImageError {
        let words = nearest.map { EncodingTarget.text($0, of: target) } ?? "nothing"
        if case .byteCount = target {
            return .targetMissed(target, "the lowest quality gives \(words)")
        }
        return .targetMissed(target, "the highest quality gives \(words)")
    }

    private func encode(
        _ pictures: TargetPictures, _ settings: WriteSettings, attemptsBefore count: Int
    ) throws(ImageError) -> [UInt8] {
        let context = work.context
        // What is told of an attempt would be told again of the next.
        var attempt = count == 0 ? context : OutputCheck.quiet(context)
        attempt.progress = { progress in
            // Nobody knows how many will follow.
            let fraction = 1 - power(0.7, Double(count) + progress.fraction)
            let detail = progress.detail.isEmpty ? "" : ", \(progress.detail)"
            context.progress(
                Progress(fraction: fraction, detail: "attempt \(count + 1)\(detail)"))
        }
        let sink = MemorySink()
        try pictures.write(to: sink, settings, context: attempt)
        return sink.bytes
    }

    /// What a file comes to, of several pictures the worst.
    private func value(
        of file: [UInt8], beside pictures: TargetPictures
    ) throws(ImageError) -> Double {
        if case .byteCount = target { return Double(file.count) }
        let (_, reader) = try work.converter.registry.makeReader(
            source: MemorySource(file), context: OutputCheck.quiet(work.context))
        var worst = Double.infinity
        for (place, image) in pictures.images.enumerated() {
            try work.context.checkCancellation()
            if pictures.images.count > 1, let reader = reader as? any MultiImageReader {
                try reader.selectPage(place)
            }
            worst = min(worst, try value(of: reader, beside: image))
        }
        return worst
    }

    private func value(
        of reader: any ImageReader, beside image: Image
    ) throws(ImageError) -> Double {
        guard !reader.header.hasConvertedColors else {
            throw .targetMissed(target, "colors come back converted, and cannot be compared")
        }
        let isSimilarity = if case .similarity = target { true } else { false }
        let memory = work.context.memory.makeShare()
        try memory.reserve(target.comparedByteCount(of: reader.header))
        let found = try Image(reading: reader, limits: work.context.limits)
        do throws(ImageComparison.Failure) {
            let comparison = try ImageComparison(image, found, measuresSimilarity: isSimilarity)
            guard isSimilarity else { return comparison.overall.psnr }
            guard let similarity = comparison.similarity else {
                throw .similarityUndefined(image.header.layout, image.header.size)
            }
            return similarity.value
        } catch {
            throw .targetMissed(target, "\(error)")
        }
    }
}

extension EncodingTarget {
    /// Whether a value is nearer to the target, where none has reached it.
    fileprivate func isBetter(_ value: Double, than other: Double?) -> Bool {
        guard let other else { return true }
        if case .byteCount = self { return value < other }
        return value > other
    }

    /// The memory that a comparison of a picture takes, in bytes: for the decoded one, for both in
    /// their common layout, and for planes of luma.
    func comparedByteCount(of header: ImageHeader) -> Int {
        let planes = if case .similarity = self { 12 } else { 0 }
        if case .byteCount = self { return 0 }
        return header.size.byteCount(perPixel: 3 * header.layout.bytesPerPixel + planes)
    }
}

extension PreparedConversion.Work {
    /// The number of pixels of all pictures, about: those of the first for each.
    var pixelCount: Int {
        plan.first.target.size.byteCount(perPixel: max(1, plan.first.target.frameCount))
    }

    /// The memory that all pictures take, in bytes, about.
    var pictureByteCount: Int {
        let bytesPerPixel = plan.first.target.layout.bytesPerPixel
        let (product, overflow) = pixelCount.multipliedReportingOverflow(by: bytesPerPixel)
        return overflow ? .max : product
    }

    /// Whether pictures stay in memory while a target is searched.
    func keepsPictures(for target: EncodingTarget) -> Bool {
        guard case .byteCount = target else { return true }
        return pictureByteCount <= context.memory.limit / 2
    }
}

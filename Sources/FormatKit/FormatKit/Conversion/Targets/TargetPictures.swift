/// The pictures of a conversion as its writer gets them: kept in memory, or read again each time.
final class TargetPictures {
    private let work: PreparedConversion.Work
    /// What is kept.
    private(set) var images: [Image] = []
    private let memory: MemoryShare
    /// The input, as long as nothing has been read of what is not kept.
    private var input: PreparedConversion.OpenInput?
    /// How many samples of which file had to be moved into their range.
    private(set) var clipping: [Loss] = []

    /// Reads pictures, if they are to be kept.
    ///
    /// - Throws: ``ImageError`` as reading does, or if they do not fit into memory.
    init(
        of work: PreparedConversion.Work, _ input: consuming PreparedConversion.OpenInput,
        isKept: Bool
    ) throws(ImageError) {
        self.work = work
        memory = work.context.memory.makeShare()
        guard isKept else {
            self.input = input
            return
        }
        let pages = input.pages
        for (place, index) in pages.indices.enumerated() {
            let reader = pages.indices.count == 1 ? input.first : try pages.open(index)
            images.append(try image(from: reader, at: place, page: index, of: pages))
        }
    }

    private func image(
        from reader: any ImageReader, at place: Int, page index: Int, of pages: SelectedPages
    ) throws(ImageError) -> Image {
        let plan = try work.plan.plan(at: place, for: reader.header)
        let (size, layout) = (plan.target.size, plan.target.layout)
        try memory.reserve(size, bytesPerPixel: layout.bytesPerPixel)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size.pixelCount * layout.bytesPerPixel)
        var rows = try ConvertedRows(
            of: reader, plan: plan, for: work.converter, context: work.context)
        while let band = try rows.next() { bytes += band.filledBytes }
        clipping.addClipping(rows.clippedCount, of: pages, page: index)
        return Image(header: plan.target, bytes: bytes)
    }

    /// Encodes all pictures.
    ///
    /// - Throws: ``ImageError`` as reading and writing do.
    func write(
        to sink: any ImageSink, _ settings: WriteSettings, context: CodecContext
    ) throws(ImageError) {
        guard !images.isEmpty else { return try writeAgain(to: sink, settings, context: context) }
        let writer = try work.plugin.makeWriter(
            sink: sink, header: work.plan.first.target, settings: settings, context: context)
        for (place, image) in images.enumerated() {
            if place > 0 { try work.beginPage(image.header, of: writer) }
            try writer.writeRows(
                PixelBand(
                    width: image.header.size.width, layout: image.header.layout, bytes: image.bytes)
            )
        }
        try writer.finish()
    }

    private func writeAgain(
        to sink: any ImageSink, _ settings: WriteSettings, context: CodecContext
    ) throws(ImageError) {
        if let input {
            self.input = nil
            clipping = try work.writePictures(
                input, along: work.path, to: sink, settings, context: context
            ).clipping
            return
        }
        let (_, pages) = try work.converter.open(
            work.sources, selection: work.selection, context: context)
        let again = PreparedConversion.OpenInput(
            pages: pages, first: try pages.open(pages.indices[0]))
        _ = try work.writePictures(
            again, along: work.path, to: sink, settings, context: context)
    }
}

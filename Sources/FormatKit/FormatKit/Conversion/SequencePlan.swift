/// What must be done to all pictures of a conversion.
struct SequencePlan {
    /// The plan of the first.
    let first: ConversionPlan
    /// Everything that is lost of any of them.
    let losses: [Loss]
    /// What the reader of the first holds, if it knows.
    let heldByteCount: Int?
    /// What turning the first holds.
    let turnedByteCount: Int

    private let planner: Planner

    /// Plans all pictures, from their headers alone.
    ///
    /// - Throws: ``ImageError/unstorable(_:_:)`` if the format cannot hold them all.
    init(
        converting pages: SelectedPages, to format: FormatDescriptor, settings: WriteSettings,
        preferences: ConversionPreferences, context: CodecContext,
        engine: (any ColorEngine)?
    ) throws(ImageError) {
        let support = format.write?.pages ?? .single
        if pages.indices.count > 1, support == .single {
            throw .unstorable(
                format.id, "\(pages.indices.count) pages; --page chooses one of them")
        }
        let firstReader = try pages.open(pages.indices[0])
        let header = firstReader.header
        var layouts = try preferences.layouts(of: format)
        if pages.indices.count > 1, support == .animation {
            layouts = try Self.commonLayout(
                of: pages, among: layouts, on: preferences.background, format.id, context)
        }
        planner = Planner(
            format: format, settings: settings, preferences: preferences, layouts: layouts,
            pages: pages.selection.pages, engine: engine)
        first = try planner.plan(header)
        heldByteCount = firstReader.heldByteCount
        turnedByteCount =
            first.isTurned ? try TurningReader(firstReader, context: context).ownByteCount : 0
        var losses = first.losses + pages.losses
        var timings = [first.target.animation ?? .default]
        for index in pages.indices.dropFirst() {
            try context.checkCancellation()
            let page = try planner.plan(try pages.open(index).header)
            losses += page.losses.filter { !losses.contains($0) }
            if support == .animation {
                losses += Self.losses(of: page.target, beside: first.target)
                    .filter { !losses.contains($0) }
                timings.append(page.target.animation ?? .default)
            }
        }
        if timings.count > 1 { losses += format.write?.animationLosses(timings) ?? [] }
        self.losses = losses
    }

    /// The plan of a picture.
    func plan(for header: ImageHeader) throws(ImageError) -> ConversionPlan {
        try planner.plan(header)
    }

    /// The one layout for all frames of an animation, which have one size.
    private static func commonLayout(
        of pages: SelectedPages, among layouts: Set<PixelLayout>, on background: RGBAColor,
        _ format: FormatID, _ context: CodecContext
    ) throws(ImageError) -> Set<PixelLayout> {
        // Only headers that differ in what decides are kept: a file may have very many pages.
        var headers: [ImageHeader] = []
        for index in pages.indices {
            try context.checkCancellation()
            let page = try pages.open(index).header
            if let size = headers.first?.size, page.size != size {
                throw .unstorable(
                    format,
                    "page \(index + 1) is \(page.size), page 1 \(size); the frames of an "
                        + "animation have one size")
            }
            let header = ImageHeader(
                size: page.size, layout: page.layout, significantBits: page.significantBits)
            if !headers.contains(header) { headers.append(header) }
        }
        guard let layout = LayoutChoice.best(for: headers, of: layouts, on: background) else {
            throw .unstorable(format, "no layout for all of \(pages.indices.count) pages")
        }
        return [layout]
    }

    /// What a frame says that the first, whose metadata are those of the animation, does not.
    private static func losses(of page: ImageHeader, beside first: ImageHeader) -> [Loss] {
        MetadataKind.allCases.filter {
            page.metadata.kinds.contains($0)
                && page.metadata.keeping([$0]) != first.metadata.keeping([$0])
        }.map(Loss.metadata)
    }
}

/// What is the same for all pictures.
private struct Planner {
    let format: FormatDescriptor
    let settings: WriteSettings
    let preferences: ConversionPreferences
    let layouts: Set<PixelLayout>
    let pages: PageSelection
    let engine: (any ColorEngine)?

    func plan(_ header: ImageHeader) throws(ImageError) -> ConversionPlan {
        try ConversionPlan(
            converting: header, to: format, settings: settings, preferences: preferences,
            layouts: layouts, pages: pages, engine: engine)
    }
}

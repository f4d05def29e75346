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
    /// The plans of the pictures, by their places; those that are missing are made again.
    private var plans = Shelf<ConversionPlan>()

    /// Plans all pictures, from their headers alone.
    ///
    /// The reader of the first has been opened; afterwards `pages` may have moved on.
    ///
    /// - Throws: ``ImageError/unstorable(_:_:)`` if the format cannot hold them all.
    init(
        converting pages: SelectedPages, openAt firstReader: any ImageReader,
        to plugin: any FormatPlugin, settings: WriteSettings,
        preferences: ConversionPreferences, context: CodecContext,
        engine: (any ColorEngine)?
    ) throws(ImageError) {
        let format = plugin.descriptor
        let support = format.write?.pages ?? .single
        if pages.indices.count > 1, support == .single {
            throw .unstorable(
                format.id, "\(pages.indices.count) pages", field: .page)
        }
        let header = firstReader.header
        var headers = Shelf<ImageHeader>()
        headers.keep(header, at: 0, byteCount: header.metadata.byteCount)
        heldByteCount = firstReader.heldByteCount
        var layouts = try preferences.layouts(of: format)
        if pages.indices.count > 1, support == .animation {
            layouts = try Self.commonLayout(
                of: pages, &headers, among: layouts, on: preferences.background, format.id, context)
        }
        planner = Planner(
            plugin: plugin, settings: settings, preferences: preferences, layouts: layouts,
            pages: pages.selection.pages, engine: engine)
        first = try planner.plan(header)
        plans.keep(first, at: 0, byteCount: 0)
        turnedByteCount = first.isTurned ? TurningReader.heldByteCount(for: header) : 0
        try context.memory.check(turnedByteCount)
        var losses = pages.losses(first.losses, ofPage: pages.indices[0]) + pages.losses
        var timings = [first.target.animation ?? .default]
        for (place, index) in pages.indices.enumerated().dropFirst() {
            try context.checkCancellation()
            let page = try planner.plan(try headers.header(at: place, index, of: pages))
            plans.keep(page, at: place, byteCount: 2 * page.source.metadata.byteCount)
            var own = page.losses
            if support == .animation {
                own += Self.losses(of: page.target, beside: first.target)
                if pages.isOfAnimation(index) {
                    own += page.target.animation?.losses(shownAs: timings[0]) ?? []
                }
                timings.append(page.target.animation ?? .default)
            }
            for loss in pages.losses(own, ofPage: index) where !losses.contains(loss) {
                losses.append(loss)
            }
        }
        if timings.count > 1 { losses += plugin.planning.losses(of: timings) }
        self.losses = losses
    }

    /// The plan of the picture at a place, which has been opened again.
    ///
    /// - Throws: ``ImageError/io(_:code:reason:)`` if it is another picture than was planned.
    func plan(at place: Int, for header: ImageHeader) throws(ImageError) -> ConversionPlan {
        guard let plan = plans[place] else { return try planner.plan(header) }
        guard plan.source.size == header.size, plan.source.layout == header.layout else {
            throw .io("read", code: 0, reason: "the file changed while it was converted")
        }
        return plan
    }

    /// The one layout for all frames of an animation, which have one size.
    private static func commonLayout(
        of pages: SelectedPages, _ kept: inout Shelf<ImageHeader>, among layouts: Set<PixelLayout>,
        on background: RGBAColor,
        _ format: FormatID, _ context: CodecContext
    ) throws(ImageError) -> Set<PixelLayout> {
        // Only headers that differ in what decides are kept: a file may have very many pages.
        var headers: [ImageHeader] = []
        for (place, index) in pages.indices.enumerated() {
            try context.checkCancellation()
            let page = try kept.header(at: place, index, of: pages)
            kept.keep(page, at: place, byteCount: page.metadata.byteCount)
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

    /// What a frame says that the first, whose metadata are those of the animation, does not; and what
    /// the first says of how samples are shown that does not hold for the frame.
    private static func losses(of page: ImageHeader, beside first: ImageHeader) -> [Loss] {
        let own = MetadataKind.allCases.filter {
            page.metadata.kinds.contains($0)
                && page.metadata.keeping([$0]) != first.metadata.keeping([$0])
        }.map(Loss.metadata)
        let imposed = first.metadata.losses(
            keeping: page.metadata.kinds, in: first.metadata, layout: first.layout
        ).filter { $0.isOfSamples }.map {
            Loss.part(of: $0, "\($0.phrase) of the first frame holds for frames without, too")
        }
        return own + imposed
    }
}

/// What has been found out of pictures, as long as it does not take much memory.
private struct Shelf<Value> {
    private static var maximumByteCount: Int { 32 << 20 }
    /// What a value takes beside its blocks of metadata, about, in bytes.
    private static var ownByteCount: Int { 1024 }

    private var values: [Int: Value] = [:]
    private var byteCount = 0

    /// The value of the picture at a place, if it was kept.
    subscript(place: Int) -> Value? { values[place] }

    /// Keeps a value with so many bytes of metadata, if there is room.
    mutating func keep(_ value: Value, at place: Int, byteCount: Int) {
        let sum = self.byteCount + byteCount + Self.ownByteCount
        guard values[place] == nil, sum <= Self.maximumByteCount else { return }
        self.byteCount = sum
        values[place] = value
    }
}

extension Shelf<ImageHeader> {
    /// The header of a page, which is opened if it was not kept.
    func header(
        at place: Int, _ index: Int, of pages: SelectedPages
    ) throws(ImageError) -> ImageHeader {
        if let header = self[place] { return header }
        return try pages.open(index).header
    }
}

extension ImageMetadata {
    /// The size of all blocks and texts, in bytes.
    var byteCount: Int {
        let single = [icc, exif, xmp, iptc, photoshop, geotiff].reduce(0) { $0 + ($1?.count ?? 0) }
        return single + blocks.reduce(0) { $0 + $1.bytes.count }
            + texts.reduce(0) { $0 + $1.value.utf8.count }
    }
}

/// What is the same for all pictures.
private struct Planner {
    let plugin: any FormatPlugin
    let settings: WriteSettings
    let preferences: ConversionPreferences
    let layouts: Set<PixelLayout>
    let pages: PageSelection
    let engine: (any ColorEngine)?

    func plan(_ header: ImageHeader) throws(ImageError) -> ConversionPlan {
        try ConversionPlan(
            converting: header, to: plugin, settings: settings, preferences: preferences,
            layouts: layouts, pages: pages, engine: engine)
    }
}

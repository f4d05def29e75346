/// What must be done to an image so that a format can hold it, and what that loses.
public struct ConversionPlan: Sendable, Equatable {
    /// The image as the reader delivers it.
    public let source: ImageHeader
    /// The image as the writer gets it.
    public let target: ImageHeader
    /// Whether pixels are turned upright.
    package let isTurned: Bool
    /// The step in which colors become sRGB, if there is one.
    let colorStage: ColorStage?
    /// The step in which samples become light, if there is one.
    let lightStage: LightStage?
    /// Everything that the target cannot hold, in a fixed order.
    public let losses: [Loss]

    /// Whether colors become sRGB.
    package var isColorConverted: Bool { colorStage != nil }

    /// Plans a conversion.
    ///
    /// Of the layouts that the format can store, the one that loses least is taken, and of
    /// those the smallest. Pixels are turned upright if `preferences` say so, and where the
    /// target would not know their orientation. Colors are converted by `engine` if preferences
    /// say so, and where a profile would not hold for the target's channels.
    ///
    /// - Throws: ``ImageError/unstorable(_:_:field:)`` if the format cannot hold the image at all.
    package init(
        converting source: ImageHeader, to plugin: any FormatPlugin, settings: WriteSettings,
        preferences: ConversionPreferences = ConversionPreferences(),
        pages: PageSelection = .first, engine: (any ColorEngine)? = nil
    ) throws(ImageError) {
        try self.init(
            converting: source, to: plugin, settings: settings, preferences: preferences,
            layouts: try preferences.layouts(of: plugin.descriptor), pages: pages, engine: engine)
    }

    /// Plans a conversion into one of `layouts`.
    init(
        converting source: ImageHeader, to plugin: any FormatPlugin, settings: WriteSettings,
        preferences: ConversionPreferences, layouts: Set<PixelLayout>, pages: PageSelection,
        engine: (any ColorEngine)?
    ) throws(ImageError) {
        let (format, planning) = (plugin.descriptor, plugin.planning)
        guard let capabilities = format.write else {
            throw .unsupported(format.id, "writing")
        }
        if settings.isLossless, capabilities.losslessness == .never {
            throw .invalid(.isLossless, "\(format.id) is always lossy")
        }
        var colorPreferences = preferences
        if LightStage.needsConversion(of: source, to: capabilities, by: engine) {
            colorPreferences.isConvertedToSRGB = true
        }
        let stage = try ColorStage(
            converting: source, to: layouts, preferences: colorPreferences, engine: engine)
        let picture = stage?.result ?? source
        guard
            let layout = LayoutChoice.best(
                for: [picture], of: layouts, on: preferences.background)
        else {
            throw .unstorable(format.id, "no conversion from \(picture.layout)")
        }
        var kept = preferences.metadata.intersection(capabilities.metadata)
        if let points = picture.metadata.codePoints, !planning.stores(points) {
            kept.remove(.codePoints)
        }
        let orientation = source.metadata.orientation
        let isSayable =
            kept.contains(.orientation)
            && (!kept.contains(.exif) || ExifOrientation.isSettable(in: source.metadata.exif))
        isTurned = orientation != .up && (preferences.orientation == .apply || !isSayable)
        let size = isTurned ? orientation.uprightSize(of: source.size) : source.size
        guard max(size.width, size.height) <= capabilities.maximumDimension else {
            throw .tooLarge(format.id, size, allowed: capabilities.maximumDimension)
        }
        let exchange = ColorExchange(
            kept: kept, capabilities: capabilities, planning: planning, settings: settings,
            engine: engine)
        let light = LightStage(
            converting: source, after: stage, to: capabilities, layout: layout)
        let changed = Self.changed(
            light?.metadata(picture.metadata) ?? picture.metadata,
            by: isTurned ? .turned(orientation, of: source.size) : nil)
        let exchanged = exchange.metadata(
            changed.value, model: picture.layout.model, target: layout.model)
        let sourceLosses = (source.losses + exchange.losses(from: changed.value, to: exchanged))
            .filter { $0.kind.map(preferences.metadata.contains) ?? true }
        var wanted = exchanged.keeping(preferences.metadata)
        if !preferences.isKeepingLocation { wanted = wanted.removingLocation() }
        var adapted = wanted.adapted(from: picture.layout, to: layout).keepingBlocks(
            of: format.id, size: isTurned ? nil : source.size,
            isChanged: stage != nil || light != nil || layout != picture.layout)
        if stage != nil { adapted.background = nil }
        let form = Self.form(
            of: source, preferences, stored: planning.forms(with: settings), layout: layout,
            isKept: stage == nil && layout == picture.layout)
        let pageCount = pages.count(of: source.frameCount)
        let isSequence = pageCount > 1
        self.source = source
        colorStage = stage
        lightStage = light
        let written = adapted.keeping(kept).sayingResolution(
            preferences.metadata.contains(.resolution) ? adapted.resolution : nil,
            in: capabilities.metadata)
        let noData = written.changed(
            fromForm: source.form.subtracting(form.kept), from: source, to: layout)
        let target = ImageHeader(
            size: size, layout: layout,
            significantBits: min(source.significantBits, layout.sample.bitCount),
            frameCount: pageCount,
            animation: isSequence && capabilities.pages == .animation ? source.animation : nil,
            storage: layout == picture.layout ? picture.storage : nil, form: form.kept,
            metadata: noData.value)
        self.target = target
        let layoutLosses = LayoutChoice.losses(
            from: picture, to: layout, on: preferences.background)
        let furtherLosses = planning.losses(of: target, with: settings)
        if settings.isLossless, preferences.depth == nil {
            try Self.checkDepth(form.losses + layoutLosses + furtherLosses, format.id)
        }
        let adaptationLosses = Self.adaptationLosses(from: wanted, to: adapted)
        losses =
            sourceLosses + form.losses + noData.losses + (stage?.losses ?? [])
            + layoutLosses
            + (adaptationLosses
            + adapted.losses(keeping: kept, in: written, layout: picture.layout))
            .map { wanted.loss(of: $0, written: written) }
            + changed.losses.filter { $0.kind.map(kept.contains) ?? true }
            + furtherLosses
            + Self.pageLosses(source, capabilities, pages)
    }

    /// Refuses to call lossless what loses bits.
    private static func checkDepth(_ losses: [Loss], _ format: FormatID) throws(ImageError) {
        let loss = losses.first { loss in
            switch loss {
            case .bitDepth, .range: true
            default: false
            }
        }
        guard let loss else { return }
        throw .unstorable(
            format, "\(loss), but all bits are asked for", field: .depth)
    }

    /// What holds of metadata in a file of their own, and after pixels have been turned.
    private static func changed(
        _ metadata: ImageMetadata, by turn: PictureChange?
    ) -> Changed<ImageMetadata> {
        var result = metadata.changed(by: .rewritten)
        guard let turn else { return result }
        let turned = result.value.changed(by: turn)
        result.value = turned.value
        result.losses += turned.losses
        return result
    }

    /// The form in which samples are stored, and what is lost of the one in which they were.
    private static func form(
        of source: ImageHeader, _ preferences: ConversionPreferences, stored: SampleForm,
        layout: PixelLayout, isKept: Bool
    ) -> (kept: SampleForm, losses: [Loss]) {
        var wanted = source.form
        // Somebody knows what the sample means.
        if preferences.extraSamples == .alpha { wanted.remove(.unspecifiedAlpha) }
        var kept = isKept ? wanted.intersection(stored) : []
        if wanted.contains(.integers), !kept.contains(.integers) { kept.remove(.signed) }
        return (kept, wanted.subtracting(kept).losses(to: layout.sample))
    }

    /// Prepares a reader of the source for what will be written.
    func prepare(_ reader: any ImageReader) {
        guard target.form.contains(.integers) else { return }
        (reader as? any StoredSampleReader)?.deliverStoredSamples()
    }

    /// What does not hold once samples are others.
    private static func adaptationLosses(
        from wanted: ImageMetadata, to adapted: ImageMetadata
    ) -> [MetadataKind] {
        var kinds: [MetadataKind] = []
        if wanted.icc != nil, adapted.icc == nil { kinds.append(.icc) }
        if wanted.background != nil, adapted.background == nil { kinds.append(.background) }
        if adapted.blocks.count < wanted.blocks.count { kinds.append(.formatBlocks) }
        return kinds
    }

    private static func pageLosses(
        _ source: ImageHeader, _ capabilities: WriteCapabilities, _ pages: PageSelection
    ) -> [Loss] {
        guard source.frameCount > 1 else { return [] }
        switch pages {
        case .first: return [.frames(source.frameCount - 1)]
        case .page: return []
        case .all, .list:
            guard pages.count(of: source.frameCount) > 1 else { return [] }
            return source.animation != nil && capabilities.pages == .pages ? [.timing] : []
        }
    }
}

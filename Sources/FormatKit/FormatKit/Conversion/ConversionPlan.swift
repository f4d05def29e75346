/// What must be done to an image so that a format can hold it, and what that loses.
public struct ConversionPlan: Sendable, Equatable {
    /// The image as the reader delivers it.
    public let source: ImageHeader
    /// The image as the writer gets it.
    public let target: ImageHeader
    /// Everything that the target cannot hold, in a fixed order.
    public let losses: [Loss]

    /// Plans a conversion.
    ///
    /// Of the layouts that the format can store, the one that loses least is taken, and of
    /// those the smallest.
    ///
    /// - Throws: ``ImageError/unstorable(_:_:)`` if the format cannot hold the image at all.
    public init(
        converting source: ImageHeader, to format: FormatDescriptor, settings: WriteSettings
    ) throws(ImageError) {
        guard let capabilities = format.write else {
            throw .unsupported(format.id, "writing")
        }
        guard max(source.size.width, source.size.height) <= capabilities.maximumDimension else {
            throw .unstorable(
                format.id,
                "\(source.size) exceeds \(capabilities.maximumDimension) pixels a side")
        }
        if settings.isLossless, capabilities.losslessness == .never {
            throw .invalidOption(name: "--lossless", reason: "\(format.id) is always lossy")
        }
        guard let choice = Self.bestLayout(for: source, among: capabilities.layouts) else {
            throw .unstorable(format.id, "no conversion from \(source.layout)")
        }
        let droppedKinds = MetadataKind.allCases.filter {
            source.metadata.kinds.contains($0) && !capabilities.metadata.contains($0)
        }
        let droppedFrames = source.frameCount > 1 ? [Loss.frames(source.frameCount - 1)] : []
        self.source = source
        target = ImageHeader(
            size: source.size, layout: choice.layout,
            significantBits: min(source.significantBits, choice.layout.sample.bitCount),
            metadata: source.metadata.keeping(capabilities.metadata))
        losses = choice.losses + droppedKinds.map(Loss.metadata) + droppedFrames
    }

    private static func bestLayout(
        for source: ImageHeader, among layouts: Set<PixelLayout>
    ) -> (layout: PixelLayout, losses: [Loss])? {
        layouts.compactMap { layout in
            losses(from: source, to: layout).map { (layout: layout, losses: $0) }
        }.min { rank($0, source) < rank($1, source) }
    }

    /// Fewest losses first, then the smallest pixel; the description makes the order total.
    private static func rank(
        _ choice: (layout: PixelLayout, losses: [Loss]), _ source: ImageHeader
    ) -> (Int, Int, Int, String) {
        (
            choice.losses.reduce(0) { $0 + $1.severity },
            choice.layout == source.layout ? 0 : 1,
            choice.layout.bytesPerPixel,
            choice.layout.description
        )
    }

    /// What going from one layout to another loses, or `nil` where there is no way.
    private static func losses(from source: ImageHeader, to target: PixelLayout) -> [Loss]? {
        let layout = source.layout
        guard PixelConverter.canConvert(from: layout, to: target) else { return nil }
        var losses: [Loss] = []
        if layout.sample == .uint16, target.sample == .uint8, source.significantBits > 8 {
            losses.append(.bitDepth(from: source.significantBits, to: 8))
        }
        if layout.hasAlpha, !target.hasAlpha { losses.append(.alpha) }
        if layout.model == .rgb, target.model == .gray { losses.append(.color) }
        if layout.alpha == .premultiplied, target.alpha == .straight {
            losses.append(.premultiplication)
        }
        return losses
    }
}

/// Chooses among the layouts that a format can store.
enum LayoutChoice {
    /// The layout that loses least of all images together, and of those the smallest; `nil` if
    /// there is none that all of them can be converted to.
    static func best(
        for sources: [ImageHeader], of layouts: Set<PixelLayout>, on background: RGBAColor
    ) -> PixelLayout? {
        layouts.filter { layout in
            sources.allSatisfy { PixelConverter.canConvert(from: $0.layout, to: layout) }
        }.min { rank($0, sources, background) < rank($1, sources, background) }
    }

    /// Fewest losses first, then the smallest pixel; the description makes the order total.
    private static func rank(
        _ layout: PixelLayout, _ sources: [ImageHeader], _ background: RGBAColor
    ) -> (Int, Int, Int, String) {
        let severity = sources.flatMap { losses(from: $0, to: layout, on: background) }
            .reduce(0) { $0 + $1.severity }
        return (
            severity,
            sources.allSatisfy { $0.layout == layout } ? 0 : 1,
            layout.bytesPerPixel,
            layout.description
        )
    }

    /// What going from one layout to another loses, transparency being laid on `background`.
    static func losses(
        from source: ImageHeader, to target: PixelLayout, on background: RGBAColor
    ) -> [Loss] {
        let layout = source.layout
        var losses: [Loss] = []
        if layout.sample == .float32, target.sample != .float32 {
            losses.append(
                source.form.contains(.integers)
                    ? .bitDepth(from: 32, to: target.sample.bitCount)
                    : .range(bits: target.sample.bitCount))
        } else if source.significantBits > target.sample.bitCount {
            losses.append(
                .bitDepth(from: source.significantBits, to: target.sample.bitCount))
        }
        if layout.hasAlpha, !target.hasAlpha { losses.append(.alpha(background)) }
        // What is laid on a color has it.
        let isColored =
            layout.model != .gray
            || layout.hasAlpha && !target.hasAlpha && !background.isGray
        if isColored, target.model == .gray { losses.append(.color) }
        if layout.model == .cmyk, target.model != .cmyk { losses.append(.inks) }
        if layout.alpha == .premultiplied, target.alpha == .straight {
            losses.append(.premultiplication)
        }
        return losses
    }
}

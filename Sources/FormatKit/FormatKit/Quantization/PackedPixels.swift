/// Collects the rows of a picture for the choice of a palette: 8 bits a channel, and what is at least
/// half opaque is opaque.
package struct PackedPixels: Sendable {
    /// The pixels so far.
    package private(set) var pixels: [PackedColor] = []
    /// The number of pixels that were partly transparent.
    package private(set) var partialCount = 0
    /// The number of transparent pixels that had a color.
    package private(set) var hiddenCount = 0
    private let pixelCount: Int

    /// Prepares for a picture of a size.
    package init(_ size: ImageSize) {
        pixelCount = size.pixelCount
    }

    /// Adds rows.
    ///
    /// - Precondition: They are gray or RGB, with or without straight alpha, in 8 or 16 bits.
    package mutating func add(_ band: PixelBand) {
        if pixels.isEmpty { pixels.reserveCapacity(pixelCount) }
        var layout = band.layout
        precondition([.gray, .rgb].contains(layout.model) && layout.sample != .float32)
        layout.sample = .uint8
        if band.layout == layout {
            add(band.filledBytes, layout)
        } else if let converter = PixelConverter(from: band.layout, to: layout) {
            add(converter.convert(band).filledBytes, layout)
        }
    }

    private mutating func add(_ bytes: ArraySlice<UInt8>, _ layout: PixelLayout) {
        let colors = layout.model.channelCount
        for place in stride(from: bytes.startIndex, to: bytes.endIndex, by: layout.channelCount) {
            let red = bytes[place]
            let (green, blue) = colors == 1 ? (red, red) : (bytes[place + 1], bytes[place + 2])
            let alpha = layout.hasAlpha ? bytes[place + colors] : 255
            if alpha == 0, red | green | blue != 0 { hiddenCount += 1 }
            if alpha != 0, alpha != 255 { partialCount += 1 }
            pixels.append(alpha < 128 ? .none : PackedColor(red: red, green: green, blue: blue))
        }
    }

    /// What has become of pixels that were partly transparent.
    package var losses: [Loss] {
        guard partialCount > 0 else { return [] }
        let pixels = partialCount == 1 ? "pixel" : "pixels"
        let become = partialCount == 1 ? "becomes" : "become"
        return [
            .picture("\(partialCount) \(pixels) partly transparent \(become) opaque or transparent")
        ]
    }

    /// The pixels, after which those of the next picture begin.
    package mutating func take() -> [PackedColor] {
        defer { pixels = [] }
        return pixels
    }
}

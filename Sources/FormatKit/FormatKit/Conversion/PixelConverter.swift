/// Converts pixels from one layout to another.
///
/// Samples are scaled with correct rounding, or dithered; reals are clamped to 0…1 and encoded as
/// they are, and what is not a number becomes 0. Alpha is added as opaque, laid on a background
/// or divided out, gray is repeated, RGB is reduced to its BT.709 luminance in the encoded values,
/// and inks absorb light one after the other: (1 − C)(1 − K) is red.
package struct PixelConverter: Sendable {
    /// The layout to convert from.
    package let source: PixelLayout
    /// The layout to convert to.
    package let target: PixelLayout
    /// What transparency is laid on.
    let background: RGBAColor
    /// Whether rounding to 8 bits is spread over neighbors.
    let isDithered: Bool

    /// Creates a converter, or returns `nil` where there is no way.
    ///
    /// - Parameters:
    ///   - source: The layout to convert from.
    ///   - target: The layout to convert to.
    ///   - background: What transparency is laid on where `target` has none.
    ///   - isDithered: Whether rounding to 8 bits is spread over neighbors.
    package init?(
        from source: PixelLayout, to target: PixelLayout, background: RGBAColor = .white,
        isDithered: Bool = false
    ) {
        guard Self.canConvert(from: source, to: target) else { return nil }
        self.source = source
        self.target = target
        self.background = background
        self.isDithered = isDithered && target.sample == .uint8 && source.sample != .uint8
    }

    static func canConvert(from source: PixelLayout, to target: PixelLayout) -> Bool {
        if source == target { return true }
        // What is multiplied by alpha stays so where samples become reals, which hold it all.
        if target.alpha == .premultiplied {
            return source.alpha == .premultiplied && target.sample == .float32
                && source.model != .cmyk && target.model != .cmyk
        }
        // No device separates light into inks without a profile, nor inks from their alpha.
        if source.model == .cmyk, source.alpha == .premultiplied { return false }
        return target.model != .cmyk || source.model == .cmyk && source.alpha == target.alpha
    }

    /// Converts the rows of a band.
    ///
    /// - Parameters:
    ///   - band: Rows in the layout ``source``.
    ///   - firstRow: The place of the first of them in the picture, on which dithering depends.
    /// - Returns: As many rows in the layout ``target``.
    package func convert(_ band: PixelBand, firstRow: Int = 0) -> PixelBand {
        precondition(band.layout == source)
        if source == target { return band }
        var result = PixelBand(width: band.width, layout: target, rowCapacity: band.rowCapacity)
        let dither = isDithered ? OrderedDither(width: band.width, firstRow: firstRow) : nil
        let pixelCount = band.width * band.rowCount
        unsafe band.withFilledBytes { input in
            unsafe result.fill(rowCount: band.rowCount) { output in
                if isInteger {
                    unsafe convertIntegers(input, output, pixelCount, dither)
                } else {
                    unsafe convertReals(input, output, pixelCount, dither)
                }
            }
        }
        return result
    }

    /// Whether whole-number arithmetic does, which is faster.
    private var isInteger: Bool {
        source.sample != .float32 && target.sample != .float32 && source.model != .cmyk
    }

    /// How many color samples of a band of reals will be moved into 0…1 to become integers.
    package func clippedSampleCount(in band: PixelBand) -> Int {
        precondition(band.layout == source)
        guard source.sample == .float32, target.sample != .float32 else { return 0 }
        return unsafe band.withFilledBytes { bytes in
            unsafe bytes.samples(as: Float.self).reduce(0) { $0 + ($1 >= 0 && $1 <= 1 ? 0 : 1) }
        }
    }
}

extension UnsafeRawBufferPointer {
    /// The same bytes as samples; bands are aligned for every sample type.
    func samples<T>(as _: T.Type) -> UnsafeBufferPointer<T> {
        unsafe bindMemory(to: T.self)
    }
}

extension UnsafeMutableRawBufferPointer {
    /// The same bytes as samples; bands are aligned for every sample type.
    func samples<T>(as _: T.Type) -> UnsafeMutableBufferPointer<T> {
        unsafe bindMemory(to: T.self)
    }
}

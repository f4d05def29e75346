/// Converts pixels from one layout to another.
///
/// Integer layouts of gray and RGB convert into each other: samples are scaled with correct
/// rounding, alpha is added as opaque, laid on white or divided out, gray is repeated, and RGB
/// is reduced to its BT.709 luminance in the encoded values.
public struct PixelConverter: Sendable {
    /// The layout to convert from.
    public let source: PixelLayout
    /// The layout to convert to.
    public let target: PixelLayout

    /// Creates a converter, or returns `nil` where there is no way.
    public init?(from source: PixelLayout, to target: PixelLayout) {
        guard Self.canConvert(from: source, to: target) else { return nil }
        self.source = source
        self.target = target
    }

    static func canConvert(from source: PixelLayout, to target: PixelLayout) -> Bool {
        if source == target { return true }
        return [source, target].allSatisfy { $0.sample != .float32 && $0.model != .cmyk }
            && target.alpha != .premultiplied
    }

    /// Converts the rows of a band.
    ///
    /// - Precondition: `band` has the layout ``source``.
    public func convert(_ band: PixelBand) -> PixelBand {
        precondition(band.layout == source)
        if source == target { return band }
        var result = PixelBand(width: band.width, layout: target, rowCapacity: band.rowCapacity)
        let pixelCount = band.width * band.rowCount
        unsafe band.withFilledBytes { input in
            unsafe result.fill(rowCount: band.rowCount) { output in
                switch (source.sample, target.sample) {
                case (.uint8, .uint8):
                    unsafe convert(input.as(UInt8.self), output.as(UInt8.self), pixelCount) { $0 }
                case (.uint8, _):
                    unsafe convert(input.as(UInt8.self), output.as(UInt16.self), pixelCount) {
                        UInt16($0) * 257
                    }
                case (_, .uint8):
                    unsafe convert(input.as(UInt16.self), output.as(UInt8.self), pixelCount) {
                        UInt8((UInt32($0) * 255 + 32_767) / 65_535)
                    }
                default:
                    unsafe convert(input.as(UInt16.self), output.as(UInt16.self), pixelCount) { $0 }
                }
            }
        }
        return result
    }

    /// Converts `pixelCount` pixels; arithmetic is in the source's samples, scaled at the end.
    @inline(__always)
    private func convert<S: FixedWidthInteger & UnsignedInteger, T: FixedWidthInteger>(
        _ input: UnsafeBufferPointer<S>, _ output: UnsafeMutableBufferPointer<T>,
        _ pixelCount: Int, scale: (S) -> T
    ) {
        let (inputs, outputs) = (source.channelCount, target.channelCount)
        let colors = source.model.channelCount
        let outputColors = target.model.channelCount
        let opaque = UInt64(S.max)
        for pixel in 0..<pixelCount {
            let (i, o) = (pixel * inputs, pixel * outputs)
            let alpha = source.hasAlpha ? unsafe UInt64(input[i + colors]) : opaque
            func color(_ channel: Int) -> S {
                let value = unsafe UInt64(input[i + min(channel, colors - 1)])
                switch (source.alpha, target.alpha) {
                case (.premultiplied, .straight):
                    return alpha == 0 ? 0 : S(min((value * opaque + alpha / 2) / alpha, opaque))
                case (.premultiplied, .opaque): return S(min(value + (opaque - alpha), opaque))
                case (.straight, .opaque):
                    let sum = value * alpha + opaque * (opaque - alpha)
                    return S((sum + opaque / 2) / opaque)
                default: return S(truncatingIfNeeded: value)
                }
            }
            if outputColors < colors {
                // BT.709 luminance, weights in 1/65 536.
                let sum =
                    UInt64(color(0)) * 13_933 + UInt64(color(1)) * 46_871 + UInt64(color(2)) * 4_732
                unsafe output[o] = scale(S((sum + 32_768) >> 16))
            } else {
                for channel in 0..<outputColors {
                    unsafe output[o + channel] = scale(color(channel))
                }
            }
            if target.hasAlpha {
                unsafe output[o + outputColors] = scale(S(truncatingIfNeeded: alpha))
            }
        }
    }
}

extension UnsafeRawBufferPointer {
    /// The same bytes as samples; bands are aligned for every sample type.
    fileprivate func `as`<T>(_: T.Type) -> UnsafeBufferPointer<T> {
        unsafe bindMemory(to: T.self)
    }
}

extension UnsafeMutableRawBufferPointer {
    /// The same bytes as samples; bands are aligned for every sample type.
    fileprivate func `as`<T>(_: T.Type) -> UnsafeMutableBufferPointer<T> {
        unsafe bindMemory(to: T.self)
    }
}

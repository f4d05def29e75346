extension PixelConverter {
    /// Converts gray and RGB of integer samples.
    func convertIntegers(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer,
        _ pixelCount: Int, _ dither: OrderedDither?
    ) {
        switch (source.sample, target.sample) {
        case (.uint8, .uint8):
            unsafe convert(
                input.samples(as: UInt8.self), output.samples(as: UInt8.self), pixelCount
            ) { value, _ in value }
        case (.uint8, _):
            unsafe convert(
                input.samples(as: UInt8.self), output.samples(as: UInt16.self), pixelCount
            ) { value, _ in UInt16(value) * 257 }
        case (_, .uint8):
            if let dither {
                unsafe convert(
                    input.samples(as: UInt16.self), output.samples(as: UInt8.self), pixelCount
                ) { value, pixel in Self.dithered(value, dither.threshold(pixel)) }
            } else {
                unsafe convert(
                    input.samples(as: UInt16.self), output.samples(as: UInt8.self), pixelCount
                ) { value, _ in UInt8((UInt32(value) * 255 + 32_767) / 65_535) }
            }
        default:
            unsafe convert(
                input.samples(as: UInt16.self), output.samples(as: UInt16.self), pixelCount
            ) { value, _ in value }
        }
    }

    @inline(__always)
    private static func dithered(_ value: UInt16, _ threshold: Int) -> UInt8 {
        let steps = UInt32(OrderedDither.stepCount)
        return UInt8(
            (UInt32(value) * 255 * steps + UInt32(threshold) * 65_535) / (65_535 * steps))
    }

    /// Converts `pixelCount` pixels; arithmetic is in the source's samples, scaled at the end.
    @inline(__always)
    private func convert<S: FixedWidthInteger & UnsignedInteger, T: FixedWidthInteger>(
        _ input: UnsafeBufferPointer<S>, _ output: UnsafeMutableBufferPointer<T>,
        _ pixelCount: Int, scale: (_ value: S, _ pixel: Int) -> T
    ) {
        if source.model == target.model, source.alpha == target.alpha {
            let channels = source.channelCount
            for pixel in 0..<pixelCount {
                for index in pixel * channels..<(pixel + 1) * channels {
                    unsafe output[index] = scale(input[index], pixel)
                }
            }
            return
        }
        let (inputs, outputs) = (source.channelCount, target.channelCount)
        let colors = source.model.channelCount
        let outputColors = target.model.channelCount
        let opaque = UInt64(S.max)
        let behind = backgroundChannels.map { UInt64($0) * (opaque / 255) }
        for pixel in 0..<pixelCount {
            let (i, o) = (pixel * inputs, pixel * outputs)
            let alpha = source.hasAlpha ? unsafe UInt64(input[i + colors]) : opaque
            func color(_ channel: Int) -> S {
                let value = unsafe UInt64(input[i + min(channel, colors - 1)])
                switch (source.alpha, target.alpha) {
                case (.premultiplied, .straight):
                    return alpha == 0 ? 0 : S(min((value * opaque + alpha / 2) / alpha, opaque))
                case (.premultiplied, .opaque):
                    let rest = (behind[channel] * (opaque - alpha) + opaque / 2) / opaque
                    return S(min(value + rest, opaque))
                case (.straight, .opaque):
                    let sum = value * alpha + behind[channel] * (opaque - alpha)
                    return S((sum + opaque / 2) / opaque)
                default: return S(truncatingIfNeeded: value)
                }
            }
            if outputColors < colors {
                // BT.709 luminance, weights in 1/65 536.
                let sum =
                    UInt64(color(0)) * 13_933 + UInt64(color(1)) * 46_871 + UInt64(color(2)) * 4_732
                unsafe output[o] = scale(S((sum + 32_768) >> 16), pixel)
            } else {
                for channel in 0..<outputColors {
                    unsafe output[o + channel] = scale(color(channel), pixel)
                }
            }
            if target.hasAlpha {
                unsafe output[o + outputColors] = scale(S(truncatingIfNeeded: alpha), pixel)
            }
        }
    }

    /// The background in the channels in which transparency is laid on it.
    private var backgroundChannels: [UInt8] {
        let (red, green, blue) = (background.red, background.green, background.blue)
        if source.model == .rgb || target.model == .rgb { return [red, green, blue] }
        let sum = UInt32(red) * 13_933 + UInt32(green) * 46_871 + UInt32(blue) * 4_732
        return [UInt8((sum + 32_768) >> 16)]
    }
}

extension PixelConverter {
    /// Converts any layout in `Double`, 0…1.
    func convertReals(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer,
        _ pixelCount: Int, _ dither: OrderedDither?
    ) {
        switch source.sample {
        case .uint8:
            let samples = unsafe input.samples(as: UInt8.self)
            unsafe store(output, pixelCount, dither) { unsafe Double(samples[$0]) / 255 }
        case .uint16:
            let samples = unsafe input.samples(as: UInt16.self)
            unsafe store(output, pixelCount, dither) { unsafe Double(samples[$0]) / 65_535 }
        case .float32:
            let samples = unsafe input.samples(as: Float.self)
            unsafe store(output, pixelCount, dither) { unsafe Double(samples[$0]) }
        }
    }

    @inline(__always)
    private func store(
        _ output: UnsafeMutableRawBufferPointer, _ pixelCount: Int, _ dither: OrderedDither?,
        load: (Int) -> Double
    ) {
        switch target.sample {
        case .uint8:
            let samples = unsafe output.samples(as: UInt8.self)
            let steps = Double(OrderedDither.stepCount)
            convert(pixelCount, load: load) { index, value, pixel in
                let threshold = dither.map { Double($0.threshold(pixel)) / steps } ?? 0.5
                unsafe samples[index] = UInt8(Self.clamped(value) * 255 + threshold)
            }
        case .uint16:
            let samples = unsafe output.samples(as: UInt16.self)
            convert(pixelCount, load: load) { index, value, _ in
                unsafe samples[index] = UInt16(Self.clamped(value) * 65_535 + 0.5)
            }
        case .float32:
            let samples = unsafe output.samples(as: Float.self)
            convert(pixelCount, load: load) { index, value, _ in
                unsafe samples[index] = Float(value)
            }
        }
    }

    /// The nearest of 0…1; 0 for what is not a number.
    @inline(__always)
    private static func clamped(_ value: Double) -> Double {
        value >= 0 ? min(value, 1) : 0
    }

    @inline(__always)
    private func convert(
        _ pixelCount: Int, load: (Int) -> Double, store: (Int, Double, Int) -> Void
    ) {
        let (inputs, outputs) = (source.channelCount, target.channelCount)
        let colors = source.model.channelCount
        let behind = [background.red, background.green, background.blue].map { Double($0) / 255 }
        let isKept = source.model == target.model && source.alpha == target.alpha
        for pixel in 0..<pixelCount {
            let (i, o) = (pixel * inputs, pixel * outputs)
            if isKept {
                for channel in 0..<inputs { store(o + channel, load(i + channel), pixel) }
                continue
            }
            var alpha = source.hasAlpha ? load(i + colors) : 1
            if !(alpha >= 0 && alpha <= 1) { alpha = alpha > 1 ? 1 : 0 }
            let color = light(at: i, load).mapped { composed($0, alpha, behind: behind[$1]) }
            if target.model == .gray {
                store(
                    o, source.model == .gray && target.hasAlpha ? color.red : color.luminance, pixel
                )
            } else {
                store(o, color.red, pixel)
                store(o + 1, color.green, pixel)
                store(o + 2, color.blue, pixel)
            }
            if target.hasAlpha { store(o + outputs - 1, alpha, pixel) }
        }
    }

    /// The color of a pixel as light.
    @inline(__always)
    private func light(at index: Int, _ load: (Int) -> Double) -> Light {
        switch source.model {
        case .gray:
            let value = load(index)
            return Light(red: value, green: value, blue: value)
        case .rgb: return Light(red: load(index), green: load(index + 1), blue: load(index + 2))
        case .cmyk:
            let rest = 1 - load(index + 3)
            return Light(
                red: (1 - load(index)) * rest, green: (1 - load(index + 1)) * rest,
                blue: (1 - load(index + 2)) * rest)
        }
    }

    /// A channel with the relation to alpha that the target has.
    @inline(__always)
    private func composed(_ value: Double, _ alpha: Double, behind: Double) -> Double {
        switch (source.alpha, target.alpha) {
        case (.premultiplied, .straight): alpha == 0 ? 0 : value / alpha
        case (.premultiplied, .opaque): value + behind * (1 - alpha)
        case (.straight, .opaque): value * alpha + behind * (1 - alpha)
        default: value
        }
    }
}

private struct Light {
    var red: Double
    var green: Double
    var blue: Double

    /// BT.709's, in the encoded values.
    @inline(__always)
    var luminance: Double { 0.2126 * red + 0.7152 * green + 0.0722 * blue }

    @inline(__always)
    func mapped(_ body: (Double, Int) -> Double) -> Light {
        Light(red: body(red, 0), green: body(green, 1), blue: body(blue, 2))
    }
}

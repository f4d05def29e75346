/// The multi-scale structural similarity of the luma of two images.
///
/// Z. Wang, E. P. Simoncelli, A. C. Bovik, "Multi-scale structural similarity for image quality
/// assessment", Asilomar 2003: five scales, a Gaussian window of 11×11 with σ = 1.5, windows
/// that lie wholly inside the image, halving by the mean of 2×2. Luma is BT.601's, in the
/// encoded values.
///
/// An image too small for five scales is judged by fewer, with the weights scaled to sum to 1;
/// such a value compares only with others of the same ``scaleCount``.
public struct MultiscaleSimilarity: Sendable, Equatable {
    /// 1 for equal images.
    public let value: Double
    /// The number of scales that fit, 1…5.
    public let scaleCount: Int

    /// The exponents of the scales, finest first, from section 3.2.
    private static let weights = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]

    /// Compares two images of one layout; `nil` for CMYK and for images smaller than a window.
    init?(_ first: Image, _ second: Image) {
        guard var a = LumaPlane(first), var b = LumaPlane(second) else { return nil }
        let shortest = min(a.width, a.height)
        let count = (1...Self.weights.count).last { shortest >> ($0 - 1) >= SSIMWindow.size }
        guard let count else { return nil }
        let weights = Self.weights.prefix(count)
        let total = weights.reduce(0, +)
        var product = 1.0
        for (scale, weight) in weights.enumerated() {
            let means = SSIMWindow.means(a, b)
            let isLast = scale == count - 1
            // Negative where the structures oppose each other: as bad as it gets.
            let factor = max(0, isLast ? means.similarity : means.contrastStructure)
            product *= power(factor, weight / total)
            if !isLast { (a, b) = (a.halved(), b.halved()) }
        }
        value = product
        scaleCount = count
    }
}

/// The luma of an image, 0…255, whatever its depth.
struct LumaPlane {
    let width: Int
    let height: Int
    private(set) var values: [Float]

    init(width: Int, height: Int, values: [Float]) {
        precondition(values.count == width * height)
        self.width = width
        self.height = height
        self.values = values
    }

    init?(_ image: Image) {
        let layout = image.header.layout
        guard layout.model != .cmyk, layout.sample != .float32 else { return nil }
        let size = image.header.size
        let values = unsafe image.bytes.withUnsafeBytes { bytes in
            layout.sample == .uint16
                ? unsafe Self.luma(bytes.bindMemory(to: UInt16.self), layout, size.pixelCount)
                : unsafe Self.luma(bytes.bindMemory(to: UInt8.self), layout, size.pixelCount)
        }
        self.init(width: size.width, height: size.height, values: values)
    }

    private static func luma<Sample: FixedWidthInteger>(
        _ samples: UnsafeBufferPointer<Sample>, _ layout: PixelLayout, _ pixelCount: Int
    ) -> [Float] {
        let (count, scale) = (layout.channelCount, 255 / Float(Sample.max))
        return (0..<pixelCount).map { pixel in
            let start = pixel * count
            guard layout.model == .rgb else { return unsafe Float(samples[start]) * scale }
            let red = unsafe Float(samples[start])
            let green = unsafe Float(samples[start + 1])
            let blue = unsafe Float(samples[start + 2])
            return (0.299 * red + 0.587 * green + 0.114 * blue) * scale
        }
    }

    /// The plane at half the size; an odd last row or column is left out.
    func halved() -> LumaPlane {
        let (halfWidth, halfHeight) = (width / 2, height / 2)
        var result = [Float](repeating: 0, count: halfWidth * halfHeight)
        for y in 0..<halfHeight {
            for x in 0..<halfWidth {
                let corner = 2 * y * width + 2 * x
                result[y * halfWidth + x] =
                    (values[corner] + values[corner + 1] + values[corner + width]
                        + values[corner + width + 1]) / 4
            }
        }
        return LumaPlane(width: halfWidth, height: halfHeight, values: result)
    }
}

/// How much two images of one size differ.
///
/// ```swift
/// let comparison = try ImageComparison(original, decoded)
/// print(comparison.overall.psnr, comparison.similarity?.value ?? .nan)
/// ```
public struct ImageComparison: Sendable, Equatable {
    /// How much one channel, or all of them, differ.
    public struct Distance: Sendable, Equatable {
        /// The mean of the squared differences, in squared sample units.
        public let meanSquaredError: Double
        /// The peak signal-to-noise ratio in dB: infinite where nothing differs.
        public let psnr: Double
    }

    /// The size of both.
    public let size: ImageSize
    /// The layout in which they were compared.
    public let layout: PixelLayout
    /// The largest sample value.
    public let peak: Int
    /// Over all samples.
    public let overall: Distance
    /// For each channel, in order.
    public let channels: [Distance]
    /// The largest difference of two samples.
    public let maximumDifference: Int
    /// The structural similarity of the luma, or `nil` where it is not defined.
    public let similarity: MultiscaleSimilarity?

    /// Why two images cannot be compared.
    public enum Failure: Error, Equatable, CustomStringConvertible {
        /// Their sizes are not the same.
        case sizesDiffer(ImageSize, ImageSize)
        /// There is no layout that both convert to.
        case layoutsDiffer(PixelLayout, PixelLayout)
        /// MS-SSIM is not defined for such images: for inks, and for fewer than 11 pixels a side.
        case similarityUndefined(PixelLayout, ImageSize)

        /// One line.
        public var description: String {
            switch self {
            case .sizesDiffer(let first, let second): "the sizes differ: \(first) and \(second)"
            case .layoutsDiffer(let first, let second):
                "the layouts cannot be compared: \(first) and \(second)"
            case .similarityUndefined(let layout, let size):
                "MS-SSIM is not defined for \(size) pixels of \(layout)"
            }
        }
    }

    /// Compares two images.
    ///
    /// Both are brought to one layout that holds either without loss. An alpha channel that is
    /// opaque everywhere in both does not count.
    ///
    /// - Parameters:
    ///   - first: An image.
    ///   - second: An image of the same size.
    ///   - measuresSimilarity: Whether ``similarity`` is wanted, which takes longest.
    /// - Throws: ``Failure``.
    public init(
        _ first: Image, _ second: Image, measuresSimilarity: Bool = true
    ) throws(Failure) {
        guard first.header.size == second.header.size else {
            throw .sizesDiffer(first.header.size, second.header.size)
        }
        let (a, b) = try Self.aligned(first, second)
        let sums = SampleSums(a, b)
        size = a.header.size
        layout = a.header.layout
        peak = layout.sample == .uint16 ? 65_535 : 255
        maximumDifference = sums.maximumDifference
        let (pixelCount, peak) = (Double(size.pixelCount), Double(peak))
        channels = sums.squares.map { Distance(squares: $0, count: pixelCount, peak: peak) }
        overall = Distance(
            squares: sums.squares.reduce(0, +), count: pixelCount * Double(sums.squares.count),
            peak: peak)
        similarity = measuresSimilarity ? MultiscaleSimilarity(a, b) : nil
    }

    /// Whether all samples are equal.
    public var isIdentical: Bool { maximumDifference == 0 }

    private static func aligned(
        _ first: Image, _ second: Image
    ) throws(Failure) -> (Image, Image) {
        let (one, two) = (first.header.layout, second.header.layout)
        let failure = Failure.layoutsDiffer(one, two)
        guard one.sample != .float32, two.sample != .float32 else { throw failure }
        var common = one
        if one != two {
            common = PixelLayout(
                one.model == .gray ? two.model : one.model,
                [one.sample, two.sample].contains(.uint16) ? .uint16 : .uint8,
                alpha: one.hasAlpha || two.hasAlpha ? .straight : .opaque)
        }
        guard let a = first.converted(to: common), let b = second.converted(to: common) else {
            throw failure
        }
        guard common.alpha == .straight, isOpaque(a), isOpaque(b) else { return (a, b) }
        common.alpha = .opaque
        guard let a = a.converted(to: common), let b = b.converted(to: common) else {
            throw failure
        }
        return (a, b)
    }

    private static func isOpaque(_ image: Image) -> Bool {
        let layout = image.header.layout
        let alphaByteCount = layout.sample.byteCount
        return stride(
            from: layout.bytesPerPixel - alphaByteCount, to: image.bytes.count,
            by: layout.bytesPerPixel
        ).allSatisfy { start in
            image.bytes[start..<start + alphaByteCount].allSatisfy { $0 == 0xFF }
        }
    }
}

extension ImageComparison.Distance {
    init(squares: Double, count: Double, peak: Double) {
        meanSquaredError = squares / count
        psnr = squares == 0 ? .infinity : 10 * decimalLogarithm(peak * peak / meanSquaredError)
    }
}

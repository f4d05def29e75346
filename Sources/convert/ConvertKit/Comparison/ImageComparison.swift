package import FormatKit

/// How much two images of one size differ.
package struct ImageComparison: Sendable, Equatable {
    /// How much one channel, or all of them, differ.
    package struct Distance: Sendable, Equatable {
        /// The mean of the squared differences, in squared sample units.
        package let meanSquaredError: Double
        /// The peak signal-to-noise ratio in dB: infinite where nothing differs.
        package let psnr: Double
    }

    /// The size of both.
    package let size: ImageSize
    /// The layout in which they were compared.
    package let layout: PixelLayout
    /// The largest sample value.
    package let peak: Int
    /// Over all samples.
    package let overall: Distance
    /// For each channel, in order.
    package let channels: [Distance]
    /// The largest difference of two samples.
    package let maximumDifference: Int
    /// The structural similarity of the luma, or `nil` where it is not defined.
    package let similarity: MultiscaleSimilarity?

    /// Why two images cannot be compared.
    package enum Failure: Error, Equatable, CustomStringConvertible {
        /// Their sizes are not the same.
        case sizesDiffer(ImageSize, ImageSize)
        /// There is no layout that both convert to.
        case layoutsDiffer(PixelLayout, PixelLayout)

        /// One line.
        package var description: String {
            switch self {
            case .sizesDiffer(let first, let second): "the sizes differ: \(first) and \(second)"
            case .layoutsDiffer(let first, let second):
                "the layouts cannot be compared: \(first) and \(second)"
            }
        }
    }

    /// Compares two images.
    ///
    /// Both are brought to one layout that holds either without loss. An alpha channel that is
    /// opaque everywhere in both does not count.
    ///
    /// - Throws: ``Failure``.
    package init(_ first: Image, _ second: Image) throws(Failure) {
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
        similarity = MultiscaleSimilarity(a, b)
    }

    /// Whether all samples are equal.
    package var isIdentical: Bool { maximumDifference == 0 }

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
        // log10 without a C library: the standard library has no logarithm.
        psnr = squares == 0 ? .infinity : 10 * decimalLogarithm(peak * peak / meanSquaredError)
    }
}

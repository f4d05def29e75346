/// Tells whether a picture that was compressed with loss is still the same picture.
///
/// The means of squares of 16 pixels a side are compared, over strips of four rows of squares: no
/// codec at any rate worth having loses them, while noise and texture, which codecs rightly drop,
/// hardly count. Measured on 40 photographs, the root of the mean squared difference of the worst
/// channel of the worst strip, in 8-bit levels:
///
/// * at the lowest quality, JPEG 29, JPEG at quality 5 18, AVIF and WebP 7; `.coin` at 0.03 bits per
///   pixel 19; JPEG at quality 1 rounds a flat color by up to 44;
/// * of another photograph at least 55, of the negative 114, with 64 rows black 32 and as a rule
///   124, upside down 39 and as a rule 81, with red and blue exchanged 16 and as a rule 58.
struct SquareMeans {
    /// The sides of the squares, in pixels.
    static let side = 16
    private static let squaresPerStrip = 4
    /// Of the range of a sample; 48 of 255 levels.
    private static let largestDifference = 48.0 / 255
    /// Of fewer pixels there is no mean to speak of: four saturated colors whose chroma is halved
    /// differ by 57 levels.
    private static let fewPixels = 64
    private static let largestDifferenceOfFew = 128.0 / 255

    /// What was found in a strip.
    struct Strip {
        let rows: Range<Int>
        /// The channel that differs most.
        let channel: Int
        /// By how much, as a part of the range.
        let difference: Double
        /// How much it may.
        let allowed: Double
    }

    private let width: Int
    private let layout: PixelLayout
    /// Of each square and channel, the sum of differences.
    private var sums: [Double]
    /// Of each channel, the squares of the differences of means, times the pixels.
    private var squares: [Double]
    private var pixelCount = 0
    private var stripStart = 0
    private var squareStart = 0
    private var rowCount = 0
    /// The largest sample of the strip where reals may exceed 1.
    private var peak = 1.0

    init(width: Int, layout: PixelLayout) {
        self.width = width
        self.layout = layout
        let squareCount = (width + Self.side - 1) / Self.side
        sums = [Double](repeating: 0, count: squareCount * layout.channelCount)
        squares = [Double](repeating: 0, count: layout.channelCount)
    }

    /// Adds rows of both pictures; returns the worst strip of those that are complete.
    mutating func add(_ expected: PixelBand, _ found: PixelBand) -> Strip? {
        var worst: Strip?
        for row in 0..<expected.rowCount {
            unsafe expected.withFilledBytes { a in
                unsafe found.withFilledBytes { b in
                    let bytes = row * expected.bytesPerRow..<(row + 1) * expected.bytesPerRow
                    unsafe addRow(
                        UnsafeRawBufferPointer(rebasing: a[bytes]),
                        UnsafeRawBufferPointer(rebasing: b[bytes]))
                }
            }
            rowCount += 1
            if rowCount % Self.side == 0 { closeSquares() }
            if rowCount % (Self.side * Self.squaresPerStrip) == 0 {
                let strip = closeStrip()
                if strip.difference > worst?.difference ?? -1 { worst = strip }
            }
        }
        return worst
    }

    /// The strip that is not complete, if there is one.
    mutating func finish() -> Strip? {
        guard rowCount > stripStart else { return nil }
        closeSquares()
        return closeStrip()
    }

    private mutating func addRow(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) {
        switch layout.sample {
        case .uint8:
            unsafe addSamples(a.samples(as: UInt8.self), b.samples(as: UInt8.self)) {
                Double($0) / 255
            }
        case .uint16:
            unsafe addSamples(a.samples(as: UInt16.self), b.samples(as: UInt16.self)) {
                Double($0) / 65_535
            }
        case .float32:
            unsafe a.samples(as: Float.self).forEach {
                if $0.isFinite { peak = max(peak, Double(abs($0))) }
            }
            unsafe addSamples(a.samples(as: Float.self), b.samples(as: Float.self)) {
                $0.isFinite ? Double($0) : 0
            }
        }
    }

    /// Color counts as much as it is seen: what is transparent may have any.
    @inline(__always)
    private mutating func addSamples<Sample>(
        _ a: UnsafeBufferPointer<Sample>, _ b: UnsafeBufferPointer<Sample>,
        value: (Sample) -> Double
    ) {
        let (channels, colors) = (layout.channelCount, layout.model.channelCount)
        let isWeighted = layout.alpha == .straight
        unsafe sums.withUnsafeMutableBufferPointer { sums in
            for x in 0..<width {
                let (pixel, square) = (x * channels, x / Self.side * channels)
                let alphaA = isWeighted ? unsafe value(a[pixel + colors]) : 1
                let alphaB = isWeighted ? unsafe value(b[pixel + colors]) : 1
                for channel in 0..<colors {
                    let difference =
                        unsafe value(a[pixel + channel]) * alphaA
                        - value(b[pixel + channel]) * alphaB
                    unsafe sums[square + channel] += difference
                }
                if channels > colors {
                    unsafe sums[square + colors] += value(a[pixel + colors])
                    unsafe sums[square + colors] -= value(b[pixel + colors])
                }
            }
        }
    }

    private mutating func closeSquares() {
        let (channels, height) = (layout.channelCount, rowCount - squareStart)
        guard height > 0 else { return }
        for index in sums.indices {
            let left = index / channels * Self.side
            let area = Double(height * (min(width, left + Self.side) - left))
            squares[index % channels] += sums[index] * sums[index] / area
            sums[index] = 0
        }
        pixelCount += height * width
        squareStart = rowCount
    }

    private mutating func closeStrip() -> Strip {
        let worst = squares.indices.max { squares[$0] < squares[$1] } ?? 0
        let difference = (squares[worst] / Double(pixelCount)).squareRoot() / peak
        let strip = Strip(
            rows: stripStart..<rowCount, channel: worst, difference: difference,
            allowed: pixelCount < Self.fewPixels
                ? Self.largestDifferenceOfFew : Self.largestDifference)
        for channel in squares.indices { squares[channel] = 0 }
        (pixelCount, stripStart, peak) = (0, rowCount, 1)
        return strip
    }
}

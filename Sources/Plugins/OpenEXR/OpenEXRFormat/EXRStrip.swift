internal import FormatKit

/// The samples of a row of chunks.
struct EXRStrip {
    /// The number of the strip, if it has been decoded.
    var number: Int?
    /// Pixels next to each other, or one channel after the other where chroma is subsampled.
    var samples: [Float]
    /// Where the samples of each channel begin, how far they lie apart, and how far their rows.
    let places: [(start: Int, stride: Int, rowStride: Int)]

    /// Creates a strip with room for some rows; all samples are 0.
    init(_ page: EXRPage, _ colors: EXRColors) {
        let (width, count) = (page.window.size.width, colors.channels.count)
        let rowCount = page.rowsPerStrip
        guard colors.isSubsampled else {
            places = (0..<count).map { ($0, count, width * count) }
            samples = [Float](repeating: 0, count: rowCount * width * count)
            return
        }
        var places: [(start: Int, stride: Int, rowStride: Int)] = []
        var end = 0
        for number in 0..<count {
            let step = number == 1 || number == 2 ? 2 : 1
            places.append((end, 1, width / step))
            end += width / step * rowCount.dividedRoundingUp(by: step)
        }
        self.places = places
        samples = [Float](repeating: 0, count: end)
    }

    /// The bytes of a strip.
    static func byteCount(_ page: EXRPage, _ colors: EXRColors) -> Int {
        ImageSize(width: page.window.size.width, height: page.rowsPerStrip)
            .byteCount(perPixel: 4 * colors.channels.count)
    }

    /// Makes all samples 0.
    mutating func clear() {
        for index in samples.indices { samples[index] = 0 }
    }
}

/// Makes colors of luminance and chroma: RY is (R - Y) / Y, and BY likewise.
struct EXRChroma {
    /// What red, green and blue have in luminance.
    let weights: (red: Double, green: Double, blue: Double)

    /// Follows from the primaries: with equal signals they are white.
    init(_ colors: Chromaticities) {
        func row(_ point: Chromaticity) -> (Double, Double, Double) {
            (point.x / point.y, 1, (1 - point.x - point.y) / point.y)
        }
        let (red, green, blue) = (row(colors.red), row(colors.green), row(colors.blue))
        let white = row(colors.white)
        func determinant(
            _ a: (Double, Double, Double), _ b: (Double, Double, Double),
            _ c: (Double, Double, Double)
        ) -> Double {
            a.0 * (b.1 * c.2 - b.2 * c.1) - b.0 * (a.1 * c.2 - a.2 * c.1)
                + c.0 * (a.1 * b.2 - a.2 * b.1)
        }
        let all = determinant(red, green, blue)
        let weights = [
            determinant(white, green, blue) / all, determinant(red, white, blue) / all,
            determinant(red, green, white) / all,
        ]
        guard weights.allSatisfy({ $0.isFinite && $0 > 0 }) else {
            self.weights = (0.2126, 0.7152, 0.0722)
            return
        }
        self.weights = (weights[0], weights[1], weights[2])
    }

    /// The color of a luminance and a chroma.
    func color(_ luminance: Float, _ red: Float, _ blue: Float) -> (Float, Float, Float) {
        let y = Double(luminance)
        let (r, b) = ((Double(red) + 1) * y, (Double(blue) + 1) * y)
        let g = (y - weights.red * r - weights.blue * b) / weights.green
        return (Float(r), Float(g), Float(b))
    }
}

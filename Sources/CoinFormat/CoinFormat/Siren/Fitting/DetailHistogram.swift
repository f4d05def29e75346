/// How much detail a tile has: its Haar coefficients, counted by their energy.
///
/// A network of n parameters comes about as close to a photograph as its n largest Haar
/// coefficients do, a coefficient being that of all channels together: within half a decibel over
/// 24 photographs and networks of four sizes (`docs/notes/tiles.md`). So these counts tell, without
/// a fit, what a tile gains from a larger network.
struct DetailHistogram {
    /// Eight bins for each power of two of the energy.
    private static let binsPerOctave: UInt32 = 8
    /// Energies below 2^−18 do not count: a step of 8 bits is 2^−16.
    private static let lowestExponent = -18
    private static let highestExponent = 24

    /// The number of bins, and thus the highest level.
    static let binCount = (highestExponent - lowestExponent) * Int(binsPerOctave)

    /// For each level, the coefficients whose energies reach it; falls from level to level.
    private let countsAtLeast: [UInt32]

    /// Counts the coefficients of `height` rows of `width` pixels with interleaved channels.
    ///
    /// Where `hasAlpha`, the last channel scales the others, as it scales their error.
    init(values: [Float], width: Int, height: Int, channelCount: Int, hasAlpha: Bool) {
        var plane = HaarPlane(
            values: values, width: width, height: height, channelCount: channelCount)
        if hasAlpha { plane.multiplyByLastChannel() }
        var counts = [UInt32](repeating: 0, count: Self.binCount + 1)
        while plane.halve(visit: { energy in
            if let bin = Self.bin(energy) { counts[bin] += 1 }
        }) {}
        for bin in counts.indices.dropLast().reversed() { counts[bin] += counts[bin + 1] }
        countsAtLeast = counts
    }

    /// The number of coefficients at `level` or above, 0…``binCount``; between whole levels,
    /// between their numbers.
    func count(from level: Double) -> Double {
        let bin = min(max(Int(level), 0), Self.binCount - 1)
        let part = min(max(level - Double(bin), 0), 1)
        let (lower, upper) = (Double(countsAtLeast[bin]), Double(countsAtLeast[bin + 1]))
        return lower + (upper - lower) * part
    }

    /// The bin of an energy, or `nil` if it is too low to count.
    private static func bin(_ energy: Float) -> Int? {
        let lowest = Float(sign: .plus, exponent: lowestExponent, significand: 1)
        guard energy >= lowest else { return nil }
        // Exponent and the first three bits of the significand.
        let shift = UInt32(Float.significandBitCount) - 3
        let index = Int((energy.bitPattern >> shift) - (lowest.bitPattern >> shift))
        return min(index, binCount - 1)
    }
}

/// A picture on its way through the Haar transform.
private struct HaarPlane {
    private var values: [Float]
    private var width: Int
    private var height: Int
    private let channelCount: Int

    init(values: [Float], width: Int, height: Int, channelCount: Int) {
        precondition(values.count == width * height * channelCount)
        self.values = values
        self.width = width
        self.height = height
        self.channelCount = channelCount
    }

    mutating func multiplyByLastChannel() {
        for pixel in stride(from: 0, to: values.count, by: channelCount) {
            let alpha = values[pixel + channelCount - 1]
            for channel in pixel..<pixel + channelCount - 1 { values[channel] *= alpha }
        }
    }

    /// Replaces squares of four pixels by their sums over two and passes on the energies of their
    /// three differences, which keeps the transform orthonormal.
    ///
    /// A last odd row or column is left out: it counts too little to matter.
    ///
    /// - Returns: Whether there was a square.
    mutating func halve(visit: (Float) -> Void) -> Bool {
        let (columns, rows) = (width / 2, height / 2)
        guard columns > 0, rows > 0 else { return false }
        let stride = width * channelCount
        for row in 0..<rows {
            for column in 0..<columns {
                let from = 2 * row * stride + 2 * column * channelCount
                let to = (row * columns + column) * channelCount
                var (horizontal, vertical, diagonal) = (Float(0), Float(0), Float(0))
                for channel in 0..<channelCount {
                    let a = values[from + channel]
                    let b = values[from + channelCount + channel]
                    let c = values[from + stride + channel]
                    let d = values[from + stride + channelCount + channel]
                    let (x, y, z) = ((a - b + c - d) / 2, (a + b - c - d) / 2, (a - b - c + d) / 2)
                    horizontal += x * x
                    vertical += y * y
                    diagonal += z * z
                    // Never behind what has been read: the squares shrink towards the front.
                    values[to + channel] = (a + b + c + d) / 2
                }
                visit(horizontal)
                visit(vertical)
                visit(diagonal)
            }
        }
        (width, height) = (columns, rows)
        return true
    }
}

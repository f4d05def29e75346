/// Rounding that depends on the place of a pixel, so that areas keep their mean.
///
/// The thresholds are Bayer's 8 × 8 matrix: the bits of x XOR y and of y, interleaved in reverse.
/// Values that need no rounding stay as they are.
struct OrderedDither {
    let width: Int
    let firstRow: Int

    /// The number of steps between two whole numbers.
    static let stepCount = 128

    /// What to add before rounding down, in steps: 1, 3, … 127.
    @inline(__always)
    func threshold(_ pixel: Int) -> Int {
        let (row, column) = pixel.quotientAndRemainder(dividingBy: width)
        let (x, y) = (column, row + firstRow)
        return Self.matrix[(y & 7) << 3 | x & 7]
    }

    private static let matrix: [Int] = (0..<64).map { place in
        let (y, x) = (place >> 3, place & 7)
        let rank = (0..<3).reduce(0) { rank, bit in
            rank | ((x ^ y) >> bit & 1) << (5 - 2 * bit) | (y >> bit & 1) << (4 - 2 * bit)
        }
        return 2 * rank + 1
    }
}

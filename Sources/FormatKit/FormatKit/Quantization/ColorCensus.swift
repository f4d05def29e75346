/// How often the colors of a picture occur: each by itself while they are few, and in cells of
/// 4 × 4 × 4 colors.
///
/// It takes 10 MiB, whatever the picture.
package struct ColorCensus: Sendable {
    /// The number of different colors.
    package private(set) var colorCount = 0
    /// The first colors, at most 256, in the order in which they came.
    private var firstColors: [PackedColor] = []
    /// A bit for each color that has come.
    private var seen: [UInt64]
    /// Of each cell: pixels, and the sums of their red, green and blue.
    private var cells: [Int]
    private var last = PackedColor.none

    /// What a census takes, in bytes.
    package static let byteCount = cellCount * 4 * MemoryLayout<Int>.size + (1 << 24) / 8

    /// Six bits of each channel.
    private static let cellCount = 1 << 18

    /// Creates a census without a pixel.
    package init() {
        seen = [UInt64](repeating: 0, count: (1 << 24) / 64)
        cells = [Int](repeating: 0, count: 4 * Self.cellCount)
    }

    /// Counts pixels; those without a color do not count.
    package mutating func add(_ pixels: some Sequence<PackedColor>) {
        for pixel in pixels where pixel.isVisible {
            if pixel != last { note(pixel) }
            let (red, green, blue) = (pixel.red, pixel.green, pixel.blue)
            let cell = ((red >> 2) << 12 | (green >> 2) << 6 | blue >> 2) * 4
            cells[cell] &+= 1
            cells[cell + 1] &+= red
            cells[cell + 2] &+= green
            cells[cell + 3] &+= blue
        }
    }

    private mutating func note(_ pixel: PackedColor) {
        last = pixel
        let (word, bit) = (pixel.code >> 6, UInt64(1) << UInt64(pixel.code & 63))
        guard seen[word] & bit == 0 else { return }
        seen[word] |= bit
        colorCount += 1
        if colorCount <= 256 { firstColors.append(pixel) }
    }

    /// The colors in rising order, or `nil` if there are more than `limit`.
    ///
    /// - Precondition: `limit` is at most 256.
    package func colors(limit: Int) -> [PackedColor]? {
        precondition(limit <= 256)
        return colorCount <= limit ? firstColors.sorted() : nil
    }

    /// The mean color and the number of pixels of each cell that has any, in a fixed order.
    var means: [WeightedColor] {
        stride(from: 0, to: cells.count, by: 4).compactMap { cell in
            guard cells[cell] > 0 else { return nil }
            let weight = Double(cells[cell])
            return WeightedColor(
                red: Double(cells[cell + 1]) / weight, green: Double(cells[cell + 2]) / weight,
                blue: Double(cells[cell + 3]) / weight, weight: weight)
        }
    }
}

/// A color that stands for several pixels.
struct WeightedColor {
    var red: Double
    var green: Double
    var blue: Double
    var weight: Double
}

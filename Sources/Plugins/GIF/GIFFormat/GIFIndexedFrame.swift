internal import FormatKit

/// A frame as it will be stored: what differs from the one before it, in few colors.
struct GIFIndexedFrame {
    /// The colors.
    private(set) var palette: [PackedColor]
    /// The index of what is not drawn, if there is such a pixel.
    private(set) var hole: UInt8?
    /// Of all pixels of the canvas.
    private(set) var indices: [UInt8]
    /// The part of the canvas that is drawn.
    let area: PixelRegion
    /// The number of colors that there were.
    let colorCount: Int
    /// Whether every pixel has its own color.
    let isExact: Bool

    /// Chooses the colors of a frame.
    ///
    /// - Parameters:
    ///   - pixels: All pixels of the canvas.
    ///   - base: What is seen before the frame, or `nil` if that is nothing.
    ///   - size: The size of the canvas.
    ///   - options: How many colors, and whether errors are spread.
    init(
        _ pixels: [PackedColor], over base: [PackedColor]?, size: ImageSize,
        options: GIFWriteOptions
    ) {
        var drawn = pixels
        if let base {
            for index in drawn.indices where base[index] == pixels[index] { drawn[index] = .none }
        }
        var census = ColorCensus()
        census.add(drawn)
        var hasHole = drawn.contains { !$0.isVisible }
        if hasHole, base != nil, census.colorCount == options.colorCount {
            // There may be room for all colors if nothing is left out.
            var whole = ColorCensus()
            whole.add(pixels)
            if whole.colorCount == options.colorCount, pixels.allSatisfy(\.isVisible) {
                (drawn, census, hasHole) = (pixels, whole, false)
            }
        }
        let limit = options.colorCount - (hasHole ? 1 : 0)
        colorCount = census.colorCount
        isExact = colorCount <= limit
        palette = PaletteChoice.palette(
            of: census, count: limit, refinements: options.refinements)
        let hole = UInt8(truncatingIfNeeded: palette.count)
        self.hole = hasHole ? hole : nil
        area = Self.area(of: drawn, size)
        var mapper = PaletteMapper(
            palette, width: size.width, hole: hole, isDithered: options.isDithered && !isExact)
        indices = []
        indices.reserveCapacity(size.pixelCount)
        for start in stride(from: 0, to: drawn.count, by: size.width) {
            indices += mapper.indices(of: drawn[start..<start + size.width])
        }
    }

    /// The smallest part that has all pixels that are drawn, or one pixel if there are none.
    private static func area(of drawn: [PackedColor], _ size: ImageSize) -> PixelRegion {
        var (left, right, top, bottom) = (size.width, 0, size.height, 0)
        for row in 0..<size.height {
            let pixels = drawn[row * size.width..<(row + 1) * size.width]
            guard let first = pixels.firstIndex(where: \.isVisible),
                let last = pixels.lastIndex(where: \.isVisible)
            else { continue }
            left = min(left, first - pixels.startIndex)
            right = max(right, last - pixels.startIndex + 1)
            (top, bottom) = (min(top, row), row + 1)
        }
        guard top < bottom else { return PixelRegion(columns: 0..<1, rows: 0..<1) }
        return PixelRegion(columns: left..<right, rows: top..<bottom)
    }

    /// Takes the colors of another frame instead, if they have all of this one, and an index to
    /// spare if one is needed.
    mutating func adopt(_ other: [PackedColor]) -> Bool {
        if palette == other, hole == nil { return true }
        var places = [UInt8](repeating: 0, count: 256)
        var free = Set(0..<GIFStream.tableCount(other.count))
        for (index, color) in palette.enumerated() {
            guard let place = other.firstIndex(of: color) else { return false }
            places[index] = UInt8(place)
            free.remove(place)
        }
        if let hole {
            guard let place = free.max() else { return false }
            places[Int(hole)] = UInt8(place)
            self.hole = UInt8(place)
        }
        indices = indices.map { places[Int($0)] }
        palette = other
        return true
    }
}

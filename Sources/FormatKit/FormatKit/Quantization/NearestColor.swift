/// Finds the color of a palette that is nearest to another: exactly, by the squared distance in
/// red, green and blue; of several that are as near, the first.
package struct NearestColor: Sendable {
    private let red: [Int]
    private let green: [Int]
    private let blue: [Int]
    /// Of each cell of 16 × 16 × 16 colors, the entries that can be nearest to any of them; empty
    /// until it is asked for.
    private var candidates = [[UInt8]](repeating: [], count: 1 << 12)

    /// Prepares a search.
    ///
    /// - Precondition: There are from 1 to 256 colors.
    package init(_ palette: [PackedColor]) {
        precondition((1...256).contains(palette.count))
        red = palette.map(\.red)
        green = palette.map(\.green)
        blue = palette.map(\.blue)
    }

    /// The index of the nearest color.
    ///
    /// - Precondition: The channels are from 0 to 255.
    package mutating func index(red: Int, green: Int, blue: Int) -> Int {
        let cell = (red >> 4) << 8 | (green >> 4) << 4 | blue >> 4
        if candidates[cell].isEmpty { candidates[cell] = entries(near: cell) }
        var (best, least) = (0, Int.max)
        for candidate in candidates[cell] {
            let entry = Int(candidate)
            let (r, g, b) = (
                self.red[entry] - red, self.green[entry] - green, self.blue[entry] - blue
            )
            let distance = r * r + g * g + b * b
            if distance < least { (best, least) = (entry, distance) }
        }
        return best
    }

    /// The entries that are not farther from the nearest point of a cell than another is from its
    /// farthest.
    private func entries(near cell: Int) -> [UInt8] {
        let corner = ((cell >> 8) << 4, (cell >> 4 & 15) << 4, (cell & 15) << 4)
        var least: [Int] = []
        var bound = Int.max
        least.reserveCapacity(red.count)
        for entry in red.indices {
            let r = Self.distances(red[entry], corner.0)
            let g = Self.distances(green[entry], corner.1)
            let b = Self.distances(blue[entry], corner.2)
            least.append(r.least + g.least + b.least)
            bound = min(bound, r.most + g.most + b.most)
        }
        return least.indices.filter { least[$0] <= bound }.map { UInt8($0) }
    }

    /// The squared distances of a value from the nearest and the farthest of 16 that begin at
    /// `start`.
    private static func distances(_ value: Int, _ start: Int) -> (least: Int, most: Int) {
        let (below, above) = (start - value, value - (start + 15))
        let least = max(0, below, above)
        let most = max(abs(below), abs(above))
        return (least * least, most * most)
    }
}

internal import BenchmarkData
internal import FormatKit
internal import Foundation

/// The tiles of a `.coin` file, as `convert info` tells.
struct TileGrid {
    let columns: Int
    let rows: Int
    let overlap: Int

    init(ofFileAt path: String) throws {
        struct Report: Decodable {
            struct Details: Decodable {
                let tiles: String
                let tile_overlap: Int
            }
            let details: Details
        }
        let json = try Command.convert(["info", "--json", path]).output()
        let details = try JSONDecoder().decode(Report.self, from: Data(json.utf8)).details
        let counts = details.tiles.split(separator: "x").compactMap { Int($0) }
        guard counts.count == 2 else { throw BenchmarkError("info says tiles \(details.tiles)") }
        (columns, rows, overlap) = (counts[0], counts[1], details.tile_overlap)
    }
}

/// How much more the error of a decoded picture changes from pixel to pixel across the borders
/// of tiles than inside tiles; 1 means that nothing tells where the borders are.
///
/// Inside is next to the strip of twice the overlap in which two tiles are blended.
struct Seams {
    /// At the borders themselves; not a number where there are none.
    let atBorder: Double
    /// At that distance from the borders, in the strip, where it is largest.
    let worst: Double

    private static let insideWidth = 16

    /// Some photographs have a narrow frame: so far, a mosaic's cell differs from its own picture.
    private static let frameWidth = 8

    /// Measures the borders between tiles; the picture's own edges, those of a mosaic's cells, do
    /// not count.
    init(original: Image, decoded: Image, grid: TileGrid, cell: ImageSize?) {
        let size = original.header.size
        self.init(
            original: original, decoded: decoded,
            columns: (1..<max(1, grid.columns)).map { $0 * size.width / grid.columns },
            rows: (1..<max(1, grid.rows)).map { $0 * size.height / grid.rows },
            reach: grid.overlap, cell: cell)
    }

    /// Measures borders left of some columns and above some rows, whose strip reaches some pixels
    /// to each side.
    init(
        original: Image, decoded: Image, columns: [Int], rows: [Int], reach: Int, cell: ImageSize?
    ) {
        let size = original.header.size
        let steps = ErrorSteps(original: original, decoded: decoded)
        func isNearEdge(_ position: Int, ofCells length: Int?) -> Bool {
            guard let length else { return false }
            return (position + Self.frameWidth) % length <= 2 * Self.frameWidth
        }
        func positions(_ borders: [Int], _ length: Int, _ cell: Int?, _ distance: Int) -> [Int] {
            borders.map { $0 + distance }
                .filter { $0 > 0 && $0 < length && !isNearEdge($0, ofCells: cell) }
        }
        let end = reach + Self.insideWidth
        // For each distance from a border, the mean step across all borders.
        let profile = (-end...end).map { distance in
            let columns = positions(columns, size.width, cell?.width, distance)
            let rows = positions(rows, size.height, cell?.height, distance)
            return (columns.map(steps.mean(acrossColumn:)) + rows.map(steps.mean(acrossRow:))).mean
        }
        let inside = (profile.prefix(Self.insideWidth) + profile.suffix(Self.insideWidth))
            .filter { !$0.isNaN }.mean
        let strip = profile.dropFirst(Self.insideWidth).dropLast(Self.insideWidth)
        atBorder = profile[end] / inside
        worst = (strip.max() ?? .nan) / inside
    }
}

/// The error of a decoded picture, and how it changes from pixel to pixel.
private struct ErrorSteps {
    let original: Image
    let decoded: Image

    private var size: ImageSize { original.header.size }

    init(original: Image, decoded: Image) {
        precondition(original.header.size == decoded.header.size)
        precondition(original.header.layout == decoded.header.layout)
        self.original = original
        self.decoded = decoded
    }

    /// The mean absolute step of the error between a column and the one before.
    func mean(acrossColumn x: Int) -> Double {
        mean(
            (0..<size.height).map {
                (original.offset(x: x - 1, y: $0), original.offset(x: x, y: $0))
            })
    }

    /// The mean absolute step of the error between a row and the one above.
    func mean(acrossRow y: Int) -> Double {
        mean(
            (0..<size.width).map {
                (original.offset(x: $0, y: y - 1), original.offset(x: $0, y: y))
            })
    }

    private func mean(_ pairs: [(Int, Int)]) -> Double {
        var sum = 0
        for (first, second) in pairs {
            for channel in 0..<3 { sum += abs(error(second + channel) - error(first + channel)) }
        }
        return Double(sum) / Double(3 * pairs.count)
    }

    private func error(_ offset: Int) -> Int {
        Int(decoded.bytes[offset]) - Int(original.bytes[offset])
    }
}

internal import FormatKit

/// The density of pixels as JFIF says it.
///
/// | offset | size | field |
/// | --- | --- | --- |
/// | 0 | 5 | `JFIF`, 0 |
/// | 5 | 2 | version |
/// | 7 | 1 | unit: 0 none, 1 an inch, 2 a centimeter |
/// | 8 | 2 | pixels along a row |
/// | 10 | 2 | pixels along a column |
struct JFIFDensity: Equatable {
    let unit: UInt8
    let horizontal: UInt16
    let vertical: UInt16

    static let prefix = Array("JFIF\0".utf8)

    init?(parsing content: [UInt8]) {
        guard content.starts(with: Self.prefix), content.count >= 12,
            let x = content.bigEndian(at: 8, count: 2), let y = content.bigEndian(at: 10, count: 2)
        else { return nil }
        unit = content[7]
        horizontal = UInt16(x)
        vertical = UInt16(y)
    }

    /// The content of the segment that says a density, or that there is none, and nothing else.
    static func content(of density: JFIFDensity?) -> [UInt8] {
        let version: [UInt8] = [1, 1]
        let (horizontal, vertical) = (density?.horizontal ?? 1, density?.vertical ?? 1)
        return prefix + version + [density?.unit ?? 0] + horizontal.bigEndianBytes
            + vertical.bigEndianBytes + [0, 0]
    }

    /// The density; `nil` if it says nothing.
    var resolution: Resolution? {
        guard horizontal > 0, vertical > 0, unit != 0 || horizontal != vertical else { return nil }
        let units: [UInt8: Resolution.Unit] = [0: .none, 1: .inch, 2: .centimeter]
        return units[unit].map {
            Resolution(
                horizontal: Double(horizontal), vertical: Double(vertical), unit: $0)
        }
    }

    /// The density in whole numbers, in the unit in which they are nearest; `nil` if they do not
    /// fit into 16 bits.
    init?(_ resolution: Resolution) {
        let (x, y) = (resolution.horizontal, resolution.vertical)
        let candidates: [(unit: UInt8, x: Double, y: Double)] =
            switch resolution.unit {
            case .none: [(0, x, y), (0, x * 100, y * 100)]
            case .inch: [(1, x, y), (2, x / 2.54, y / 2.54)]
            case .centimeter: [(2, x, y), (1, x * 2.54, y * 2.54)]
            }
        let range = 1.0...65_535.0
        let fitting = candidates.filter {
            range.contains($0.x.rounded()) && range.contains($0.y.rounded())
        }
        func error(_ value: Double) -> Double { abs(value.rounded() - value) / value }
        // The first of two that are equally near.
        let best = fitting.min { error($0.x) + error($0.y) < error($1.x) + error($1.y) }
        guard let best else { return nil }
        (unit, horizontal, vertical) = (
            best.unit, UInt16(best.x.rounded()), UInt16(best.y.rounded())
        )
    }
}

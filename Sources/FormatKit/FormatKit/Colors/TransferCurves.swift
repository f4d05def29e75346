/// What light samples stand for, where that is no power: by a table for all color channels, or by one
/// for each.
public struct TransferCurves: Sendable, Hashable {
    /// The light from 0 to 65535 at equal steps of samples from 0 to the highest; one table, or three.
    ///
    /// Each has two values or more, and as many as the others; none is less than the one before, and
    /// the last is more than the first.
    public let tables: [[UInt16]]

    /// Takes tables, or returns `nil` if they are not what ``tables`` says.
    package init?(_ tables: [[UInt16]]) {
        guard [1, 3].contains(tables.count), tables.allSatisfy(Self.isRising),
            Set(tables.map(\.count)).count == 1
        else { return nil }
        self.tables = tables
    }

    private static func isRising(_ table: [UInt16]) -> Bool {
        guard let first = table.first, let last = table.last, last > first else { return false }
        return zip(table, table.dropFirst()).allSatisfy { $0 <= $1 }
    }

    /// The tables with so many values at most, which are got by straight lines between.
    package func resampled(to count: Int) -> [[UInt16]] {
        precondition(count >= 2)
        return tables.map { table in
            guard table.count > count else { return table }
            return (0..<count).map { index in
                let place = Double(index) * Double(table.count - 1) / Double(count - 1)
                let start = min(Int(place), table.count - 2)
                let (low, high) = (Double(table[start]), Double(table[start + 1]))
                return UInt16((low + (place - Double(start)) * (high - low)).rounded())
            }
        }
    }
}

extension ColorCodePoints {
    /// What the range of light is called that goes beyond the white of paper, of the transfer
    /// functions that are made for it.
    package var dynamicRangeName: String? {
        switch transfer {
        case 16: "PQ"
        case 18: "HLG"
        default: nil
        }
    }

    /// The light of a transfer function for a high dynamic range, relative to the brightest that it can
    /// say, at so many equal steps of samples; `nil` for other functions.
    ///
    /// Of PQ that is the light of the display, of which 1 are 10 000 cd/m²; of HLG that of the scene,
    /// which a display of 334 cd/m² shows as it is.
    package func dynamicRangeCurve(count: Int) -> TransferCurves? {
        precondition(count >= 2)
        let curve: LightCurve
        switch transfer {
        case 16: curve = .pq
        case 18: curve = .hlg
        default: return nil
        }
        return TransferCurves([
            (0..<count).map { index in
                let light = curve.light(ofReal: Double(index) / Double(count - 1))
                return UInt16((min(max(light, 0), 1) * 65_535).rounded())
            }
        ])
    }
}

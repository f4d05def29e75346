import CoinKernels
import Foundation
import Testing

@Suite struct LatentTablesTests {
    @Test func `the constants are those of the formulas`() {
        for scale in 0..<LatentTables.scaleCount {
            let b = exp(Double(scale - 48) / 16)
            let (ratio, radius) = LatentTables.constants(scale: scale)
            #expect(ratio == Int((0x1p30 * exp(-1 / (16 * b))).rounded()))
            #expect(radius == min(max(Int((8 * b).rounded(.up)), 1), 100))
        }
    }

    @Test func `the ranges are those of the formulas, and none is empty`() {
        for scale in 0..<LatentTables.scaleCount {
            let (ratio, radius) = LatentTables.constants(scale: scale)
            let total = 65_536 - (2 * radius + 3)
            var (w, table) = (1 << 30, [Int]())
            for _ in 0...16 * (radius + 1) {
                table.append((w * total) >> 31)
                w = (w * ratio + (1 << 29)) >> 30
            }
            for fraction in -8...7 {
                var last = 0
                for j in -radius...radius + 1 {
                    let t = 16 * j - 8 - fraction
                    let expected = (t < 0 ? table[-t] : total - table[t]) + j + radius + 1
                    let found = LatentTables.shared.boundary(
                        scale: scale, fraction: fraction, difference: j)
                    if found != expected || found <= last || found > 65_535 {
                        Issue.record("\(scale) \(fraction) \(j): \(found), expected \(expected)")
                    }
                    last = found
                }
            }
        }
    }

    @Test func `costs are logarithms, and those of a value are of its range`() {
        let tables = LatentTables.shared
        for scale in stride(from: 0, to: 128, by: 5) {
            let radius = LatentTables.constants(scale: scale).radius
            for value in [0, 1, -1, radius, -radius, radius + 1, -radius - 1, 400, -511, 3_000]
            where value.magnitude < 512 {
                let predictions = LatentPredictions(means: [0], scales: [UInt8(scale)])
                let sum = tables.cost(of: [Int16(value)].span, predictions)
                #expect(sum == tables.cost(value, scale: scale), "\(value) of \(scale)")
            }
            let start = tables.boundary(scale: scale, fraction: 0, difference: 0)
            let end = tables.boundary(scale: scale, fraction: 0, difference: 1)
            let bits = -log2(Double(end - start) / 65_536)
            #expect((Double(tables.cost(0, scale: scale)) / 65_536 - bits).magnitude <= 0x1p-17)
        }
    }
}

import CoinKernels
import TestSupport
import Testing

@testable import CoinFormat

@Suite struct MuonTests {
    private static func matrix(_ rows: Int, _ columns: Int, seed: UInt64) -> PaddedMatrix {
        var numbers = SplitMix64(seed: seed)
        var matrix = PaddedMatrix(rows: rows, columns: columns)
        let values = numbers.floats(rows * columns)
        for row in 0..<rows {
            for column in 0..<columns { matrix[row, column] = values[row * columns + column] }
        }
        return matrix
    }

    /// With singular values near 1 (times the scale), a vector keeps about its length whatever its
    /// direction.
    @Test(arguments: [(28, 29), (3, 29), (20, 3), (64, 65), (1, 2), (2, 65), (13, 8)])
    func `turns a gradient into a nearly orthogonal matrix`(rows: Int, columns: Int) {
        let seed: UInt64 = 0xC01
        var direction = Self.matrix(rows, columns, seed: seed)
        var muon = Muon(outputs: rows, columns: columns)
        muon.direct(&direction, step: 1, kernels: .best)
        let scale = Double(max(rows, columns)).squareRoot()
        var numbers = SplitMix64(seed: seed + 1)
        for _ in 0..<20 {
            // Vectors along the shorter side: there the matrix has its full rank.
            let probe = numbers.floats(min(rows, columns)).map(Double.init)
            var squares = 0.0
            for long in 0..<max(rows, columns) {
                let sum = probe.indices.reduce(0.0) { sum, short in
                    let element =
                        rows < columns ? direction[short, long] : direction[long, short]
                    return sum + Double(element) * probe[short]
                }
                squares += sum * sum
            }
            let length = probe.reduce(0) { $0 + $1 * $1 }.squareRoot()
            let gain = squares.squareRoot() / length / scale
            #expect((0.6...1.3).contains(gain), "\(gain), seed \(seed)")
        }
    }

    @Test func `remembers the gradients before`() {
        let (first, second) = (Self.matrix(5, 9, seed: 1), Self.matrix(5, 9, seed: 2))
        var (fresh, late) = (second, first)
        var (new, old) = (Muon(outputs: 5, columns: 9), Muon(outputs: 5, columns: 9))
        new.direct(&fresh, step: 1, kernels: .best)
        old.direct(&late, step: 1, kernels: .best)
        late = second
        old.direct(&late, step: 2, kernels: .best)
        // The direction after both is that of their weighted sum: 0.97 (0.97 a + b) + b.
        var sum = second
        for k in sum.values.indices {
            sum.values[k] = 0.97 * (0.97 * first.values[k] + second.values[k]) + second.values[k]
        }
        var reference = Muon(outputs: 5, columns: 9)
        reference.direct(&sum, step: 1, kernels: .best)
        let distance = { (a: PaddedMatrix, b: PaddedMatrix) in
            zip(a.values, b.values).map { ($0 - $1).magnitude }.max() ?? 0
        }
        #expect(distance(late, sum) < 1e-2)
        #expect(distance(late, fresh) > 0.1)
    }
}

import CoinKernels
import TestSupport
import Testing

@Suite struct OrthonormalizeTests {
    static let extents = [(1, 1), (2, 3), (3, 2), (5, 16), (17, 17), (28, 29), (64, 65), (96, 96)]

    static func orthonormalized(
        _ rows: [Float], _ shape: MatrixShape, by variant: KernelVariant
    ) -> [Float] {
        var rows = rows
        var span = rows.mutableSpan
        variant.orthonormalize(&span, shape)
        return rows
    }

    /// The dot product of two rows, in double precision.
    static func dot(_ rows: [Float], _ shape: MatrixShape, _ a: Int, _ b: Int) -> Double {
        (0..<shape.stride).reduce(0) {
            $0 + Double(rows[a * shape.stride + $1]) * Double(rows[b * shape.stride + $1])
        }
    }

    @Test(arguments: KernelVariant.vectorised, extents)
    func `matches the scalar variant bit for bit`(
        variant: KernelVariant, extents: (Int, Int)
    ) throws {
        guard variant.isSupported else { try Test.cancel("this CPU lacks \(variant)") }
        let shape = MatrixShape(rows: extents.0, columns: extents.1)
        let rows = MatrixTests.matrix(shape, seed: 21)
        #expect(
            Self.orthonormalized(rows, shape, by: variant).bits
                == Self.orthonormalized(rows, shape, by: .scalar).bits)
    }

    @Test(arguments: KernelVariant.supported, extents.filter { $0.0 <= $0.1 })
    func `gives orthonormal rows to 1e-6`(variant: KernelVariant, extents: (Int, Int)) {
        let shape = MatrixShape(rows: extents.0, columns: extents.1)
        let rows = Self.orthonormalized(
            MatrixTests.matrix(shape, seed: 22), shape, by: variant)
        for a in 0..<shape.rows {
            for b in 0...a {
                let error = Self.dot(rows, shape, a, b) - (a == b ? 1 : 0)
                #expect(error.magnitude < 1e-6, "rows \(a) and \(b)")
            }
        }
    }

    @Test(arguments: KernelVariant.supported)
    func `keeps the span of the first rows, and their order`(variant: KernelVariant) {
        let shape = MatrixShape(rows: 3, columns: 5)
        let rows = MatrixTests.matrix(shape, seed: 23)
        let basis = Self.orthonormalized(rows, shape, by: variant)
        let together = rows + basis
        for a in 0..<3 {
            // Row a is a sum of the first a + 1 rows of the basis: nothing of it is left over.
            let double = MatrixShape(rows: 6, columns: 5)
            let length = Self.dot(together, double, a, a)
            let parts = (0...a).map { Self.dot(together, double, a, 3 + $0) }
            #expect((parts.reduce(0) { $0 + $1 * $1 } - length).magnitude < 1e-5)
            #expect(parts[a] > 0)
        }
    }

    /// What a dependent row becomes is rounding error, but it harms no other row.
    @Test(arguments: KernelVariant.supported, [false, true])
    func `keeps the other rows where one depends on them`(
        variant: KernelVariant, isZero: Bool
    ) {
        let shape = MatrixShape(rows: 4, columns: 7)
        var rows = MatrixTests.matrix(shape, seed: 24)
        for k in 0..<shape.stride {
            rows[2 * shape.stride + k] = isZero ? 0 : 2 * rows[k] - rows[shape.stride + k]
        }
        let basis = Self.orthonormalized(rows, shape, by: variant)
        #expect(basis.allSatisfy { $0.isFinite })
        for (a, b) in [(0, 1), (0, 3), (1, 3)] {
            #expect(Self.dot(basis, shape, a, b).magnitude < 1e-6)
        }
        for a in [0, 1, 3] { #expect((Self.dot(basis, shape, a, a) - 1).magnitude < 1e-6) }
        let length = Self.dot(basis, shape, 2, 2)
        #expect(length == 0 || (!isZero && (length - 1).magnitude < 1e-6))
    }

    @Test(arguments: KernelVariant.supported)
    func `leaves the padding zero`(variant: KernelVariant) {
        let shape = MatrixShape(rows: 9, columns: 19)
        let rows = Self.orthonormalized(
            MatrixTests.matrix(shape, seed: 25), shape, by: variant)
        for k in rows.indices where k % shape.stride >= shape.columns { #expect(rows[k] == 0) }
    }
}

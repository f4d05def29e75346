import CoinKernels
import TestSupport
import Testing

@Suite struct MatrixTests {
    static let extents = [
        (1, 1, 1), (3, 5, 7), (16, 16, 16), (28, 29, 28), (64, 66, 64), (49, 96, 17),
    ]

    /// A random matrix with zeros as its padding.
    static func matrix(_ shape: MatrixShape, seed: UInt64) -> [Float] {
        var numbers = SplitMix64(seed: seed)
        return (0..<shape.count).map { k in
            k % shape.stride < shape.columns ? .random(in: -1...1, using: &numbers) : 0
        }
    }

    static func transpose(
        _ a: [Float], _ shape: MatrixShape, by variant: KernelVariant
    ) -> [Float] {
        var b = [Float](repeating: .nan, count: shape.transposed.count)
        var span = b.mutableSpan
        variant.transpose(into: &span, a.span, shape)
        return b
    }

    @Test(arguments: KernelVariant.allCases, extents)
    func `multiplies in index order, bit for bit`(
        variant: KernelVariant, extents: (Int, Int, Int)
    ) throws {
        guard variant.isSupported else { try Test.cancel("this CPU lacks \(variant)") }
        let aShape = MatrixShape(rows: extents.0, columns: extents.1)
        let bShape = MatrixShape(rows: extents.1, columns: extents.2)
        let a = Self.matrix(aShape, seed: 1)
        let b = Self.matrix(bShape, seed: 2)
        var expected = [Float](repeating: 0, count: aShape.rows * bShape.stride)
        for row in 0..<aShape.rows {
            for column in 0..<bShape.columns {
                var sum: Float = 0
                for k in 0..<aShape.columns {
                    sum.addProduct(a[row * aShape.stride + k], b[k * bShape.stride + column])
                }
                expected[row * bShape.stride + column] = sum
            }
        }
        var c = [Float](repeating: .nan, count: expected.count)
        var span = c.mutableSpan
        variant.multiply(into: &span, a.span, aShape, b.span, bShape)
        #expect(c == expected)
        let aTransposed = Self.transpose(a, aShape, by: variant)
        span = c.mutableSpan
        variant.multiply(
            into: &span, aTransposed.span, aShape.transposed, b.span, bShape,
            transposingFirst: true)
        #expect(c == expected)
    }

    @Test(arguments: KernelVariant.allCases, extents)
    func `transposes, and fills the padding with zeros`(
        variant: KernelVariant, extents: (Int, Int, Int)
    ) throws {
        guard variant.isSupported else { try Test.cancel("this CPU lacks \(variant)") }
        let shape = MatrixShape(rows: extents.0, columns: extents.1)
        let a = Self.matrix(shape, seed: 3)
        let b = Self.transpose(a, shape, by: variant)
        let stride = shape.transposed.stride
        for row in 0..<shape.columns {
            for column in 0..<stride {
                let expected = column < shape.rows ? a[column * shape.stride + row] : 0
                #expect(b[row * stride + column] == expected)
            }
        }
    }
}

internal import CoinKernels

/// Muon: steps along the orthogonal matrix nearest to the mean gradient.
///
/// Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks". The mean is
/// Nesterov's; a quintic Newton–Schulz iteration brings its singular values near 1 (to about
/// 0.7…1.2), so that all directions of a layer learn at the same pace. The result is scaled by the
/// root of the longer side, which makes its elements about 1 in size, whatever the shape.
struct Muon: LayerOptimizer {
    /// How much of the sum of gradients a step keeps.
    private static let decay: Float = 0.97
    /// The number of iterations; singular values from 1/1000 of the norm on arrive near 1.
    private static let iterationCount = 6
    /// The coefficients of x, x³ and x⁵, which maximize the growth of small singular values.
    private static let quintic: (Float, Float, Float) = (3.4445, -4.7750, 2.0315)

    private var momentum: PaddedMatrix
    /// The matrix of the iteration, whose rows are along the shorter side.
    private var x: PaddedMatrix
    private var transposed: PaddedMatrix
    private var gram: PaddedMatrix
    private var cubic: PaddedMatrix
    private var fifth: PaddedMatrix
    private let isTall: Bool

    init(outputs: Int, columns: Int) {
        isTall = outputs > columns
        let (short, long) = (min(outputs, columns), max(outputs, columns))
        momentum = PaddedMatrix(rows: outputs, columns: columns)
        x = PaddedMatrix(rows: short, columns: long)
        transposed = PaddedMatrix(rows: long, columns: short)
        gram = PaddedMatrix(rows: short, columns: short)
        cubic = x
        fifth = x
    }

    mutating func direct(
        _ gradient: inout PaddedMatrix, step number: Int, kernels: KernelVariant
    ) {
        var sum = gradient
        kernels.add(Self.decay, times: momentum, to: &sum)
        momentum = sum
        kernels.add(Self.decay, times: sum, to: &gradient)
        if isTall { kernels.transpose(gradient, into: &x) } else { swap(&x, &gradient) }
        normalize()
        for _ in 0..<Self.iterationCount { iterate(kernels) }
        let size = Float(x.shape.columns).squareRoot()
        for k in x.values.indices { x.values[k] *= size }
        if isTall { kernels.transpose(x, into: &gradient) } else { swap(&x, &gradient) }
    }

    /// Makes the Frobenius norm 1, and with it every singular value at most 1.
    private mutating func normalize() {
        let largest = x.values.reduce(0) { max($0, $1.magnitude) }
        guard largest > 0 else { return }
        // In two steps, since squares of tiny numbers underflow.
        var squares: Float = 0
        for k in x.values.indices {
            x.values[k] /= largest
            squares += x.values[k] * x.values[k]
        }
        let norm = squares.squareRoot()
        for k in x.values.indices { x.values[k] /= norm }
    }

    /// One step of the iteration: x ← a x + b (x xᵀ) x + c (x xᵀ)² x.
    private mutating func iterate(_ kernels: KernelVariant) {
        kernels.transpose(x, into: &transposed)
        kernels.multiply(x, transposed, into: &gram)
        kernels.multiply(gram, x, into: &cubic)
        kernels.multiply(gram, cubic, into: &fifth)
        for k in x.values.indices { x.values[k] *= Self.quintic.0 }
        kernels.add(Self.quintic.1, times: cubic, to: &x)
        kernels.add(Self.quintic.2, times: fifth, to: &x)
    }
}

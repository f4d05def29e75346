internal import CoinKernels

/// A matrix whose rows are padded with zeros to whole vectors, as the kernels want it.
struct PaddedMatrix: Sendable {
    let shape: MatrixShape
    /// Row by row, with the padding.
    var values: [Float]

    /// Creates a matrix of zeros.
    init(rows: Int, columns: Int) {
        shape = MatrixShape(rows: rows, columns: columns)
        values = [Float](repeating: 0, count: shape.count)
    }

    static func identity(_ count: Int) -> PaddedMatrix {
        var matrix = PaddedMatrix(rows: count, columns: count)
        for k in 0..<count { matrix[k, k] = 1 }
        return matrix
    }

    subscript(row: Int, column: Int) -> Float {
        get { values[row * shape.stride + column] }
        set { values[row * shape.stride + column] = newValue }
    }

    /// The root of the mean of all squares.
    var rootMeanSquare: Float {
        let sum = values.reduce(Float(0)) { $0 + $1 * $1 }
        return (sum / Float(shape.rows * shape.columns)).squareRoot()
    }

    /// The sum of the diagonal.
    var trace: Float { (0..<shape.rows).reduce(0) { $0 + self[$1, $1] } }
}

extension KernelVariant {
    func multiply(
        _ a: PaddedMatrix, _ b: PaddedMatrix, transposingFirst: Bool = false,
        into c: inout PaddedMatrix
    ) {
        var span = c.values.mutableSpan
        multiply(
            into: &span, a.values.span, a.shape, b.values.span, b.shape,
            transposingFirst: transposingFirst)
    }

    func transpose(_ a: PaddedMatrix, into b: inout PaddedMatrix) {
        var span = b.values.mutableSpan
        transpose(into: &span, a.values.span, a.shape)
    }

    func average(_ mean: inout PaddedMatrix, _ matrix: PaddedMatrix, decay: Float) {
        var span = mean.values.mutableSpan
        average(&span, matrix.values.span, decay: decay)
    }

    func add(_ factor: Float, times matrix: PaddedMatrix, to sum: inout PaddedMatrix) {
        var span = sum.values.mutableSpan
        add(factor, times: matrix.values.span, to: &span)
    }

    func orthonormalize(_ rows: inout PaddedMatrix) {
        let shape = rows.shape
        var span = rows.values.mutableSpan
        orthonormalize(&span, shape)
    }

    func adamStep(
        _ step: AdamStep, direction: inout PaddedMatrix, mean: inout PaddedMatrix,
        variance: inout PaddedMatrix, gradient: PaddedMatrix
    ) {
        var direction = direction.values.mutableSpan
        var mean = mean.values.mutableSpan
        var variance = variance.values.mutableSpan
        adamStep(
            step, direction: &direction, mean: &mean, variance: &variance,
            gradient: gradient.values.span)
    }
}

extension NetworkShape {
    /// Where a layer's weights and biases are in the parameters.
    func parameterRange(layer: Int) -> Range<Int> {
        weightRange(layer: layer).lowerBound..<biasRange(layer: layer).upperBound
    }

    /// The parameters with each layer's weights transposed.
    func transposed(_ parameters: [Float]) -> [Float] {
        var result = parameters
        var span = result.mutableSpan
        transpose(parameters: parameters.span, into: &span)
        return result
    }
}

internal import CCoinKernels

extension KernelVariant {
    /// Multiplies matrices: `c = a b` or `c = aᵀ b`, each element by a chain of fused
    /// multiply-adds in the order of the inner index.
    ///
    /// - Parameters:
    ///   - c: Overwritten; `[a.rows, b.columns]`, or `[a.columns, b.columns]` if transposing.
    ///     Its padding is that of `b`, multiplied: zeros stay zeros.
    ///   - a: The first factor.
    ///   - aShape: Its shape.
    ///   - b: The second factor.
    ///   - bShape: Its shape.
    ///   - transposingFirst: Whether to transpose `a`.
    /// - Precondition: the shapes fit each other and the spans, and `isSupported`.
    package func multiply(
        into c: inout MutableSpan<Float>,
        _ a: Span<Float>, _ aShape: MatrixShape,
        _ b: Span<Float>, _ bShape: MatrixShape, transposingFirst: Bool = false
    ) {
        let rows = transposingFirst ? aShape.columns : aShape.rows
        let inner = transposingFirst ? aShape.rows : aShape.columns
        precondition(isSupported && inner == bShape.rows)
        precondition(a.count == aShape.count && b.count == bShape.count)
        precondition(c.count == rows * bShape.stride)
        unsafe a.withUnsafeBufferPointer { a in
            unsafe b.withUnsafeBufferPointer { b in
                unsafe c.withUnsafeMutableBufferPointer { c in
                    unsafe coin_matrix_multiply(
                        code, c.baseAddress, a.baseAddress, b.baseAddress, rows, inner,
                        bShape.columns, aShape.stride, bShape.stride, bShape.stride,
                        transposingFirst ? 1 : 0)
                }
            }
        }
    }

    /// Transposes a matrix; the padding of `b` becomes zeros.
    ///
    /// - Parameters:
    ///   - b: Overwritten; of the shape `aShape.transposed`.
    ///   - a: The matrix.
    ///   - aShape: Its shape.
    /// - Precondition: the shapes fit the spans, and `isSupported`.
    package func transpose(
        into b: inout MutableSpan<Float>, _ a: Span<Float>, _ aShape: MatrixShape
    ) {
        let bShape = aShape.transposed
        precondition(isSupported && a.count == aShape.count && b.count == bShape.count)
        unsafe a.withUnsafeBufferPointer { a in
            unsafe b.withUnsafeMutableBufferPointer { b in
                unsafe coin_matrix_transpose(
                    code, b.baseAddress, a.baseAddress, aShape.rows, aShape.columns,
                    aShape.stride, bShape.stride)
            }
        }
    }
}

internal import CCoinKernels

extension KernelVariant {
    /// Moves a mean towards values: `mean = decay·(mean − value) + value`.
    ///
    /// - Precondition: as many means as values, a multiple of 16, and `isSupported`.
    package func average(
        _ mean: inout MutableSpan<Float>, _ values: Span<Float>, decay: Float
    ) {
        let count = mean.count
        precondition(isSupported && values.count == count && count % COIN_LANES == 0)
        unsafe mean.withUnsafeMutableBufferPointer { mean in
            unsafe values.withUnsafeBufferPointer { values in
                unsafe coin_average(code, mean.baseAddress, values.baseAddress, decay, count)
            }
        }
    }

    /// Adds multiples: `sum += factor·value`, fused.
    ///
    /// - Precondition: as many sums as values, a multiple of 16, and `isSupported`.
    package func add(
        _ factor: Float, times values: Span<Float>, to sum: inout MutableSpan<Float>
    ) {
        let count = sum.count
        precondition(isSupported && values.count == count && count % COIN_LANES == 0)
        unsafe sum.withUnsafeMutableBufferPointer { sum in
            unsafe values.withUnsafeBufferPointer { values in
                unsafe coin_add_scaled(code, sum.baseAddress, values.baseAddress, factor, count)
            }
        }
    }

    /// Updates Adam's means and writes the direction to step against.
    ///
    /// - Precondition: all arrays have the same length, a multiple of 16, and `isSupported`.
    package func adamStep(
        _ step: AdamStep, direction: inout MutableSpan<Float>, mean: inout MutableSpan<Float>,
        variance: inout MutableSpan<Float>, gradient: Span<Float>
    ) {
        let count = gradient.count
        precondition(isSupported && count % COIN_LANES == 0)
        precondition(direction.count == count && mean.count == count && variance.count == count)
        var adam = step.constants
        unsafe direction.withUnsafeMutableBufferPointer { direction in
            unsafe mean.withUnsafeMutableBufferPointer { mean in
                unsafe variance.withUnsafeMutableBufferPointer { variance in
                    unsafe gradient.withUnsafeBufferPointer { gradient in
                        unsafe coin_adam_step(
                            code, &adam, direction.baseAddress, mean.baseAddress,
                            variance.baseAddress, gradient.baseAddress, count)
                    }
                }
            }
        }
    }

    /// Makes the rows of a matrix orthonormal, in their order, by modified Gram–Schmidt.
    ///
    /// A row that depends on the earlier ones becomes zero, or what rounding has left of it,
    /// normalized; the others are orthonormal all the same.
    ///
    /// - Precondition: the shape fits the span, and `isSupported`.
    package func orthonormalize(_ rows: inout MutableSpan<Float>, _ shape: MatrixShape) {
        precondition(isSupported && rows.count == shape.count)
        unsafe rows.withUnsafeMutableBufferPointer { rows in
            unsafe coin_matrix_orthonormalize(code, rows.baseAddress, shape.rows, shape.stride)
        }
    }
}

/// The constants of one step of Adam (Kingma and Ba 2015, algorithm 1).
package struct AdamStep: Sendable {
    let constants: coin_adam

    /// Creates the constants of step `number`, which counts from 1.
    package init(
        number: Int, meanDecay: Float, varianceDecay: Float, epsilon: Float = 1e-8
    ) {
        constants = coin_adam(
            mean_decay: meanDecay, variance_decay: varianceDecay,
            mean_scale: 1 / (1 - Self.power(meanDecay, number)),
            variance_scale: 1 / (1 - Self.power(varianceDecay, number)), epsilon: epsilon)
    }

    /// `base` to a positive power by repeated squaring: the same on every machine.
    private static func power(_ base: Float, _ exponent: Int) -> Float {
        var (result, square, rest) = (Float(1), base, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result *= square }
            square *= square
            rest >>= 1
        }
        return result
    }
}

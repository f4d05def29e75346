internal import CoinKernels
internal import FormatKit

extension TileSamples {
    /// The mean squared error of a network over all pixels and channels, its outputs clamped to
    /// 0…1 and color weighted by alpha.
    func meanSquaredError(
        of parameters: [Float], shape: NetworkShape, kernels: KernelVariant, threadCount: Int
    ) -> Double {
        // Summed row by row in order, so that the number of threads changes nothing.
        var rowErrors = [Double](repeating: 0, count: height)
        let evaluator = NetworkEvaluator(
            shape: shape, parameters: parameters.span, variant: kernels)
        var scratch = [Scratch](
            repeating: Scratch(outputCount: width * channelCount), count: threadCount)
        unsafe rowErrors.withUnsafeMutableBufferPointer { errors in
            unsafe scratch.withUnsafeMutableBufferPointer { scratch in
                forEachItem(height, threadCount: threadCount) { thread, row in
                    let rowCoordinates = [Float](repeating: y[row], count: width)
                    unsafe scratch[thread].evaluate(evaluator, x: x, y: rowCoordinates)
                    unsafe errors[row] = squaredError(of: scratch[thread].output, row: row)
                }
            }
        }
        return rowErrors.reduce(0, +) / Double(count * channelCount)
    }

    /// The mean squared error of a picture of one color, one value a channel.
    func meanSquaredError(ofColor color: [Float]) -> Double {
        let output = color.flatMap { repeatElement($0, count: width) }
        let sum = (0..<height).reduce(0) { $0 + squaredError(of: output, row: $1) }
        return sum / Double(count * channelCount)
    }

    private func squaredError(of output: [Float], row: Int) -> Double {
        var sum = 0.0
        unsafe values.withUnsafeBufferPointer { values in
            unsafe output.withUnsafeBufferPointer { output in
                for channel in 0..<channelCount {
                    let isWeighted = hasAlpha && channel < channelCount - 1
                    for column in 0..<width {
                        let pixel = (row * width + column) * channelCount
                        let value = unsafe min(max(output[channel * width + column], 0), 1)
                        let difference = unsafe Double(value - values[pixel + channel])
                        let alpha = isWeighted ? unsafe values[pixel + channelCount - 1] : 1
                        sum += difference * difference * Double(alpha)
                    }
                }
            }
        }
        return sum
    }
}

/// One thread's memory.
private struct Scratch {
    var output: [Float]
    private var workspace: [Float] = []

    init(outputCount: Int) {
        output = [Float](repeating: 0, count: outputCount)
    }

    mutating func evaluate(_ evaluator: NetworkEvaluator, x: [Float], y: [Float]) {
        var values: [Float] = []
        swap(&values, &output)
        var span = values.mutableSpan
        evaluator.evaluate(
            x: x.span, y: y.span, output: &span, stride: x.count, workspace: &workspace)
        swap(&values, &output)
    }
}

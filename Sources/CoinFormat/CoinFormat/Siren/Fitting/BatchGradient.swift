internal import CoinKernels
internal import FormatKit

/// Draws batches of a tile's pixels and computes their gradient on several threads.
///
/// A batch is cut into chunks of a fixed size, whose gradients are summed in their order; so the
/// number of threads changes nothing.
final class BatchGradient {
    /// The most chunks of a batch, and with them threads that have work.
    private static let chunkCount = 16
    /// The fewest pixels for which a chunk is worth a thread.
    private static let minimumChunkSize = 128

    private let samples: TileSamples
    private let shape: NetworkShape
    private let kernels: KernelVariant
    private let threadCount: Int
    /// The number of chunks of a batch.
    private let chunkCount: Int
    private let chunkSize: Int
    private var order: PixelOrder
    private var cursor = 0
    private var generator: SeededGenerator
    private var workers: [Worker]
    /// The gradient of each chunk, padded to whole vectors.
    private var chunkGradients: [Float]
    private let gradientStride: Int
    private var chunkErrors: [Double]

    /// The number of pixels of the tile.
    var sampleCount: Int { samples.count }

    /// The number of pixels of a batch.
    var batchSize: Int { chunkCount * chunkSize }

    init(
        _ samples: TileSamples, shape: NetworkShape, batchSize: Int, kernels: KernelVariant,
        threadCount: Int, seed: UInt64
    ) {
        self.samples = samples
        self.shape = shape
        self.kernels = kernels
        self.threadCount = threadCount
        let wanted = min(batchSize, samples.count)
        // Whole vectors of 16 pixels.
        let share = max(wanted / Self.chunkCount, min(wanted, Self.minimumChunkSize))
        chunkSize = (share + 15) / 16 * 16
        chunkCount = max(1, wanted / chunkSize)
        order = PixelOrder(
            width: samples.width, height: samples.height, batchSize: chunkCount * chunkSize)
        generator = SeededGenerator(seed: seed)
        order.draw(&generator)
        let chunkSize = chunkSize
        workers = (0..<threadCount).map { _ in
            Worker(samples: samples, shape: shape, kernels: kernels, chunkSize: chunkSize)
        }
        gradientStride = (shape.parameterCount + 15) / 16 * 16
        chunkGradients = [Float](repeating: 0, count: chunkCount * gradientStride)
        chunkErrors = [Double](repeating: 0, count: chunkCount)
    }

    /// Computes the gradient of half the squared error of the next batch.
    ///
    /// - Returns: The mean squared error over the pixels and channels of the batch.
    func next(parameters: [Float], gradient: inout [Float]) -> Double {
        let starts = drawChunks()
        let transposed = shape.transposed(parameters)
        let (count, stride) = (shape.parameterCount, gradientStride)
        let (threadCount, chunkCount) = (threadCount, chunkCount)
        unsafe workers.withUnsafeMutableBufferPointer { workers in
            unsafe chunkGradients.withUnsafeMutableBufferPointer { gradients in
                unsafe chunkErrors.withUnsafeMutableBufferPointer { errors in
                    forEachItem(chunkCount, threadCount: threadCount) { thread, chunk in
                        let range = chunk * stride..<chunk * stride + count
                        unsafe errors[chunk] = workers[thread].compute(
                            order: order.indices, start: starts[chunk], parameters: parameters,
                            transposed: transposed, gradient: gradients.extracting(range))
                    }
                }
            }
        }
        sumGradients(into: &gradient)
        return chunkErrors.reduce(0, +) / Double(batchSize * samples.channelCount)
    }

    /// Where in the order the next chunks start; a new order begins when the old one is used up.
    private func drawChunks() -> [Int] {
        if cursor + batchSize > samples.count {
            order.draw(&generator)
            cursor = 0
        }
        defer { cursor += batchSize }
        return (0..<chunkCount).map { cursor + $0 * chunkSize }
    }

    private func sumGradients(into gradient: inout [Float]) {
        var sum = [Float](chunkGradients[..<gradientStride])
        var span = sum.mutableSpan
        for chunk in 1..<max(1, chunkCount) {
            let range = chunk * gradientStride..<(chunk + 1) * gradientStride
            kernels.add(1, times: chunkGradients.span.extracting(range), to: &span)
        }
        gradient = Array(sum.prefix(shape.parameterCount))
    }
}

/// One thread's buffers.
private struct Worker {
    private let samples: TileSamples
    private let chunkSize: Int
    private var evaluator: NetworkGradient
    private var x: [Float]
    private var y: [Float]
    private var targets: [Float]
    private var weights: [Float]

    init(samples: TileSamples, shape: NetworkShape, kernels: KernelVariant, chunkSize: Int) {
        self.samples = samples
        self.chunkSize = chunkSize
        evaluator = NetworkGradient(shape: shape, variant: kernels)
        x = [Float](repeating: 0, count: chunkSize)
        y = x
        targets = [Float](repeating: 0, count: chunkSize * samples.channelCount)
        weights = samples.hasAlpha ? [Float](repeating: 1, count: targets.count) : []
    }

    mutating func compute(
        order: [UInt32], start: Int, parameters: [Float], transposed: [Float],
        gradient: UnsafeMutableBufferPointer<Float>
    ) -> Double {
        gather(order, start)
        let (x, y, targets, weights) = (x, y, targets, weights)
        var gradient = unsafe gradient.mutableSpan
        return evaluator.compute(
            parameters: parameters.span, transposed: transposed.span, x: x.span, y: y.span,
            target: targets.span, weight: weights.span, stride: chunkSize, gradient: &gradient)
    }

    /// Collects the pixels of a chunk; an image smaller than a vector is repeated.
    private mutating func gather(_ order: [UInt32], _ start: Int) {
        let (chunkSize, channelCount) = (chunkSize, samples.channelCount)
        let (samples, isRepeated) = (samples, start + chunkSize > order.count)
        unsafe order.withUnsafeBufferPointer { order in
            unsafe samples.values.withUnsafeBufferPointer { values in
                unsafe targets.withUnsafeMutableBufferPointer { targets in
                    for k in 0..<chunkSize {
                        let place = isRepeated ? (start + k) % order.count : start + k
                        let index = unsafe Int(order[place])
                        let row = index / samples.width
                        x[k] = samples.x[index - row * samples.width]
                        y[k] = samples.y[row]
                        for channel in 0..<channelCount {
                            unsafe targets[channel * chunkSize + k] =
                                values[index * channelCount + channel]
                        }
                    }
                }
            }
        }
        guard samples.hasAlpha else { return }
        let alpha = (channelCount - 1) * chunkSize
        for channel in 0..<channelCount - 1 {
            for k in 0..<chunkSize { weights[channel * chunkSize + k] = targets[alpha + k] }
        }
    }
}

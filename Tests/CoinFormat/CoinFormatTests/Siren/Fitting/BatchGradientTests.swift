import CoinKernels
import FormatKit
import TestSupport
import Testing

@testable import CoinFormat

@Suite struct BatchGradientTests {
    private static let descriptor = SirenDescriptor(widths: [4, 3])

    private static func parameters(channelCount: Int) -> [Float] {
        var generator = SeededGenerator(seed: 3)
        return descriptor.initialParameters(
            means: [Float](repeating: 0.4, count: channelCount), generator: &generator)
    }

    private static func batches(
        _ samples: TileSamples, batchSize: Int = 8192, kernels: KernelVariant = .best,
        threadCount: Int = 1, seed: UInt64 = 4
    ) -> BatchGradient {
        BatchGradient(
            samples, shape: descriptor.shape(channelCount: samples.channelCount),
            batchSize: batchSize, kernels: kernels, threadCount: threadCount, seed: seed)
    }

    /// Half the training loss over all pixels, in double precision.
    private static func halfLoss(_ samples: TileSamples, _ parameters: [Double]) -> Double {
        let count = samples.channelCount
        let network = DoubleNetwork(sizes: [2, 4, 3, count], parameters: parameters)
        var sum = 0.0
        for pixel in 0..<samples.count {
            let outputs = network.evaluate(
                x: Double(samples.x[pixel % samples.width]),
                y: Double(samples.y[pixel / samples.width]))
            let values = samples.values[pixel * count..<(pixel + 1) * count].map(Double.init)
            for channel in 0..<count {
                let weight = samples.hasAlpha && channel < count - 1 ? values[count - 1] : 1
                let error = outputs[channel] - values[channel]
                sum += weight * error * error
            }
        }
        return sum / 2
    }

    @Test(arguments: [(16, 4), (32, 32)], [AlphaMode.opaque, .straight])
    func `agrees with central differences of the whole loss`(
        size: (Int, Int), alpha: AlphaMode
    ) {
        let layout = PixelLayout(.gray, .uint8, alpha: alpha)
        let samples = TileSamples(Image.smooth(size.0, size.1, layout))
        let parameters = Self.parameters(channelCount: samples.channelCount)
        let batches = Self.batches(samples)
        #expect(batches.batchSize == samples.count)
        var gradient = [Float](repeating: 0, count: parameters.count)
        let error = batches.next(parameters: parameters, gradient: &gradient)
        let exact = parameters.map(Double.init)
        let loss = Self.halfLoss(samples, exact)
        #expect(
            abs(error - 2 * loss / Double(samples.count * samples.channelCount)) < 1e-5 * error)
        let scale = Double(gradient.map(\.magnitude).max() ?? 0)
        for k in exact.indices {
            var (before, after) = (exact, exact)
            before[k] -= 1e-6
            after[k] += 1e-6
            let slope = (Self.halfLoss(samples, after) - Self.halfLoss(samples, before)) / 2e-6
            #expect(abs(Double(gradient[k]) - slope) < 1e-5 * scale, "parameter \(k)")
        }
    }

    @Test(arguments: KernelVariant.supported, [1, 2, 5, 16])
    func `gives the same bits for every variant and number of threads`(
        kernels: KernelVariant, threadCount: Int
    ) {
        let samples = TileSamples(Image.smooth(50, 40))
        let parameters = Self.parameters(channelCount: 3)
        let plain = Self.batches(samples, batchSize: 1500, kernels: .scalar)
        let other = Self.batches(
            samples, batchSize: 1500, kernels: kernels, threadCount: threadCount)
        var gradients = [[Float]](
            repeating: [Float](repeating: 0, count: parameters.count), count: 2)
        // The second batch begins a new order.
        for _ in 0..<3 {
            let errors = [
                plain.next(parameters: parameters, gradient: &gradients[0]),
                other.next(parameters: parameters, gradient: &gradients[1]),
            ]
            #expect(errors[0] == errors[1])
            #expect(gradients[0].map(\.bitPattern) == gradients[1].map(\.bitPattern))
        }
    }

    /// An image smaller than a vector is repeated, so that its error is about that of its pixels.
    @Test(arguments: [(1, 1), (3, 1), (1, 7), (5, 3), (4, 4), (17, 1), (23, 29)])
    func `works on images smaller than a batch`(width: Int, height: Int) {
        let samples = TileSamples(.flat(width, height, PixelLayout(.rgb, .uint8), [1, 0, 0.2]))
        let descriptor = Self.descriptor
        var parameters = [Float](repeating: 0, count: descriptor.parameterCount(channelCount: 3))
        parameters.replaceSubrange((parameters.count - 3)..., with: [0.5, 0.5, 0.7])
        var gradient = parameters
        let batches = Self.batches(samples)
        let error = batches.next(parameters: parameters, gradient: &gradient)
        #expect(abs(error - 0.25) < 1e-6)
        let pixelCount = Float(batches.batchSize)
        let expected: [Float] = [-0.5, 0.5, 0.5]
        for (found, wanted) in zip(gradient.suffix(3), expected) {
            #expect(abs(found / pixelCount - wanted) < 1e-5)
        }
    }

    @Test func `draws every pixel once before any comes again`() {
        // Pixel k has the value k / 255; the means of the batches of a pass are those of all.
        let header = ImageHeader(
            size: ImageSize(width: 16, height: 16), layout: PixelLayout(.gray, .uint8))
        let samples = TileSamples(Image(header: header, bytes: (0...255).map { UInt8($0) }))
        let count = Self.descriptor.parameterCount(channelCount: 1)
        let parameters = [Float](repeating: 0, count: count)
        var gradient = parameters
        let batches = Self.batches(samples, batchSize: 64)
        #expect(batches.batchSize == 64)
        for _ in 0..<3 {
            var sum: Float = 0
            for _ in 0..<4 {
                _ = batches.next(parameters: parameters, gradient: &gradient)
                sum += gradient[gradient.count - 1]
            }
            #expect(abs(sum + 128) < 1e-3)
        }
    }
}

import CoinKernels
import TestSupport

/// Points, targets and parameters drawn from a seed.
struct Batch {
    var shape: NetworkShape
    var parameters: [Float]
    var x: [Float]
    var y: [Float]
    var stride: Int
    var target: [Float]
    var weight: [Float] = []

    init(shape: NetworkShape, pixels: Int, isWeighted: Bool = false, seed: UInt64) {
        var numbers = SplitMix64(seed: seed)
        self.shape = shape
        parameters = []
        for layer in 0..<shape.layerCount {
            // √6 / 2π: a SIREN's, in turns; much more, and deep networks amplify rounding.
            let reach = 0.39 / Float(shape.sizes[layer]).squareRoot()
            let count = shape.weightRange(layer: layer).count
            parameters += numbers.floats(count, in: -reach...reach)
            parameters += numbers.floats(shape.sizes[layer + 1])
        }
        stride = pixels + 3
        x = numbers.floats(pixels)
        y = numbers.floats(pixels)
        target = numbers.floats(shape.outputCount * stride)
        if isWeighted { weight = numbers.floats(shape.outputCount * stride, in: 0...2) }
    }

    /// The outputs, `[outputs, stride]`; what is not written stays 7.
    func evaluated(by variant: KernelVariant) -> [Float] {
        var output = [Float](repeating: 7, count: shape.outputCount * stride)
        var span = output.mutableSpan
        var workspace: [Float] = []
        let evaluator = NetworkEvaluator(
            shape: shape, parameters: parameters.span, variant: variant)
        evaluator.evaluate(
            x: x.span, y: y.span, output: &span, stride: stride, workspace: &workspace)
        return output
    }

    func gradient(by variant: KernelVariant) -> (loss: Double, gradient: [Float]) {
        var transposed = [Float](repeating: 0, count: shape.parameterCount)
        var transposedSpan = transposed.mutableSpan
        shape.transpose(parameters: parameters.span, into: &transposedSpan)
        var gradient = [Float](repeating: .nan, count: shape.parameterCount)
        var span = gradient.mutableSpan
        var kernel = NetworkGradient(shape: shape, variant: variant)
        let loss = kernel.compute(
            parameters: parameters.span, transposed: transposed.span, x: x.span, y: y.span,
            target: target.span, weight: weight.span, stride: stride, gradient: &span)
        return (loss, gradient)
    }
}

extension NetworkShape {
    /// Three sine layers of each awkward width, then tapered networks.
    static let awkward: [NetworkShape] =
        [1, 3, 7, 8, 16, 20, 28, 30, 40, 49, 64].map { width in
            NetworkShape(sizes: [2, width, width, width, 1 + width % 4])
        } + [
            NetworkShape(sizes: [2, 64, 1, 33, 17, 2]),
            NetworkShape(sizes: [2, 49, 40, 30, 20, 3]),
            NetworkShape(sizes: [2] + [Int](repeating: 5, count: 16) + [3]),
            NetworkShape(sizes: [2, 13, 4]),
        ]
}

extension [Float] {
    /// The bits, so that −0 is not +0.
    var bits: [UInt32] { map(\.bitPattern) }
}

extension KernelVariant {
    /// The variants that are compared with the scalar one.
    static let vectorised = allCases.filter { $0 != .scalar }
}

extension DoubleNetwork {
    init(shape: NetworkShape, parameters: [Double]) {
        self.init(sizes: shape.sizes, parameters: parameters)
    }

    /// The weighted squared error.
    func loss(_ batch: Batch) -> Double {
        var loss = 0.0
        for p in batch.x.indices {
            let outputs = evaluate(x: Double(batch.x[p]), y: Double(batch.y[p]))
            for (o, output) in outputs.enumerated() {
                let sample = o * batch.stride + p
                let error = output - Double(batch.target[sample])
                loss += (batch.weight.isEmpty ? 1 : Double(batch.weight[sample])) * error * error
            }
        }
        return loss
    }
}

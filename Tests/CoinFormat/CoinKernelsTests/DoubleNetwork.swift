import CoinKernels

/// A sine network in double precision, written from the definition, not from the kernels.
struct DoubleNetwork {
    var shape: NetworkShape
    var parameters: [Double]

    static let coefficients: [Double] = [
        0x1.921f7ep+3, 0x1.92281ap+5, 0x1.1cc5fep+6, 0x1.c128ap+5,
    ]

    static func activation(_ t: Double) -> Double {
        let r = t - t.rounded(.toNearestOrEven)
        let s = r * (0.5 - r.magnitude)
        let z = s.magnitude
        return s * coefficients.reversed().reduce(0) { $0 * z + $1 }
    }

    func evaluate(x: Double, y: Double) -> [Double] {
        var values = [x, y]
        for layer in 0..<shape.layerCount {
            let (inputs, outputs) = (shape.sizes[layer], shape.sizes[layer + 1])
            let weights = parameters[shape.weightRange(layer: layer)]
            let biases = parameters[shape.biasRange(layer: layer)]
            let isLast = layer == shape.layerCount - 1
            values = (0..<outputs).map { o in
                let row = weights.dropFirst(o * inputs).prefix(inputs)
                let t = zip(row, values).reduce(biases[biases.startIndex + o]) {
                    $0 + $1.0 * $1.1
                }
                return isLast ? t : Self.activation(t)
            }
        }
        return values
    }

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

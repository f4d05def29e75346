internal import CoinKernels

/// Networks to start a fit from.
enum StartingNetworks {
    /// Taps of upsampling to start from, of a bicubic interpolation.
    static let taps: [Float] = [-0.0352, 0.2617, 0.8789, -0.1055]

    /// The parameters of a fit: the defaults, or where there are none a structure that shows the
    /// picture at once, and small random numbers.
    static func parameters(_ descriptor: LatentDescriptor, seed: UInt64) -> [Float] {
        if descriptor.defaults > 0 { return LatentDefaults.parameters(for: descriptor) }
        var generator = SeededGenerator(seed: seed)
        return LatentTensor.allCases.filter { descriptor.count(of: $0) > 0 }.flatMap {
            structured($0, descriptor, &generator)
        }
    }

    private static func structured(
        _ tensor: LatentTensor, _ descriptor: LatentDescriptor,
        _ generator: inout SeededGenerator
    ) -> [Float] {
        let (rows, columns) = descriptor.shape(of: tensor)
        var values = [Float](repeating: 0, count: rows * columns)
        switch tensor {
        case .w1, .w2:
            for r in 0..<rows {
                for c in 0..<columns {
                    values[r * columns + c] = generator.uniform(0.05) + (r == c ? 1 : 0)
                }
            }
        case .w3:
            for r in 0..<rows {
                for c in 0..<descriptor.hidden { values[r * columns + c] = generator.uniform(0.05) }
            }
        case .b3: values[1] = -0.5
        case .lumaTaps, .chromaTaps, .alphaTaps:
            values = (0..<rows).flatMap { _ in taps }
        case .a1:
            let size = (3 / Float(columns)).squareRoot()
            for k in values.indices { values[k] = generator.uniform(size) }
        case .a2:
            for r in 0..<rows {
                for c in 0..<descriptor.width { values[r * columns + c] = generator.uniform(0.02) }
                for (c, place) in descriptor.synthesisInputs.enumerated() {
                    values[r * columns + descriptor.width + c] =
                        colorWeight(output: r, of: descriptor.outputCount, place, descriptor)
                }
            }
        default: break
        }
        return values
    }

    /// What a plane counts in an output: the inverse of BT.601's color transform; luma's levels
    /// have units that shrink by 1.4.
    private static func colorWeight(
        output: Int, of outputCount: Int, _ place: LatentPlace, _ descriptor: LatentDescriptor
    ) -> Float {
        let isAlpha = descriptor.firstAlphaLevel != nil && output == outputCount - 1
        switch place.group {
        case .luma:
            return isAlpha ? 0 : (0..<place.level).reduce(Float(1)) { value, _ in value / 1.4 }
        case .blue: return isAlpha ? 0 : [0, -0.344, 1.772][output]
        case .red: return isAlpha ? 0 : [1.402, -0.714, 0][output]
        case .alpha: return isAlpha ? 1 : 0
        }
    }
}

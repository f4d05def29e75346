/// A sine network in double precision, written from the definition, not from the kernels.
public struct DoubleNetwork: Sendable {
    /// Inputs (2), the widths of the sine layers, outputs.
    public var sizes: [Int]
    /// Layer after layer, the weights row by row, then the biases.
    public var parameters: [Double]

    /// Creates a network.
    ///
    /// - Parameters:
    ///   - sizes: Inputs, widths, outputs.
    ///   - parameters: As many as the sizes ask for.
    public init(sizes: [Int], parameters: [Double]) {
        self.sizes = sizes
        self.parameters = parameters
    }

    private static let coefficients: [Double] = [
        0x1.921f7ep+3, 0x1.92281ap+5, 0x1.1cc5fep+6, 0x1.c128ap+5,
    ]

    /// About sin(2πt), by the specified polynomial.
    public static func activation(_ t: Double) -> Double {
        let r = t - t.rounded(.toNearestOrEven)
        let s = r * (0.5 - r.magnitude)
        let z = s.magnitude
        return s * coefficients.reversed().reduce(0) { $0 * z + $1 }
    }

    /// The outputs at a point.
    public func evaluate(x: Double, y: Double) -> [Double] {
        var values = [x, y]
        var rest = parameters[...]
        for (layer, outputs) in sizes.dropFirst().enumerated() {
            let inputs = values.count
            let weights = rest.prefix(inputs * outputs)
            let biases = rest.dropFirst(inputs * outputs)
            let isLast = layer == sizes.count - 2
            values = (0..<outputs).map { [values] o in
                let row = weights.dropFirst(o * inputs).prefix(inputs)
                let t = zip(row, values).reduce(biases[biases.startIndex + o]) {
                    $0 + $1.0 * $1.1
                }
                return isLast ? t : Self.activation(t)
            }
            rest = rest.dropFirst((inputs + 1) * outputs)
        }
        return values
    }
}

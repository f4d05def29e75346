/// A network of the COIN paper: sine layers of equal width from 2 coordinates to 3 colors.
package struct Architecture: Hashable, CustomStringConvertible {
    package let layers: Int
    package let width: Int

    package init(layers: Int, width: Int) {
        self.layers = layers
        self.width = width
    }

    /// Parses `LAYERSxWIDTH`.
    package init?(_ text: String) {
        let parts = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let layers = parts[0], let width = parts[1], layers > 0, width > 0
        else { return nil }
        self.init(layers: layers, width: width)
    }

    /// The paper's operating points, from the smallest.
    package static let paper = [
        Architecture(layers: 5, width: 20), Architecture(layers: 5, width: 30),
        Architecture(layers: 10, width: 28), Architecture(layers: 10, width: 40),
        Architecture(layers: 13, width: 49),
    ]

    package var description: String { "\(layers)x\(width)" }

    /// Weights and biases.
    package var parameterCount: Int {
        3 * width + (layers - 1) * (width * width + width) + 3 * width + 3
    }

    /// The bits of the weights as the paper stores and counts them: binary16, no entropy coding.
    package var weightBits: Int { 16 * parameterCount }

    /// The network of so many layers whose parameters come closest to a count.
    package static func nearest(toParameters count: Int, layers: Int) -> Architecture {
        let candidates = (1...256).map { Architecture(layers: layers, width: $0) }
        return candidates.min {
            abs($0.parameterCount - count) < abs($1.parameterCount - count)
        } ?? Architecture(layers: layers, width: 1)
    }
}

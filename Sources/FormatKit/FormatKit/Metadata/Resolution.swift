/// The physical density of pixels.
public struct Resolution: Sendable, Hashable {
    /// What the numbers count pixels per.
    public enum Unit: String, Sendable, Hashable {
        /// Only the ratio of the two numbers means something.
        case none
        /// Pixels per inch.
        case inch
        /// Pixels per centimeter.
        case centimeter
    }

    /// Pixels per unit along a row.
    public var horizontal: Double
    /// Pixels per unit along a column.
    public var vertical: Double
    /// The unit.
    public var unit: Unit

    /// Creates a resolution.
    public init(horizontal: Double, vertical: Double, unit: Unit) {
        self.horizontal = horizontal
        self.vertical = vertical
        self.unit = unit
    }

    /// The density in pixels per meter, or `nil` where only the ratio is known.
    package var pixelsPerMeter: (horizontal: Double, vertical: Double)? {
        switch unit {
        case .none: nil
        case .inch: (horizontal / 0.0254, vertical / 0.0254)
        case .centimeter: (horizontal * 100, vertical * 100)
        }
    }

    /// Whether the two say the same but for rounding, of a thousandth at most.
    package func isClose(to other: Resolution) -> Bool {
        func isClose(_ first: Double, _ second: Double) -> Bool {
            abs(first - second) <= 0.001 * max(abs(first), abs(second))
        }
        switch (pixelsPerMeter, other.pixelsPerMeter) {
        case (let one?, let two?):
            return isClose(one.horizontal, two.horizontal) && isClose(one.vertical, two.vertical)
        case (nil, nil):
            return isClose(horizontal * other.vertical, vertical * other.horizontal)
        default: return false
        }
    }

    /// The resolution of the picture on its side.
    var transposed: Resolution {
        Resolution(horizontal: vertical, vertical: horizontal, unit: unit)
    }
}

/// How a sample of a picture at another size is made of those around its place.
///
/// Where a picture shrinks, the curve is stretched so that all samples take part.
public enum ResamplingFilter: String, Sendable, Hashable, CaseIterable {
    /// Lanczos' windowed sine, three lobes to a side: sharp.
    case lanczos3
    /// Mitchell and Netravali's cubic (B = C = 1/3): smooth, with hardly an overshoot.
    case mitchell
    /// Catmull and Rom's cubic (B = 0, C = 1/2).
    case bicubic
    /// Straight lines between samples.
    case bilinear
    /// The mean of what a pixel covers.
    case box
    /// The sample that is nearest, as it is.
    case nearest

    /// What is taken for one axis where nobody says otherwise.
    static func usual(isShrinking: Bool) -> ResamplingFilter { isShrinking ? .lanczos3 : .mitchell }

    /// How far from its place samples take part, in steps of the coarser of both pictures.
    var radius: Double {
        switch self {
        case .lanczos3: 3
        case .mitchell, .bicubic: 2
        case .bilinear: 1
        case .box, .nearest: 0.5
        }
    }

    /// The weight of a sample at a distance, not normalized.
    ///
    /// - Precondition: The filter is a curve: neither ``box`` nor ``nearest``.
    func weight(at distance: Double) -> Double {
        let x = abs(distance)
        guard x < radius else { return 0 }
        switch self {
        case .lanczos3: return Self.sinc(x) * Self.sinc(x / 3)
        case .mitchell: return Self.cubic(x, b: 1.0 / 3, c: 1.0 / 3)
        case .bicubic: return Self.cubic(x, b: 0, c: 0.5)
        case .bilinear: return 1 - x
        case .box, .nearest: preconditionFailure("\(self) is no curve")
        }
    }

    /// Mitchell and Netravali 1988, "Reconstruction filters in computer graphics", equation 8.
    private static func cubic(_ x: Double, b: Double, c: Double) -> Double {
        if x < 1 {
            let cube = 12 - 9 * b - 6 * c
            return (cube * x * x * x + (-18 + 12 * b + 6 * c) * x * x + (6 - 2 * b)) / 6
        }
        let cube = -b - 6 * c
        let rest = (-12 * b - 48 * c) * x + (8 * b + 24 * c)
        return (cube * x * x * x + (6 * b + 30 * c) * x * x + rest) / 6
    }

    private static func sinc(_ x: Double) -> Double {
        x == 0 ? 1 : sine(ofHalfTurns: x) / (.pi * x)
    }

    /// sin(πx) by its series, so that it is the same on every machine; x is from 0 to 3.
    private static func sine(ofHalfTurns x: Double) -> Double {
        let turn = x.rounded(.toNearestOrEven)
        let angle = (x - turn) * .pi
        let square = angle * angle
        var sum = 0.0
        for order in stride(from: 21, to: 1, by: -2) {
            sum = (1 + sum) * -square / Double(order * (order - 1))
        }
        let sine = angle * (1 + sum)
        return Int(turn) % 2 == 0 ? sine : -sine
    }
}

/// How pictures get another size.
public struct Resampling: Sendable, Hashable {
    /// The filter; without one it is ``ResamplingFilter/lanczos3`` along an axis that gets shorter
    /// and ``ResamplingFilter/mitchell`` along one that gets longer, and a format that can be
    /// decoded at any size does so by itself.
    public var filter: ResamplingFilter?
    /// Whether samples are mixed as light, not as they are encoded.
    ///
    /// Integers of pictures that say nothing are taken for sRGB; reals of such are light already.
    /// Inks are mixed as they are.
    public var isLinearLight: Bool

    /// Creates a way; what is left out has its default.
    public init(filter: ResamplingFilter? = nil, isLinearLight: Bool = false) {
        self.filter = filter
        self.isLinearLight = isLinearLight
    }

    /// Whether a format may do it in its own way.
    var isUpToFormat: Bool { filter == nil && !isLinearLight }
}

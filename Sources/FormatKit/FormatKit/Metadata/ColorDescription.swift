/// Coding-independent code points (ITU-T H.273): how samples are to be understood as colors.
public struct ColorCodePoints: Sendable, Hashable {
    /// The primaries and the white point, such as 1 (BT.709), 9 (BT.2020) or 12 (Display P3).
    public var primaries: UInt8
    /// The transfer function, such as 13 (sRGB), 16 (PQ) or 18 (HLG).
    public var transfer: UInt8
    /// How color channels were mixed; 0 for RGB.
    public var matrix: UInt8
    /// Whether samples use their whole range.
    public var isFullRange: Bool

    /// Creates code points.
    public init(primaries: UInt8, transfer: UInt8, matrix: UInt8 = 0, isFullRange: Bool = true) {
        self.primaries = primaries
        self.transfer = transfer
        self.matrix = matrix
        self.isFullRange = isFullRange
    }

    /// sRGB, which is what is assumed of a picture that says nothing.
    public static let sRGB = ColorCodePoints(primaries: 1, transfer: 13)

    /// Display P3.
    public static let displayP3 = ColorCodePoints(primaries: 12, transfer: 13)
}

/// A color without its brightness, in the CIE 1931 diagram.
public struct Chromaticity: Sendable, Hashable {
    /// The first coordinate.
    public var x: Double
    /// The second coordinate.
    public var y: Double

    /// Creates a chromaticity.
    public init(_ x: Double, _ y: Double) {
        self.x = x
        self.y = y
    }

    func isClose(to other: Chromaticity) -> Bool {
        // Rounding, and the odd digit of other writers.
        abs(x - other.x) <= 0.001 && abs(y - other.y) <= 0.001
    }
}

/// The white point and the primaries of an RGB space.
public struct Chromaticities: Sendable, Hashable {
    /// White.
    public var white: Chromaticity
    /// Red.
    public var red: Chromaticity
    /// Green.
    public var green: Chromaticity
    /// Blue.
    public var blue: Chromaticity

    /// Creates chromaticities.
    public init(
        white: Chromaticity, red: Chromaticity, green: Chromaticity, blue: Chromaticity
    ) {
        self.white = white
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// Those of sRGB and BT.709.
    public static let sRGB = Chromaticities(
        white: Chromaticity(0.3127, 0.3290), red: Chromaticity(0.64, 0.33),
        green: Chromaticity(0.30, 0.60), blue: Chromaticity(0.15, 0.06))

    /// Whether the two differ by no more than rounding.
    package func isClose(to other: Chromaticities) -> Bool {
        white.isClose(to: other.white) && red.isClose(to: other.red)
            && green.isClose(to: other.green) && blue.isClose(to: other.blue)
    }
}

/// How colors outside of a gamut are mapped into it, numbered as in ICC profiles.
public enum RenderingIntent: UInt8, Sendable, Hashable, CaseIterable {
    /// The impression is kept.
    case perceptual
    /// Colors are kept relative to white.
    case relativeColorimetric
    /// Saturation is kept.
    case saturation
    /// Colors are kept.
    case absoluteColorimetric
}

/// The display on which a picture was mastered (SMPTE ST 2086).
public struct MasteringDisplay: Sendable, Hashable {
    /// Its white point and primaries.
    public var chromaticities: Chromaticities
    /// The luminance of its white, in cd/m².
    public var maximumLuminance: Double
    /// The luminance of its black, in cd/m².
    public var minimumLuminance: Double

    /// Creates a description.
    public init(
        chromaticities: Chromaticities, maximumLuminance: Double, minimumLuminance: Double
    ) {
        self.chromaticities = chromaticities
        self.maximumLuminance = maximumLuminance
        self.minimumLuminance = minimumLuminance
    }
}

/// How bright a picture gets (CTA-861.3), in cd/m².
public struct ContentLightLevel: Sendable, Hashable {
    /// The luminance of the brightest pixel (MaxCLL).
    public var maximum: Double
    /// The largest mean luminance of a frame (MaxFALL).
    public var frameAverage: Double

    /// Creates levels.
    public init(maximum: Double, frameAverage: Double) {
        self.maximum = maximum
        self.frameAverage = frameAverage
    }
}

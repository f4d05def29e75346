extension ColorCodePoints {
    /// White and the primaries, or `nil` if they are unknown (ITU-T H.273 table 2).
    package var chromaticities: Chromaticities? {
        let standard = Chromaticity(0.3127, 0.3290)
        func colors(
            _ red: (Double, Double), _ green: (Double, Double), _ blue: (Double, Double),
            white: Chromaticity
        ) -> Chromaticities {
            Chromaticities(
                white: white, red: Chromaticity(red.0, red.1),
                green: Chromaticity(green.0, green.1), blue: Chromaticity(blue.0, blue.1))
        }
        return switch primaries {
        case 1: .sRGB
        case 5: colors((0.64, 0.33), (0.29, 0.60), (0.15, 0.06), white: standard)
        case 6, 7: colors((0.63, 0.34), (0.31, 0.595), (0.155, 0.07), white: standard)
        case 9: colors((0.708, 0.292), (0.17, 0.797), (0.131, 0.046), white: standard)
        case 11:
            colors(
                (0.68, 0.32), (0.265, 0.69), (0.15, 0.06), white: Chromaticity(0.314, 0.351))
        case 12: colors((0.68, 0.32), (0.265, 0.69), (0.15, 0.06), white: standard)
        default: nil
        }
    }

    /// The exponent that comes near the transfer function, or `nil` if it is unknown: of the curves
    /// for television and for high dynamic range that of the displays which do not know better.
    package var approximateGamma: Double? {
        switch transfer {
        case 1, 4, 6, 13, 14, 15, 16, 18: 1 / 2.2
        case 5: 1 / 2.8
        case 8: 1
        case 17: 1 / 2.6
        default: nil
        }
    }
}

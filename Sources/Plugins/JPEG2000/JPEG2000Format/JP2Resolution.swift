internal import FormatKit

/// The density of pixels: a `resc` or `resd` box (ISO/IEC 15444-1 §I.5.3.7).
///
/// | offset | size | field |
/// | --- | --- | --- |
/// | 0 | 2 + 2 | vertical: numerator and denominator |
/// | 4 | 2 + 2 | horizontal |
/// | 8 | 1 + 1 | powers of ten, vertical and horizontal, signed |
///
/// Densities are in pixels per meter.
enum JP2Resolution {
    /// The density that a box tells, or `nil` if it tells none.
    static func resolution(_ content: [UInt8]) -> Resolution? {
        guard content.count >= 10 else { return nil }
        func density(_ place: Int, _ exponent: UInt8) -> Double? {
            let (above, below) = (word(content, place), word(content, place + 2))
            guard above > 0, below > 0 else { return nil }
            return Double(above) / Double(below) * power(Int(Int8(bitPattern: exponent)))
        }
        guard let vertical = density(0, content[8]), let horizontal = density(4, content[9]) else {
            return nil
        }
        // Who meant inches wrote a whole number of pixels in each.
        let inches = [horizontal, vertical].map { $0 * 0.0254 }
        if inches.allSatisfy({ abs($0 - $0.rounded()) < 1e-6 * $0 }) {
            return Resolution(
                horizontal: inches[0].rounded(), vertical: inches[1].rounded(), unit: .inch)
        }
        return Resolution(
            horizontal: horizontal / 100, vertical: vertical / 100, unit: .centimeter)
    }

    /// The content of a box, or `nil` if it cannot say such a density.
    static func content(_ resolution: Resolution) -> [UInt8]? {
        guard let meter = resolution.pixelsPerMeter,
            let vertical = fraction(meter.vertical), let horizontal = fraction(meter.horizontal)
        else { return nil }
        func bytes(_ number: Int) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xFF)] }
        return bytes(vertical.above) + bytes(vertical.below) + bytes(horizontal.above)
            + bytes(horizontal.below)
            + [UInt8(bitPattern: vertical.exponent), UInt8(bitPattern: horizontal.exponent)]
    }

    /// The fraction, times a power of ten, nearest to a number.
    private static func fraction(
        _ value: Double
    ) -> (above: Int, below: Int, exponent: Int8)? {
        guard value.isFinite, value >= 1e-9, value <= 1e12 else { return nil }
        // Whole numbers of pixels in an inch are exact.
        let inches = value * 0.0254
        if inches >= 1, inches <= 65_535, abs(inches - inches.rounded()) < 1e-9 * inches {
            return (Int(inches.rounded()), 254, 4)
        }
        var (mantissa, exponent) = (value, 0)
        while mantissa >= 65_535 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
        while mantissa < 6553 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
        // Without a denominator five digits are kept, and four are enough.
        return (Int(mantissa.rounded()), 1, Int8(exponent))
    }

    private static func power(_ exponent: Int) -> Double {
        let factor = (0..<abs(exponent)).reduce(1.0) { power, _ in power * 10 }
        return exponent < 0 ? 1 / factor : factor
    }

    private static func word(_ bytes: [UInt8], _ place: Int) -> Int {
        Int(bytes[place]) << 8 | Int(bytes[place + 1])
    }
}

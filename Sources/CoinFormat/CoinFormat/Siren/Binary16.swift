/// IEEE 754 binary16 numbers as bits, without relying on hardware (§3).
enum Binary16 {
    /// The number that `bits` stand for; every binary16 number is a binary32 number.
    static func decode(_ bits: UInt16) -> Float {
        let sign = UInt32(bits & 0x8000) << 16
        let exponent = UInt32(bits >> 10 & 0x1F)
        let fraction = UInt32(bits & 0x3FF)
        switch exponent {
        case 0:  // Zero or subnormal: fraction × 2^−24, exact.
            return Float(bitPattern: sign | (Float(fraction) * 0x1p-24).bitPattern)
        case 31:
            return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
        default:
            return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }

    /// The bits of the nearest binary16 number, ties to even; too large numbers saturate.
    static func encode(_ value: Float) -> UInt16 {
        let sign = UInt16(truncatingIfNeeded: value.bitPattern >> 16 & 0x8000)
        let magnitude = min(abs(value), 65_504)
        if magnitude < 0x1p-14 {
            // Subnormals are whole multiples of 2^−24.
            return sign | UInt16((magnitude * 0x1p24).rounded(.toNearestOrEven))
        }
        let bits = magnitude.bitPattern
        let rounded = (bits + 0xFFF + (bits >> 13 & 1)) >> 13
        return sign | UInt16(truncatingIfNeeded: rounded - 112 << 10)
    }

    /// Whether the bits stand for a number rather than an infinity or NaN.
    static func isFinite(_ bits: UInt16) -> Bool { bits & 0x7C00 != 0x7C00 }
}

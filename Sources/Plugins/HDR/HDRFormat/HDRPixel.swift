/// Three mantissas and the exponent that they share: samples are m · 2^(e − 136), and 0 where e is 0.
///
/// Radiance itself cuts mantissas off and adds a half to what it reads; most other programs do not, so
/// that what is rounded to the nearest is right for them, and half a step off for Radiance.
enum HDRPixel {
    /// What mantissas are multiplied by, for each exponent.
    static let scales: [Float] =
        [0] + (1...255).map { Float(sign: .plus, exponent: $0 - 136, significand: 1) }

    /// The largest sample.
    static let largest = 255 * scales[255]

    /// The four bytes of a color, whose samples are from 0 to ``largest``, rounded to the nearest.
    static func bytes(
        _ red: Float, _ green: Float, _ blue: Float
    ) -> (UInt8, UInt8, UInt8, UInt8) {
        let most = max(red, green, blue)
        guard most > 0 else { return (0, 0, 0, 0) }
        // The most has 8 bits: 128 to 255.
        var exponent = Int(most.exponent) - 7 + 136
        if Self.rounded(most, exponent) > 255 { exponent += 1 }
        guard exponent > 0 else { return (0, 0, 0, 0) }
        return (
            UInt8(rounded(red, exponent)), UInt8(rounded(green, exponent)),
            UInt8(rounded(blue, exponent)), UInt8(exponent)
        )
    }

    private static func rounded(_ sample: Float, _ exponent: Int) -> Int {
        let scale = Double(sign: .plus, exponent: 136 - exponent, significand: 1)
        return Int((Double(sample) * scale).rounded())
    }
}

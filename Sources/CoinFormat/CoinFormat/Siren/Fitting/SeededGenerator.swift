/// A seeded source of numbers: the same on every machine, for ever.
///
/// Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators" (SplitMix64).
struct SeededGenerator: Sendable {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number uniform in ±`bound`, a multiple of `bound`/2^23.
    mutating func uniform(_ bound: Float) -> Float {
        (Float(next() >> 40) * 0x1p-23 - 1) * bound
    }

    /// An index below `count`, uniform to within `count`/2^32.
    ///
    /// - Precondition: `count` is positive and below 2^32.
    mutating func index(below count: UInt32) -> UInt32 {
        UInt32(truncatingIfNeeded: ((next() >> 32) * UInt64(count)) >> 32)
    }
}

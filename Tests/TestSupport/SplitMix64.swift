/// A seeded generator, so that a failure reproduces.
///
/// Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators".
public struct SplitMix64: RandomNumberGenerator, Sendable {
    /// The generator's state; the seed, before the first number.
    public var state: UInt64

    /// Creates a generator whose numbers are a function of `seed` alone.
    public init(seed: UInt64) {
        state = seed
    }

    /// Returns the next 64 random bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Returns `count` numbers uniform in `range`.
    public mutating func floats(
        _ count: Int, in range: ClosedRange<Float> = -1...1
    ) -> [Float] {
        (0..<count).map { _ in Float.random(in: range, using: &self) }
    }

    /// Returns `count` random bytes.
    public mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
    }
}

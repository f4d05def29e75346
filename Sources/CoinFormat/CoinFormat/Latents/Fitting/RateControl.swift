internal import CoinKernels

/// Steers a fit to a rate, by what an error counts.
struct RateControl {
    /// The bits of the whole file that are wanted.
    private let bitCount: Double
    /// Those of the boxes and headers of a file of one tile, about.
    private static let containerBits = 8.0 * 75
    /// How near the rate has to come.
    private static let tolerance = 0.008
    /// How much the logarithm of the rate falls as that of λ rises, about.
    private static let slope = 0.65

    /// Those of the networks.
    var networkBits = 8.0 * 500
    /// What refined rounding is expected to leave of the bits that latents have as the nearest integers.
    private var refinement = 1.0

    init(bitCount: Double, form: LatentForm) {
        self.bitCount = bitCount
    }

    /// What is aimed at, against what is wanted: the last rounding of the networks costs a little.
    private static let aim = 0.99

    /// The bits that are left for latents.
    private var latentBits: Double {
        max(Self.aim * bitCount - Self.containerBits - networkBits, 0.05 * bitCount)
    }

    /// Moves a little towards the rate, after a step of soft rounding.
    func adjust(_ trainer: LatentTrainer, softBits: Double) {
        let ratio = min(max(latentBits / softBits, 0.5), 2)
        trainer.errorScale *= Float(1 + 0.05 * (ratio - 1))
    }

    /// Moves to the rate as far as the rounded latents are from it; false if they are near.
    func correct(_ trainer: LatentTrainer, hardBits: Double) -> Bool {
        let ratio = min(max(latentBits / (hardBits * refinement), 0.7), 1.4)
        guard abs(ratio - 1) > Self.tolerance else { return false }
        trainer.errorScale *= Float(1 + (ratio - 1) / Self.slope)
        return true
    }

    /// Learns from the bits after rounding was refined; true if they are near what is wanted.
    mutating func learn(refinedBits: Double) -> Bool {
        let ratio = refinedBits / latentBits
        refinement = min(max(refinement * ratio, 0.8), 1)
        return abs(ratio - 1) <= Self.tolerance
    }
}

internal import CCoinKernels

/// The network that predicts latents, packed for the kernels (§4).
///
/// Letters: D inputs, which are `contexts` + 6, H neurons of a hidden layer.
package struct LatentEntropyNetwork: Sendable {
    /// The number of causal neighbours among the inputs.
    package let contexts: Int
    /// The variant that evaluates it.
    package let variant: KernelVariant
    let packed: coin_latent_network

    /// Packs the tensors.
    ///
    /// - Parameters:
    ///   - contexts: Even, 2…16.
    ///   - hidden: H, even, 2…32.
    ///   - w1: Shape `[H, D]`, 12 fractional bits; magnitudes within 32767, of a row 49151
    ///     together.
    ///   - b1: Shape `[H]`, 18 fractional bits, within ±2^29.
    ///   - w2: Shape `[H, H]`, as `w1`.
    ///   - b2: Shape `[H]`, as `b1`.
    ///   - w3: Shape `[2, H + D]`, as `w1`.
    ///   - b3: Shape `[2]`, as `b1`.
    ///   - variant: One that this CPU can run.
    package init(
        contexts: Int, hidden: Int, w1: [Int32], b1: [Int32], w2: [Int32], b2: [Int32],
        w3: [Int32], b3: [Int32], variant: KernelVariant = .best
    ) {
        let inputs = contexts + Int(COIN_LATENT_FEATURES)
        precondition(variant.isSupported, "this CPU lacks \(variant)")
        precondition((2...16).contains(contexts) && contexts % 2 == 0)
        precondition((2...32).contains(hidden) && hidden % 2 == 0)
        precondition(w1.count == hidden * inputs && b1.count == hidden)
        precondition(w2.count == hidden * hidden && b2.count == hidden)
        precondition(w3.count == 2 * (hidden + inputs) && b3.count == 2)
        self.contexts = contexts
        self.variant = variant
        var packed = coin_latent_network()
        unsafe coin_latent_network_pack(
            &packed, UInt32(contexts), UInt32(hidden), w1, b1, w2, b2, w3, b3)
        self.packed = packed
    }

    /// Predicts every latent of a grid that is known.
    package func predict(_ grid: LatentGrid, _ surroundings: LatentSurroundings)
        -> LatentPredictions
    {
        var means = [Int16](repeating: 0, count: grid.values.count)
        var scales = [UInt8](repeating: 0, count: grid.values.count)
        var workspace = Self.workspace(width: grid.width)
        var network = packed
        unsafe grid.withGrid { own in
            unsafe surroundings.withContexts(own) { contexts in
                var contexts = unsafe contexts
                unsafe coin_latent_predict(
                    variant.code, &network, &contexts, &means, &scales, &workspace)
            }
        }
        return LatentPredictions(means: means, scales: scales)
    }

    /// Scratch memory for grids up to `width`.
    static func workspace(width: Int) -> [UInt64] {
        [UInt64](repeating: 0, count: coin_latent_workspace(UInt32(width)) / 8 + 1)
    }
}

extension LatentEntropyNetwork {
    /// The bytes of scratch memory that grids up to `width` take while they are read.
    package static func workspaceBytes(width: Int) -> Int { coin_latent_workspace(UInt32(width)) }
}

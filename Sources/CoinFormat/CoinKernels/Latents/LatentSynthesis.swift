internal import CCoinKernels

/// The network that makes samples of planes, packed for the kernels (§7).
///
/// Letters: I planes, K neurons, C outputs.
package struct LatentSynthesis: Sendable {
    /// The number of planes, I.
    package let planeCount: Int
    /// The bytes of a pixel.
    package let bytesPerPixel: Int
    let packed: coin_latent_synthesis

    /// The tensors of a synthesis: 12 fractional bits, biases 18, those of `b` 19.
    package struct Tensors: Sendable {
        /// Shape `[K, I]` and `[K]`.
        package var a1, a1Biases: [Int32]
        /// Shape `[C, K + I]` and `[C]`.
        package var a2, a2Biases: [Int32]
        /// Shape `[C, C, 3, 3]` and `[C]`.
        package var b, bBiases: [Int32]

        /// Creates tensors.
        package init(
            a1: [Int32], a1Biases: [Int32], a2: [Int32], a2Biases: [Int32], b: [Int32],
            bBiases: [Int32]
        ) {
            (self.a1, self.a1Biases) = (a1, a1Biases)
            (self.a2, self.a2Biases) = (a2, a2Biases)
            (self.b, self.bBiases) = (b, bBiases)
        }
    }

    /// Packs the tensors.
    ///
    /// - Parameters:
    ///   - planeCount: I, 1…13.
    ///   - width: K, even, 2…64.
    ///   - channelCount: Of the picture, 1…4; where it is C + 1, the last one is opaque alpha.
    ///   - is16Bit: Whether a sample has 16 bits, not 8.
    ///   - gain: 1…32767.
    ///   - bases: Of each output, 0…65535; C of them.
    ///   - tensors: Magnitudes of a row 49151 together, of `b` 45055.
    package init(
        planeCount: Int, width: Int, channelCount: Int, is16Bit: Bool, gain: Int, bases: [Int],
        tensors: Tensors
    ) {
        let outputs = bases.count
        precondition((1...13).contains(planeCount) && (2...64).contains(width) && width % 2 == 0)
        precondition((1...4).contains(outputs) && (1...4).contains(channelCount))
        precondition((0...1).contains(channelCount - outputs))
        precondition(tensors.a1.count == width * planeCount && tensors.a1Biases.count == width)
        precondition(tensors.a2.count == outputs * (width + planeCount))
        precondition(tensors.b.count == 9 * outputs * outputs)
        precondition(tensors.a2Biases.count == outputs && tensors.bBiases.count == outputs)
        self.planeCount = planeCount
        bytesPerPixel = channelCount * (is16Bit ? 2 : 1)
        var packed = coin_latent_synthesis()
        packed.planes = UInt32(planeCount)
        packed.width = UInt32(width)
        packed.outputs = UInt32(outputs)
        packed.channels = UInt32(channelCount)
        packed.is_16_bit = is16Bit ? 1 : 0
        packed.gain = Int32(gain)
        let padded = bases.map(Int32.init) + [Int32](repeating: 0, count: 4 - outputs)
        packed.bases = (padded[0], padded[1], padded[2], padded[3])
        unsafe coin_latent_synthesis_pack(
            &packed, tensors.a1, tensors.a1Biases, tensors.a2, tensors.a2Biases, tensors.b,
            tensors.bBiases)
        self.packed = packed
    }
}

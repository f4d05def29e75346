extension SirenDescriptor {
    /// How much smaller than the papers' the first layer's initial weights are.
    ///
    /// The papers' longer axis spans three units, ours two (§7.2); what fits best on photographs
    /// was measured (`docs/notes/fitting.md`).
    private static let firstLayerFactor: Float = 0.8

    /// Random weights for the start of a fit, in the decoder's units.
    ///
    /// Sitzmann et al. 2020, §3.2: the first layer is U(±1/fan_in), the others are
    /// U(±√(6/fan_in)/ω₀); biases come from the same range. Only the last biases start at the
    /// `means` of the channels, which spares a fit its first passes.
    func initialParameters(means: [Float], generator: inout SeededGenerator) -> [Float] {
        let sizes = [2] + widths + [means.count]
        var parameters: [Float] = []
        for layer in 0...widths.count {
            let inputs = Float(sizes[layer])
            let bound =
                layer == 0
                ? Self.firstLayerFactor / inputs
                : (6 / inputs).squareRoot() / (hiddenScale * 2 * .pi)
            let count = sizes[layer + 1] * (sizes[layer] + 1)
            for _ in 0..<count {
                parameters.append(generator.uniform(bound) * scale(ofLayer: layer))
            }
        }
        parameters.replaceSubrange((parameters.count - means.count)..., with: means)
        return parameters
    }

    /// The learning rate of each layer in the units of its parameters.
    ///
    /// Sine layers count in turns, so their rate in radians is divided by 2π. The linear layer
    /// learns best at a fifth of that rate (`docs/notes/fitting.md`).
    func learningRates(_ rate: Float) -> [Float] {
        [Float](repeating: rate / (2 * .pi), count: widths.count) + [rate / 5]
    }
}

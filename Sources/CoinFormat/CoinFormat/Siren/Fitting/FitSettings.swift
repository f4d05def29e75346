/// How a network is fitted to the pixels of a tile.
///
/// The result depends on these settings and the pixels alone: not on the machine, the instruction
/// set or the number of threads.
struct FitSettings: Sendable, Equatable {
    /// The number of passes over the pixels.
    var epochCount: Int
    /// The number of pixels of one step, or `nil` for what suits the tile.
    var batchSize: Int?
    /// The highest learning rate, in radians of a sine's argument for sine layers, or `nil` for
    /// what suits the optimizer and the number of steps.
    var learningRate: Float?
    /// Where the initial weights and the order of the pixels come from.
    var seed: UInt64 = 0
    /// How weights follow their gradients.
    var optimizer = OptimizerKind.muon

    /// The number of pixels of one step for a tile of so many: 48 steps a pass, so that small
    /// pictures get as many steps as large ones.
    func batchSize(sampleCount: Int) -> Int {
        batchSize ?? min(max(sampleCount / 48, 256), 8192)
    }

    /// The number of passes for an effort of 1…9.
    static func epochCount(effort: Int) -> Int {
        let counts = [8, 20, 45, 100, 200, 350, 600, 1100, 2000]
        return counts[min(max(effort, 1), 9) - 1]
    }
}

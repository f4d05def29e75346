/// How a network is fitted to the pixels of a tile.
///
/// The result depends on these settings and the pixels alone: not on the machine, the instruction
/// set or the number of threads.
struct FitSettings: Sendable, Equatable {
    /// The number of passes over the pixels.
    var epochCount: Int
    /// The number of pixels of one step.
    var batchSize = 8192
    /// The highest learning rate, in radians of a sine's argument for sine layers.
    var learningRate: Float = 0.03
    /// Where the initial weights and the order of the pixels come from.
    var seed: UInt64 = 0
    /// The optimizer's constants.
    var optimizer = SOAP.Settings()

    /// The number of passes for an effort of 1…9.
    static func epochCount(effort: Int) -> Int {
        let counts = [8, 25, 60, 130, 300, 500, 900, 1700, 3000]
        return counts[min(max(effort, 1), 9) - 1]
    }
}

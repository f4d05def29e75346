/// The order in which a fit visits the pixels of a tile: each once a pass, and every batch spread
/// evenly over the tile.
///
/// The tile is cut into blocks of about as many pixels as a pass has batches. A batch gets one
/// pixel of each block, drawn at random, so that none sees more of the sky than of the meadow.
/// Compared with drawing all pixels at random this lowers the noise of the gradient at no cost
/// (`docs/notes/fitting.md`).
struct PixelOrder {
    /// The indices of the pixels, row by row of the tile, in the order of the pass.
    private(set) var indices: [UInt32]
    private let width: Int
    private let height: Int
    private let blockWidth: Int
    private let blockHeight: Int
    /// For each pixel, which part of the pass it falls into, below ``phaseCount``.
    private var phases: [UInt16]

    /// Creates an order for batches of about `batchSize` pixels; ``draw(_:)`` fills it.
    init(width: Int, height: Int, batchSize: Int) {
        self.width = width
        self.height = height
        let wanted = min(max(1, width * height / max(1, batchSize)), Int(UInt16.max) / 2)
        // As square as a narrow tile allows.
        let side = Int(Double(wanted).squareRoot().rounded(.up))
        let tall = min(side, height)
        blockWidth = min(width, (wanted + tall - 1) / tall)
        blockHeight = min(height, (wanted + blockWidth - 1) / blockWidth)
        indices = [UInt32](repeating: 0, count: width * height)
        phases = [UInt16](repeating: 0, count: width * height)
    }

    /// The number of pixels of a block, each of which falls into another part of the pass.
    private var phaseCount: Int { blockWidth * blockHeight }

    /// Draws the order of the next pass.
    mutating func draw(_ generator: inout SeededGenerator) {
        drawPhases(&generator)
        var next = [Int](repeating: 0, count: phaseCount + 1)
        for phase in phases { next[Int(phase) + 1] += 1 }
        for phase in 1..<next.count { next[phase] += next[phase - 1] }
        // A pass may leave out its last pixels: where it starts in the tile changes.
        let start = Int(generator.index(below: UInt32(phases.count)))
        for index in [start..<phases.count, 0..<start].joined() {
            let phase = Int(phases[index])
            indices[next[phase]] = UInt32(index)
            next[phase] += 1
        }
    }

    /// Deals the phases out to the pixels of each block at random; blocks that the tile's edges
    /// cut get some of them.
    private mutating func drawPhases(_ generator: inout SeededGenerator) {
        var deck = (0..<UInt16(phaseCount)).map { $0 }
        for top in stride(from: 0, to: height, by: blockHeight) {
            for left in stride(from: 0, to: width, by: blockWidth) {
                var dealt = 0
                for row in top..<min(top + blockHeight, height) {
                    for column in left..<min(left + blockWidth, width) {
                        let rest = UInt32(deck.count - dealt)
                        deck.swapAt(dealt, dealt + Int(generator.index(below: rest)))
                        phases[row * width + column] = deck[dealt]
                        dealt += 1
                    }
                }
            }
        }
    }
}

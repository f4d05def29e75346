internal import FormatKit
internal import Synchronization

/// Deals out tiles to threads, collects their networks and tells how far they are.
final class TileBoard: Sendable {
    private struct State {
        var nextTile = 0
        var epochsDone = 0
        var tiles: [TileWeights?]
        var failure: ImageError?
    }

    private let tileCount: Int
    private let epochCount: Int
    private let context: CodecContext
    private let state: Mutex<State>

    init(tileCount: Int, epochCount: Int, context: CodecContext) {
        self.tileCount = tileCount
        self.epochCount = epochCount
        self.context = context
        state = Mutex(State(tiles: [TileWeights?](repeating: nil, count: tileCount)))
    }

    /// The next tile to fit, or `nil` when all are taken or one has failed.
    func takeTile() -> Int? {
        state.withLock { state in
            guard state.failure == nil, state.nextTile < tileCount else { return nil }
            defer { state.nextTile += 1 }
            return state.nextTile
        }
    }

    func finish(_ tile: Int, _ weights: TileWeights) {
        state.withLock { $0.tiles[tile] = weights }
    }

    /// Stops the dealing; the first failure is the one that counts.
    func fail(_ error: ImageError) {
        state.withLock { $0.failure = $0.failure ?? error }
    }

    /// Counts a pass and tells the caller.
    func report(_ status: TileFitter.Status) {
        // Under the lock, so that reports come one at a time and never go back.
        state.withLock { state in
            state.epochsDone += 1
            context.progress(progress(status, epochsDone: state.epochsDone))
        }
    }

    private func progress(_ status: TileFitter.Status, epochsDone done: Int) -> Progress {
        let tiles =
            tileCount == 1 ? "" : "tile \(min(done / epochCount + 1, tileCount))/\(tileCount), "
        let hundredths = Int((status.decibels * 100).rounded())
        let decibels = "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)"
        let restarts = status.restartCount == 0 ? "" : " (restarts: \(status.restartCount))"
        return Progress(
            fraction: Double(done) / Double(epochCount * tileCount),
            detail:
                "\(tiles)epoch \(status.epoch)/\(status.epochCount), \(decibels) dB\(restarts)")
    }

    /// The networks of all tiles, in order.
    func result() throws(ImageError) -> [TileWeights] {
        let (tiles, failure) = state.withLock { ($0.tiles, $0.failure) }
        if let failure { throw failure }
        return tiles.compactMap { $0 }
    }
}

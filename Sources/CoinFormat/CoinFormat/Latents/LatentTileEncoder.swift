internal import CoinKernels

/// Writes the latents of tiles, and says what they cost (§5).
struct LatentTileEncoder: Sendable {
    let descriptor: LatentDescriptor
    let network: LatentEntropyNetwork

    /// Codes a tile's grids: one for each place of the descriptor.
    ///
    /// - Precondition: every latent is within ±511.
    func payload(_ grids: [LatentPlace: LatentGrid]) -> LatentPayload {
        let count = grids.values.reduce(0) { $0 + $1.values.count }
        var writer = LatentWriter(valueCount: count, stateCount: descriptor.stateCount)
        var counts: [Int] = []  // bytes behind each level, fine to coarse
        for level in descriptor.finestLevel..<descriptor.levelCount {
            counts.append(writer.count)
            for group in descriptor.groups(atLevel: level).reversed() {
                let place = LatentPlace(group: group, level: level)
                guard let grid = grids[place] else { preconditionFailure("no grid \(place)") }
                let predictions = network.predict(
                    grid, descriptor.surroundings(of: place, in: grids))
                writer.write(grid, predictions)
            }
        }
        let bytes = writer.finish()
        return LatentPayload(bytes: bytes, levelEnds: counts.reversed().map { bytes.count - $0 })
    }

    /// What the latents of a grid cost, in bits.
    func cost(_ place: LatentPlace, _ grids: [LatentPlace: LatentGrid]) -> Double {
        guard let grid = grids[place] else { return 0 }
        let predictions = network.predict(grid, descriptor.surroundings(of: place, in: grids))
        return Double(LatentTables.shared.cost(of: grid.values.span, predictions)) / 65_536
    }
}

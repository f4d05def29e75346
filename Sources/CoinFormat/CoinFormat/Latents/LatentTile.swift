internal import CoinKernels

/// The latents of one tile: decoded level by level, coarse to fine, as far as was asked for.
struct LatentTile: Sendable {
    let descriptor: LatentDescriptor
    private(set) var grids: [LatentPlace: LatentGrid] = [:]
    private let geometry: LatentGeometry
    private let index: Int
    private let payload: LatentPayload
    private var reader: LatentReader
    /// The finest level that is decoded; the number of levels before the first one.
    private(set) var level: Int

    /// Starts to decode tile `index`.
    init(
        _ payload: LatentPayload, index: Int, descriptor: LatentDescriptor,
        geometry: LatentGeometry
    ) throws(BitstreamError) {
        self.descriptor = descriptor
        self.geometry = geometry
        self.index = index
        self.payload = payload
        level = descriptor.levelCount
        reader = try atOffset(payload.base) { () throws(LatentStreamError) in
            try LatentReader(payload.bytes, stateCount: descriptor.stateCount)
        }
    }

    /// Decodes the levels down to `finest` that are not yet, and checks where each ends.
    mutating func decode(
        downTo finest: Int, _ network: LatentEntropyNetwork
    ) throws(BitstreamError) {
        while level > max(finest, descriptor.finestLevel) {
            level -= 1
            for group in descriptor.groups(atLevel: level) {
                try decode(LatentPlace(group: group, level: level), network)
            }
            try checkEnd()
        }
    }

    private mutating func decode(
        _ place: LatentPlace, _ network: LatentEntropyNetwork
    ) throws(BitstreamError) {
        let part = geometry.part(ofTile: index, level: place.level)
        var grid = LatentGrid(width: part.columns.count, height: part.rows.count)
        let surroundings = descriptor.surroundings(of: place, in: grids)
        do { try reader.read(&grid, surroundings, network) } catch {
            throw BitstreamError(error, base: payload.base)
        }
        grids[place] = grid
    }

    private mutating func checkEnd() throws(BitstreamError) {
        let expected = payload.levelEnds[descriptor.levelCount - 1 - level]
        guard reader.position == expected else {
            throw .invalidField(
                "the end of level \(level)", found: "byte \(reader.position)",
                expected: "byte \(expected)", offset: payload.base + reader.position)
        }
        guard level == descriptor.finestLevel else { return }
        do { try reader.finish() } catch { throw BitstreamError(error, base: payload.base) }
    }

    /// The bytes that a tile's latents take when all levels down to `finest` are decoded.
    static func byteCount(
        of tile: Int, downTo finest: Int, _ descriptor: LatentDescriptor,
        _ geometry: LatentGeometry
    ) -> Int {
        (finest..<descriptor.levelCount).reduce(0) { sum, level in
            let part = geometry.part(ofTile: tile, level: level)
            let count = part.columns.count * part.rows.count
            return sum + 2 * count * descriptor.groups(atLevel: level).count
        }
    }
}

extension LatentDescriptor {
    /// What the contexts of a grid are made of, of the grids that are there.
    func surroundings(
        of place: LatentPlace, in grids: [LatentPlace: LatentGrid]
    ) -> LatentSurroundings {
        let (near, far) = surroundings(of: place)
        return LatentSurroundings(
            near: grids[near], far: grids[far], isLuma: place.group == .luma)
    }
}

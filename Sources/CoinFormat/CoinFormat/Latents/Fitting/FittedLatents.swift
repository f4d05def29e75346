internal import CoinKernels
internal import FormatKit

/// The result of a fit: integers all of it.
struct FittedLatents {
    let form: LatentForm
    /// λ, which a rate that was asked for may have changed.
    let lambda: Double
    let networks: NetworkQuantizer.Result
    /// The grids of the whole picture.
    let grids: [LatentPlace: LatentGrid]

    /// What a fit of all grids together has minimized, in bits; those of the networks are in it.
    var cost: Double {
        networks.bits + networks.measure.bits
            + Double(form.errorScale(lambda: lambda)) / 2 * networks.measure.distortion
    }

    /// The side of a tile that is aimed at; where there is more than one, they can be decoded at
    /// the same time.
    private static let tileSide = 1024

    /// The parts of a file.
    func encoded(kernels: KernelVariant) -> EncodedPicture {
        let descriptor = form.descriptor
        let grid = Self.tileGrid(form.size, levelCount: descriptor.levelCount)
        let encoder = LatentTileEncoder(
            descriptor: descriptor, network: networks.networks.entropyNetwork(kernels))
        guard let shared = networks.networks.serialized(stepBits: networks.stepBits) else {
            preconditionFailure("the quantizer keeps differences within their code")
        }
        guard
            let geometry = LatentGeometry(
                size: form.size, levelCount: descriptor.levelCount,
                columnBoundaries: (0...grid.columns).map(grid.horizontal.boundary),
                rowBoundaries: (0...grid.rows).map(grid.vertical.boundary))
        else { preconditionFailure("tiles start where coarse latents do") }
        let tiles = (0..<grid.tileCount).map { tile in
            let parts = grids.map { place, grid in
                (place, grid.part(geometry.part(ofTile: tile, level: place.level)))
            }
            let payload = encoder.payload(Dictionary(uniqueKeysWithValues: parts))
            return ArchitecturePayload(.tile, architecture: 0, content: payload.serialized)
        }
        return EncodedPicture(
            grid: grid,
            architectures: [
                ArchitectureDescriptor(kind: LatentDescriptor.kind, body: descriptor.serialized)
            ],
            shared: [ArchitecturePayload(.networks, architecture: 0, content: shared)],
            tiles: tiles)
    }

    private static func tileGrid(_ size: ImageSize, levelCount: Int) -> TileGrid {
        let alignment = levelCount - 1
        func count(_ length: Int) -> Int {
            let units = (length + (1 << alignment) - 1) >> alignment
            return max(1, min((length + tileSide / 2) / tileSide, units))
        }
        let isSmall = size.pixelCount <= 3 * tileSide * tileSide / 2
        guard
            let grid = TileGrid(
                size: size, columns: isSmall ? 1 : count(size.width),
                rows: isSmall ? 1 : count(size.height), overlap: 0, alignment: alignment)
        else { preconditionFailure("tiles of at least a unit") }
        return grid
    }
}

extension LatentGrid {
    /// The part of a grid in a tile.
    fileprivate func part(_ region: LatentRegion) -> LatentGrid {
        var values: [Int16] = []
        values.reserveCapacity(region.columns.count * region.rows.count)
        for row in region.rows {
            let start = row * width
            values +=
                self.values[
                    start + region.columns.lowerBound..<start + region.columns.upperBound]
        }
        return LatentGrid(
            width: region.columns.count, height: region.rows.count, values: values)
    }
}

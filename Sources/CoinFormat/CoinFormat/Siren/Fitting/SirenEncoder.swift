internal import CoinKernels
internal import FormatKit

/// Fits networks of sines, a tile each.
struct SirenEncoder: PictureEncoder {
    private let plan: SirenPlan
    private let context: CodecContext
    private let kernels: KernelVariant
    private let tilesAtOnce: Int

    init(
        header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) {
        kernels = try KernelVariant(context.kernels)
        plan = SirenPlan(header: header, settings: settings)
        self.context = context
        // Tiles are dealt out to threads where there are enough; a lone tile is shared by all.
        let threadCount = max(1, context.threadCount)
        tilesAtOnce = plan.grid.tileCount >= threadCount ? threadCount : 1
        try context.limits.checkMemory(
            Self.memoryByteCount(header, plan.grid, tilesAtOnce: tilesAtOnce))
    }

    /// The memory of the image and of the tiles that are fitted at the same time.
    private static func memoryByteCount(
        _ header: ImageHeader, _ grid: TileGrid, tilesAtOnce: Int
    ) -> Int {
        let image = header.size.pixelCount * header.layout.bytesPerPixel
        // No extent is larger: inner tiles have two overlaps, and rounding adds a pixel.
        let tile = [grid.horizontal, grid.vertical].map {
            min($0.length, $0.length / $0.count + 1 + 2 * $0.overlap)
        }
        return image + tile[0] * tile[1] * (4 * header.layout.channelCount + 4) * tilesAtOnce
    }

    func encode(_ raster: Raster) throws(ImageError) -> EncodedPicture {
        let networks = plan.networks(raster)
        let tiles = try fitTiles(networks, raster)
        return EncodedPicture(
            grid: plan.grid,
            architectures: networks.architectures.map(SirenArchitecture.descriptor),
            tiles: tiles.enumerated().map {
                $1.payload(networks[$0], channelCount: raster.layout.channelCount)
            })
    }

    private func fitTiles(
        _ networks: TileNetworks, _ raster: Raster
    ) throws(ImageError) -> [TileWeights] {
        let board = TileBoard(
            tileCount: plan.grid.tileCount, epochCount: plan.fit.epochCount, context: context)
        let threadsPerTile = max(1, context.threadCount / tilesAtOnce)
        forEachItem(tilesAtOnce, threadCount: tilesAtOnce) { _, _ in
            while let tile = board.takeTile() {
                do throws(ImageError) {
                    let weights = try fit(
                        tile, networks, raster, threadCount: threadsPerTile, board)
                    board.finish(tile, weights)
                } catch {
                    board.fail(error)
                }
            }
        }
        return try board.result()
    }

    private func fit(
        _ tile: Int, _ networks: TileNetworks, _ raster: Raster, threadCount: Int,
        _ board: TileBoard
    ) throws(ImageError) -> TileWeights {
        var settings = plan.fit
        settings.seed &+= UInt64(tile)
        let fitter = TileFitter(
            samples: TileSamples(
                column: tile % plan.grid.columns, row: tile / plan.grid.columns, grid: plan.grid,
                raster: raster),
            architecture: networks.indices[tile], descriptor: networks[tile], settings: settings,
            kernels: kernels, threadCount: threadCount)
        return try fitter.fit { (status) throws(ImageError) in
            try context.checkCancellation()
            board.report(status)
        }
    }
}

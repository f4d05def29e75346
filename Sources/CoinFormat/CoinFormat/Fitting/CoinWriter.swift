internal import CoinKernels
internal import FormatKit

/// Collects an image, fits its networks and writes them.
final class CoinWriter: ImageWriter {
    private let sink: any ImageSink
    private let header: ImageHeader
    private let plan: EncodingPlan
    private let context: CodecContext
    private let kernels: KernelVariant
    private var raster: Raster

    init(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) {
        try context.limits.check(header.size)
        kernels = try KernelVariant(context.kernels)
        plan = EncodingPlan(header: header, settings: settings)
        self.sink = sink
        self.header = header
        self.context = context
        raster = Raster(size: header.size, layout: header.layout)
        try context.limits.checkMemory(memoryByteCount)
    }

    /// The memory of the image and of the tiles that are fitted at the same time.
    private var memoryByteCount: Int {
        let image = header.size.pixelCount * header.layout.bytesPerPixel
        let (columns, rows) = (plan.grid.horizontal, plan.grid.vertical)
        let tile = (columns.extent(0).count + 1) * (rows.extent(0).count + 1)
        return image + tile * (4 * header.layout.channelCount + 4) * tilesAtOnce
    }

    /// Tiles are dealt out to threads where there are enough; a lone tile is shared by all.
    private var tilesAtOnce: Int {
        plan.grid.tileCount >= context.threadCount ? max(1, context.threadCount) : 1
    }

    func writeRows(_ band: PixelBand) throws(ImageError) {
        raster.append(band)
    }

    func finish() throws(ImageError) {
        precondition(raster.isComplete)
        let tiles = try fitTiles()
        let hasProfile = header.metadata.icc != nil
        var metadata = header.metadata
        metadata.exif = metadata.exifCarryingOrientation
        let file = CoinFile(
            header: CoinHeader(
                size: header.size, channelCount: header.layout.channelCount,
                bitDepth: header.layout.sample.bitCount, grid: plan.grid,
                architectures: [plan.descriptor], orientation: header.metadata.orientation,
                colorPrimaries: hasProfile ? CoinHeader.unspecified : CoinHeader.sRGB.primaries,
                transfer: hasProfile ? CoinHeader.unspecified : CoinHeader.sRGB.transfer),
            metadata: metadata, tiles: tiles)
        try sink.append(file.serialized)
    }

    private func fitTiles() throws(ImageError) -> [TileWeights] {
        let board = TileBoard(
            tileCount: plan.grid.tileCount, epochCount: plan.fit.epochCount, context: context)
        let atOnce = tilesAtOnce
        let threadsPerTile = max(1, context.threadCount / atOnce)
        forEachItem(atOnce, threadCount: atOnce) { _, _ in
            while let tile = board.takeTile() {
                do throws(ImageError) {
                    board.finish(tile, try fit(tile, threadCount: threadsPerTile, board))
                } catch {
                    board.fail(error)
                }
            }
        }
        return try board.result()
    }

    private func fit(
        _ tile: Int, threadCount: Int, _ board: TileBoard
    ) throws(ImageError) -> TileWeights {
        var settings = plan.fit
        settings.seed &+= UInt64(tile)
        let fitter = TileFitter(
            samples: TileSamples(
                column: tile % plan.grid.columns, row: tile / plan.grid.columns, grid: plan.grid,
                raster: raster),
            descriptor: plan.descriptor, settings: settings, kernels: kernels,
            threadCount: threadCount)
        return try fitter.fit { (status) throws(ImageError) in
            try context.checkCancellation()
            board.report(status)
        }
    }
}

internal import CoinKernels
internal import FormatKit

/// A fit of the grids of a large picture, window by window, with networks that stay.
///
/// A window is some tiles and a margin around them, which the filters of its pixels reach. What
/// earlier windows have fitted is pinned in the margin; what later ones will is fitted there, too,
/// and forgotten. So neighbors agree on both sides of a border.
struct FitWindows {
    let picture: FitPicture
    let networks: NetworkQuantizer.Result
    let lambda: Double
    /// Of the whole picture.
    let form: LatentForm
    let schedule: FitSchedule
    let seed: UInt32
    let kernels: KernelVariant
    let context: CodecContext

    /// The side of a window without its margin, and the margin: multiples of a coarsest latent.
    private static let side = 2048
    private static let margin = 128
    /// The sides of a sample of the picture, and of the squares that it is made of.
    private static let sampleSide = 1536
    private static let squareSide = 256

    /// The size of a window within the picture, with its margin on all sides.
    static let largestSize = ImageSize(
        width: side + 2 * margin, height: side + 2 * margin)

    func run(_ stages: inout FitStages) throws(ImageError) -> FittedLatents {
        let size = picture.raster.size
        var latents = LatentCanvas(form: form)
        let lefts = Array(stride(from: 0, to: size.width, by: Self.side))
        let tops = Array(stride(from: 0, to: size.height, by: Self.side))
        for (row, top) in tops.enumerated() {
            for (column, left) in lefts.enumerated() {
                stages.begin(row * lefts.count + column, of: lefts.count * tops.count)
                try fit(
                    columns: left..<min(left + Self.side, size.width),
                    rows: top..<min(top + Self.side, size.height), &latents, stages)
            }
        }
        return FittedLatents(form: form, lambda: lambda, networks: networks, grids: latents.grids)
    }

    /// Fits a window whose inner part is given.
    private func fit(
        columns: Range<Int>, rows: Range<Int>, _ latents: inout LatentCanvas, _ stages: FitStages
    ) throws(ImageError) {
        let size = picture.raster.size
        let outerColumns =
            max(
                0, columns.lowerBound - Self.margin)..<min(
                size.width, columns.upperBound + Self.margin)
        let outerRows =
            max(0, rows.lowerBound - Self.margin)..<min(size.height, rows.upperBound + Self.margin)
        let window = form.resized(
            to: ImageSize(width: outerColumns.count, height: outerRows.count))
        let trainer = LatentTrainer(
            picture: picture, origin: (outerColumns.lowerBound, outerRows.lowerBound),
            form: window, lambda: lambda, kernels: kernels,
            threadCount: max(1, context.threadCount), seed: seed,
            parameters: networks.networks.parameters)
        trainer.model.pin(
            rows: rows.lowerBound - outerRows.lowerBound,
            columns: columns.lowerBound - outerColumns.lowerBound,
            last: rows.upperBound - outerRows.lowerBound)
        latents.load(
            into: trainer.model, columns: outerColumns, rows: outerRows, above: rows.lowerBound,
            leftOf: columns.lowerBound, until: rows.upperBound)
        for number in 1..<schedule.softStepCount + 1 {
            try context.checkCancellation()
            var settings = schedule.step(number)
            settings.networkRate = 0
            let measure = trainer.step(number, settings)
            stages.report(number, of: schedule.softStepCount, measure, window, context)
        }
        try trainer.refineRounding(context)
        latents.store(
            from: trainer.model, columns: columns, rows: rows,
            origin: (outerColumns.lowerBound, outerRows.lowerBound))
    }

    /// Squares from all over a picture, put together: what networks for all of it can be fitted to.
    static func sample(of picture: FitPicture) -> FitPicture {
        let raster = picture.raster
        let count = sampleSide / squareSide
        var sample = Raster(
            size: ImageSize(width: sampleSide, height: sampleSide), layout: raster.layout)
        let bytesPerPixel = raster.layout.bytesPerPixel
        func start(_ index: Int, of length: Int) -> Int {
            // Evenly from edge to edge; in a picture that is narrower than the sample, again and again.
            length <= squareSide ? 0 : index * (length - squareSide) / (count - 1)
        }
        for y in 0..<sampleSide {
            var row: [UInt8] = []
            row.reserveCapacity(sampleSide * bytesPerPixel)
            let top = start(y / squareSide, of: raster.size.height)
            let sourceRow = min(top + y % squareSide, raster.size.height - 1)
            for square in 0..<count {
                let left = start(square, of: raster.size.width)
                for x in 0..<squareSide {
                    let column = min(left + x, raster.size.width - 1)
                    let offset = (sourceRow * raster.size.width + column) * bytesPerPixel
                    row += raster.bytes[offset..<offset + bytesPerPixel]
                }
            }
            sample.append(bytes: row)
        }
        return FitPicture(raster: sample, hasAlpha: picture.hasAlpha, means: picture.means)
    }
}

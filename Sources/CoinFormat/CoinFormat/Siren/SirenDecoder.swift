internal import CoinKernels
internal import FormatKit

/// Evaluates the networks of a picture's tiles.
struct SirenDecoder: PictureDecoder {
    let header: CoinHeader
    /// The network of each tile, with the scales of its layers multiplied in.
    let evaluators: [NetworkEvaluator]
    let details: [ImageDetail]

    /// Parses the weights of all tiles.
    init(
        _ file: CoinFile, architecture: SirenArchitecture, kernels: KernelVariant
    ) throws(BitstreamError) {
        header = file.header
        let channelCount = header.channelCount
        var evaluators: [NetworkEvaluator] = []
        var parameterCount = 0
        for tile in file.tiles {
            let descriptor = architecture.descriptors[tile.architecture]
            let weights = try TileWeights(
                parsing: tile, descriptor: descriptor, channelCount: channelCount)
            parameterCount += weights.values.count
            evaluators.append(
                NetworkEvaluator(
                    shape: descriptor.shape(channelCount: channelCount),
                    parameters: weights.parameters(descriptor, channelCount: channelCount).span,
                    variant: kernels))
        }
        self.evaluators = evaluators
        let tileByteCount = file.boxSizes.filter { $0.type == "TILE" }.reduce(0) {
            $0 + $1.byteCount
        }
        details = [
            ImageDetail("parameters", .integer(parameterCount)),
            ImageDetail(
                "bits_per_weight", .real(Double(tileByteCount * 8) / Double(parameterCount))),
            ImageDetail(
                "multiply_adds_per_pixel", .integer(architecture.multiplyAddsPerPixel)),
        ]
    }

    func makeRegionDecoder(
        _ region: PixelRegion, at size: ImageSize, context: CodecContext
    ) -> any RegionDecoder {
        SirenRegionDecoder(self, region: region, size: size, context: context)
    }
}

/// Deals out the rows of a region to threads one by one: each is computed alone.
final class SirenRegionDecoder: RegionDecoder {
    private let region: PixelRegion
    private let rowByteCount: Int
    private let context: CodecContext
    /// One for each thread.
    private var decoders: [RowDecoder]
    private var nextRow: Int

    init(
        _ picture: SirenDecoder, region: PixelRegion, size: ImageSize, context: CodecContext
    ) {
        self.region = region
        self.context = context
        rowByteCount = picture.header.layout.bytesPerRow(width: region.columns.count)
        nextRow = region.rows.lowerBound
        let decoder = RowDecoder(
            header: picture.header, evaluators: picture.evaluators,
            columns: ColumnPlan(header: picture.header, size: size, columns: region.columns),
            imageSize: size)
        decoders = [RowDecoder](
            repeating: decoder, count: max(1, min(context.threadCount, region.rows.count)))
    }

    func decodeRows(into output: UnsafeMutableRawBufferPointer) throws(ImageError) {
        let (first, rowByteCount, context) = (nextRow, rowByteCount, context)
        let rowCount = output.count / rowByteCount
        precondition(
            output.count % rowByteCount == 0 && first + rowCount <= region.rows.upperBound)
        let threadCount = decoders.count
        unsafe decoders.withUnsafeMutableBufferPointer { decoders in
            forEachItem(rowCount, threadCount: threadCount) { thread, index in
                guard !context.isCancelled() else { return }
                unsafe decoders[thread].evaluate(row: first + index)
                let row = index * rowByteCount..<(index + 1) * rowByteCount
                unsafe decoders[thread].quantize(
                    into: UnsafeMutableRawBufferPointer(rebasing: output[row]))
            }
        }
        try context.checkCancellation()
        nextRow += rowCount
    }
}

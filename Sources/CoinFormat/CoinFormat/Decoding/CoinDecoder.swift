internal import CoinKernels
public import FormatKit

/// Decodes a `.coin` stream: any region of the picture, at any resolution.
///
/// The result is a function of the stream alone, to the last bit: it does not depend on the
/// machine, the number of threads, or the region asked for (spec §7).
public struct CoinDecoder: Sendable {
    let file: CoinFile
    private let context: CodecContext
    /// The network of each tile, with the scales of its layers multiplied in.
    private let evaluators: [NetworkEvaluator]

    /// Parses a stream and checks it against the context's limits.
    ///
    /// - Throws: ``ImageError`` if the stream is damaged, needs a newer decoder, or asks for more
    ///   pixels or work than the limits allow; the latter from the header alone.
    public init(
        parsing bytes: [UInt8], context: CodecContext = CodecContext()
    ) throws(ImageError) {
        let kernels = try KernelVariant(context.kernels)
        let file = try CoinFile(
            parsing: bytes,
            accept: { (header) throws(ImageError) in
                try context.limits.check(header.size)
                try context.limits.checkWork(header.multiplyAddBound)
            }, mapping: \.imageError)
        self.file = file
        self.context = context
        let channelCount = file.header.channelCount
        evaluators = file.tiles.map { tile in
            let descriptor = file.header.architectures[tile.architecture]
            return NetworkEvaluator(
                shape: descriptor.shape(channelCount: channelCount),
                parameters: tile.parameters(descriptor, channelCount: channelCount).span,
                variant: kernels)
        }
    }

    /// The size, layout and metadata of the picture.
    public var header: ImageHeader {
        ImageHeader(
            size: file.header.size, layout: file.header.layout, metadata: file.metadata,
            details: file.details)
    }

    /// Decodes a region of the picture at a resolution.
    ///
    /// - Parameters:
    ///   - region: The pixels wanted, of a picture of `size`; all of them by default. Only the
    ///     tiles that the region touches are evaluated.
    ///   - size: The size at which the whole picture is sampled; its own by default.
    /// - Returns: The region.
    /// - Throws: ``ImageError`` if the result exceeds the limits or the work is cancelled.
    /// - Precondition: The region is not empty and lies within `size`.
    public func decode(
        region: PixelRegion? = nil, size: ImageSize? = nil
    ) throws(ImageError) -> Image {
        let size = size ?? file.header.size
        let region = region ?? PixelRegion(size)
        precondition(PixelRegion(size).contains(region) && region.size.pixelCount > 0)
        try checkLimits(region: region, size: size)
        var header = header
        header.size = region.size
        let rowByteCount = header.layout.bytesPerRow(width: region.columns.count)
        var bytes = [UInt8](repeating: 0, count: rowByteCount * region.rows.count)
        try unsafe bytes.withUnsafeMutableBufferPointer { (buffer) throws(ImageError) in
            try unsafe decode(
                region: region, size: size, into: UnsafeMutableRawBufferPointer(buffer))
        }
        return Image(header: header, bytes: bytes)
    }

    /// Decodes a region into `output`, rows without padding.
    ///
    /// Rows are dealt out to the threads one by one: each is computed alone.
    func decode(
        region: PixelRegion, size: ImageSize, into output: UnsafeMutableRawBufferPointer
    ) throws(ImageError) {
        let rowByteCount = file.header.layout.bytesPerRow(width: region.columns.count)
        precondition(output.count == rowByteCount * region.rows.count)
        let threadCount = max(1, min(context.threadCount, region.rows.count))
        let decoder = RowDecoder(
            file: file, evaluators: evaluators,
            columns: ColumnPlan(file: file, size: size, columns: region.columns), imageSize: size)
        var decoders = [RowDecoder](repeating: decoder, count: threadCount)
        unsafe decoders.withUnsafeMutableBufferPointer { decoders in
            forEachItem(region.rows.count, threadCount: threadCount) { thread, index in
                guard !context.isCancelled() else { return }
                unsafe decoders[thread].evaluate(row: region.rows.lowerBound + index)
                let row = index * rowByteCount..<(index + 1) * rowByteCount
                unsafe decoders[thread].quantize(
                    into: UnsafeMutableRawBufferPointer(rebasing: output[row]))
            }
        }
        try context.checkCancellation()
    }

    /// Accepts a region of the picture at `size`, or throws the limit that it exceeds.
    func checkLimits(region: PixelRegion, size: ImageSize) throws(ImageError) {
        try context.limits.check(region.size)
        guard max(size.width, size.height) <= Int(CoinHeader.dimensionRange.upperBound) else {
            throw .unsupported(.coin, "decoding at more than 16777215 pixels a side")
        }
        let layout = file.header.layout
        try context.limits.checkMemory(region.size.pixelCount * layout.bytesPerPixel)
        let (work, overflow) = region.size.pixelCount.multipliedReportingOverflow(
            by: file.header.multiplyAddsPerPixel)
        try context.limits.checkWork(overflow ? .max : work)
    }
}

internal import CoinKernels
public import FormatKit

/// Decodes a `.coin` stream: any region of the picture, at any resolution.
///
/// The result is a function of the stream alone, to the last bit: it does not depend on the
/// machine, the number of threads, or the region asked for (spec §7).
///
/// ```swift
/// let source = try FileSource(path: file)
/// let decoder = try CoinDecoder(
///     parsing: try source.bytes(at: 0, count: source.byteCount),
///     context: CodecContext(threadCount: 2))
/// let whole = try decoder.decode()
/// let thumbnail = try decoder.decode(size: ImageSize(width: 96, height: 64))
/// let corner = try decoder.decode(region: PixelRegion(columns: 0..<32, rows: 0..<32))
/// ```
public struct CoinDecoder: Sendable {
    private let picture: CoinPicture
    private let context: CodecContext
    /// The parsed stream.
    private let memory: MemoryShare

    /// Parses a stream and checks it against the context's limits.
    ///
    /// - Throws: ``/FormatKit/ImageError`` if the stream is damaged, needs a newer decoder, or asks for more
    ///   pixels or work than the limits allow; the latter from the header alone. Where only its
    ///   networks need a newer decoder, the header can be had, and decoding throws.
    public init(
        parsing bytes: [UInt8], context: CodecContext = CodecContext()
    ) throws(ImageError) {
        let kernels = try KernelVariant(context.kernels)
        let memory = context.memory.makeShare()
        picture = try CoinPicture(
            parsing: bytes, kernels: kernels, threadCount: context.threadCount,
            accept: { (header, cost, byteCount) throws(ImageError) in
                try context.limits.check(header.size)
                try context.checkWork(cost.multiplyAddCount)
                try memory.reserve(byteCount)
                try context.memory.check(cost.heldByteCount)
            }, mapping: \.imageError)
        self.memory = memory
        self.context = context
    }

    /// The size, layout and metadata of the picture.
    public var header: ImageHeader {
        ImageHeader(
            size: picture.file.header.size, layout: picture.file.header.layout,
            metadata: metadata, details: picture.details)
    }

    /// The metadata, with what the header says of colors; a profile says more.
    private var metadata: ImageMetadata {
        var metadata = picture.file.metadata
        let header = picture.file.header
        let isSRGB =
            header.colorPrimaries == CoinHeader.sRGB.primaries
            && header.transfer == CoinHeader.sRGB.transfer
        // What H.273 reserves says nothing.
        let isKnown =
            (1...22).contains(header.colorPrimaries) && (1...18).contains(header.transfer)
            && ![header.colorPrimaries, header.transfer].contains(CoinHeader.unspecified)
        if metadata.icc == nil, isKnown, !isSRGB {
            metadata.codePoints = ColorCodePoints(
                primaries: header.colorPrimaries, transfer: header.transfer)
        }
        return metadata
    }

    /// What the parsed stream takes, in bytes.
    var parsedByteCount: Int { memory.byteCount }

    /// Decodes a region of the picture at a resolution.
    ///
    /// - Parameters:
    ///   - region: The pixels wanted, of a picture of `size`; all of them by default. Only the
    ///     tiles that the region touches are evaluated.
    ///   - size: The size at which the whole picture is sampled; its own by default.
    /// - Returns: The region.
    /// - Throws: ``/FormatKit/ImageError`` if the result exceeds the limits or the work is cancelled.
    /// - Precondition: The region is not empty and lies within `size`.
    public func decode(
        region: PixelRegion? = nil, size: ImageSize? = nil
    ) throws(ImageError) -> Image {
        let size = size ?? picture.file.header.size
        let region = region ?? PixelRegion(size)
        precondition(PixelRegion(size).contains(region) && region.size.pixelCount > 0)
        try checkLimits(region: region, size: size)
        let memory = context.memory.makeShare()
        try memory.reserve(
            region.size, bytesPerPixel: picture.file.header.layout.bytesPerPixel,
            besides: cost(of: region, size: size).heldByteCount)
        let rows = try makeRegionDecoder(region: region, size: size)
        var header = header
        header.size = region.size
        let rowByteCount = header.layout.bytesPerRow(width: region.columns.count)
        var bytes = [UInt8](repeating: 0, count: rowByteCount * region.rows.count)
        try unsafe bytes.withUnsafeMutableBufferPointer { (buffer) throws(ImageError) in
            try unsafe rows.decodeRows(into: UnsafeMutableRawBufferPointer(buffer))
        }
        return Image(header: header, bytes: bytes)
    }

    /// Starts on a region; its rows are decoded one band after another.
    func makeRegionDecoder(
        region: PixelRegion, size: ImageSize
    ) throws(ImageError) -> any RegionDecoder {
        let architecture = try known { (picture) throws(BitstreamError) in
            try picture.architecture
        }
        let decoder = try known { (picture) throws(BitstreamError) in try picture.decoder }
        return try architecture.makeRegionDecoder(
            decoder, region, atAnySize: size, header: picture.file.header, context: context)
    }

    /// What decoding a region of the picture at `size` takes.
    func cost(of region: PixelRegion, size: ImageSize) throws(ImageError) -> DecodingCost {
        try known { (picture) throws(BitstreamError) in try picture.architecture }
            .cost(
                of: region, atAnySize: size, header: picture.file.header,
                threadCount: context.threadCount)
    }

    /// A part of the picture that an unknown architecture lacks.
    private func known<T>(
        _ part: (CoinPicture) throws(BitstreamError) -> T
    ) throws(ImageError) -> T {
        do throws(BitstreamError) {
            return try part(picture)
        } catch {
            throw error.imageError
        }
    }

    /// Accepts a region of the picture at `size`, or throws the limit that it exceeds.
    func checkLimits(region: PixelRegion, size: ImageSize) throws(ImageError) {
        try context.limits.check(region.size)
        guard max(size.width, size.height) <= CoinHeader.dimensionRange.upperBound else {
            throw .unsupported(.coin, "decoding at more than 16777215 pixels a side")
        }
        let cost = try cost(of: region, size: size)
        try context.memory.check(
            region.size.byteCount(
                perPixel: picture.file.header.layout.bytesPerPixel, besides: cost.heldByteCount))
        try context.checkWork(cost.multiplyAddCount)
    }
}

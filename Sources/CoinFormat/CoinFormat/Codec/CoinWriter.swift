internal import FormatKit

/// Collects an image, fits its networks and writes them.
final class CoinWriter: ImageWriter {
    private let sink: any ImageSink
    private let header: ImageHeader
    private let encoder: any PictureEncoder
    private var raster: Raster
    private let memory: MemoryShare

    init(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) {
        try context.limits.check(header.size)
        self.sink = sink
        self.header = header
        encoder = try EncodingPlan.architecture(settings.options).makeEncoder(
            header: header, settings: settings, context: context)
        memory = context.memory.makeShare()
        try memory.reserve(header.size, bytesPerPixel: header.layout.bytesPerPixel)
        raster = Raster(size: header.size, layout: header.layout)
    }

    func writeRows(_ band: PixelBand) throws(ImageError) {
        raster.append(band)
    }

    func finish() throws(ImageError) {
        guard raster.isComplete else {
            throw .codecFailure(.coin, "the image ends before its last row")
        }
        let picture = try encoder.encode(raster)
        let hasProfile = header.metadata.icc != nil
        var metadata = header.metadata
        metadata.exif = metadata.exifCarryingOrientation
        let file = CoinFile(
            header: CoinHeader(
                size: header.size, channelCount: header.layout.channelCount,
                bitDepth: header.layout.sample.bitCount, grid: picture.grid,
                architectures: picture.architectures, orientation: header.metadata.orientation,
                colorPrimaries: hasProfile ? CoinHeader.unspecified : CoinHeader.sRGB.primaries,
                transfer: hasProfile ? CoinHeader.unspecified : CoinHeader.sRGB.transfer),
            metadata: metadata, shared: picture.shared, tiles: picture.tiles)
        try sink.append(file.serialized)
    }
}

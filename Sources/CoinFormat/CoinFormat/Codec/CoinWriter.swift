internal import FormatKit

/// Collects an image, fits its networks and writes them.
final class CoinWriter: ImageWriter {
    private let sink: any ImageSink
    private let header: ImageHeader
    private let encoder: any PictureEncoder
    private var raster: Raster
    private let memory: MemoryShare
    /// The bits per pixel that somebody asked for, if that is a promise.
    private let promisedRate: Double?
    private let warn: @Sendable (String) -> Void

    init(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) {
        try context.limits.check(header.size)
        self.sink = sink
        self.header = header
        let architecture = try EncodingPlan.architecture(settings)
        encoder = try architecture.makeEncoder(
            header: header, settings: settings, context: context)
        // Networks of sines have the sizes that they have; a search looks at the size by itself.
        let isPromise = architecture is LatentArchitecture.Type && !settings.isTrial
        promisedRate = isPromise ? settings.options.real("bpp") : nil
        warn = context.warn
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
        let bytes = file.serialized
        try sink.append(bytes)
        tell(rate: 8 * Double(bytes.count) / Double(header.size.pixelCount))
    }

    /// What a picture cannot take, or its networks cost alone, nobody can promise.
    private func tell(rate: Double) {
        guard let promisedRate, abs(rate / promisedRate - 1) > LatentPlan.rateTolerance else {
            return
        }
        warn(
            "asked for \(Self.text(promisedRate)) bits per pixel (coin.bpp), got "
                + Self.text(rate))
    }

    /// A rate in three digits, or those that somebody has typed of a round one.
    private static func text(_ rate: Double) -> String {
        var scale = 1.0
        while rate * scale < 100, scale < 1e6 { scale *= 10 }
        let rounded = (rate * scale).rounded() / scale
        return Int(exactly: rounded).map(String.init) ?? "\(rounded)"
    }
}

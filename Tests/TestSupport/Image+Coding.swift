public import FormatKit

extension Image {
    /// An image whose samples are random, so that no two of them are mixed up unnoticed.
    ///
    /// - Parameters:
    ///   - width: The number of columns.
    ///   - height: The number of rows.
    ///   - layout: The layout.
    ///   - seed: What the samples follow from.
    ///   - metadata: The metadata.
    /// - Returns: The image.
    public static func noise(
        _ width: Int, _ height: Int, _ layout: PixelLayout, seed: UInt64 = 1,
        metadata: ImageMetadata = ImageMetadata()
    ) -> Image {
        var generator = SplitMix64(seed: seed)
        let header = ImageHeader(
            size: ImageSize(width: width, height: height), layout: layout, metadata: metadata)
        return Image(
            header: header, bytes: generator.bytes(height * layout.bytesPerRow(width: width)))
    }

    /// Reads a whole file.
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - plugin: The format's plugin.
    ///   - context: Limits and listeners.
    /// - Throws: ``ImageError``.
    public init(
        decoding bytes: [UInt8], as plugin: any FormatPlugin,
        context: CodecContext = CodecContext()
    ) throws(ImageError) {
        let reader = try plugin.makeReader(source: MemorySource(bytes), context: context)
        try self.init(reading: reader, limits: context.limits)
    }

    /// Writes a whole file, in bands of a few rows.
    ///
    /// - Parameters:
    ///   - plugin: The format's plugin.
    ///   - settings: How to encode.
    ///   - context: Limits and listeners.
    ///   - rowsPerBand: The number of rows in a band.
    /// - Returns: The file.
    /// - Throws: ``ImageError``.
    public func encoded(
        by plugin: any FormatPlugin, settings: WriteSettings = WriteSettings(),
        context: CodecContext = CodecContext(), rowsPerBand: Int = 3
    ) throws(ImageError) -> [UInt8] {
        let sink = MemorySink()
        let writer = try plugin.makeWriter(
            sink: sink, header: header, settings: settings, context: context)
        let bytesPerBand = rowsPerBand * header.layout.bytesPerRow(width: header.size.width)
        for start in stride(from: 0, to: bytes.count, by: bytesPerBand) {
            let rows = Array(bytes[start..<min(start + bytesPerBand, bytes.count)])
            try writer.writeRows(
                PixelBand(width: header.size.width, layout: header.layout, bytes: rows))
        }
        try writer.finish()
        return sink.bytes
    }
}

extension WriteSettings {
    /// Settings as the command line would parse them.
    ///
    /// - Parameters:
    ///   - plugin: The format's plugin.
    ///   - quality: The quality.
    ///   - isLossless: Whether every sample must survive.
    ///   - effort: The effort.
    ///   - options: The texts of the format's own options.
    /// - Throws: ``ImageError/invalidOption(name:reason:)``.
    public init(
        for plugin: any FormatPlugin, quality: Double? = nil, isLossless: Bool = false,
        effort: Int? = nil, options: [String: String]
    ) throws(ImageError) {
        self.init(
            quality: quality, isLossless: isLossless, effort: effort,
            options: try OptionValues(parsing: options, for: plugin.descriptor))
    }
}

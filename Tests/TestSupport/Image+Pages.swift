public import FormatKit

extension [Image] {
    /// Frames of noise, of which each is shown for 10 ms longer than the one before.
    ///
    /// - Parameters:
    ///   - layout: The layout.
    ///   - count: The number of frames.
    ///   - size: The width and height.
    ///   - loopCount: How often they are shown.
    ///   - background: The color behind them.
    ///   - metadata: The metadata of each.
    /// - Returns: The frames.
    public static func noise(
        _ layout: PixelLayout, count: Int = 3, size: (Int, Int) = (21, 13), loopCount: Int = 4,
        background: RGBAColor? = nil, metadata: ImageMetadata = ImageMetadata()
    ) -> [Image] {
        (0..<count).map { index in
            var image = Image.noise(
                size.0, size.1, layout, seed: UInt64(index + 1), metadata: metadata)
            image.header.frameCount = count
            image.header.animation = AnimationTiming(
                duration: FrameDuration(milliseconds: 10 * (index + 1)), loopCount: loopCount,
                background: background)
            return image
        }
    }

    /// Reads all pages or frames of a file.
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - plugin: The format's plugin, which must have pages.
    ///   - context: Limits and listeners.
    /// - Throws: ``ImageError``.
    public init(
        decoding bytes: [UInt8], as plugin: any FormatPlugin,
        context: CodecContext = CodecContext()
    ) throws(ImageError) {
        let reader = try plugin.openPages(bytes, context: context)
        self = []
        for index in 0..<reader.header.frameCount {
            try reader.selectPage(index)
            append(try Image(reading: reader, limits: context.limits))
        }
    }

    /// Writes the pages or frames of a file.
    ///
    /// - Parameters:
    ///   - plugin: The format's plugin, which must have pages.
    ///   - settings: How to encode.
    ///   - context: Limits and listeners.
    /// - Returns: The file.
    /// - Throws: ``ImageError``.
    public func encoded(
        by plugin: any FormatPlugin, settings: WriteSettings = WriteSettings(),
        context: CodecContext = CodecContext()
    ) throws(ImageError) -> [UInt8] {
        let sink = MemorySink()
        let writer = try plugin.makeWriter(
            sink: sink, header: self[0].header, settings: settings, context: context)
        guard let pages = writer as? any MultiImageWriter else {
            throw .unsupported(plugin.descriptor.id, "pages")
        }
        for (index, image) in enumerated() {
            if index > 0 { try pages.beginPage(image.header) }
            try pages.writeRows(
                PixelBand(
                    width: image.header.size.width, layout: image.header.layout,
                    bytes: image.bytes))
        }
        try pages.finish()
        return sink.bytes
    }
}

extension FormatPlugin {
    /// Opens a file of pages or frames.
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - context: Limits and listeners.
    /// - Returns: The reader.
    /// - Throws: ``ImageError``.
    public func openPages(
        _ bytes: [UInt8], context: CodecContext = CodecContext()
    ) throws(ImageError) -> any MultiImageReader {
        let reader = try makeReader(source: MemorySource(bytes), context: context)
        guard let pages = reader as? any MultiImageReader else {
            throw .unsupported(descriptor.id, "pages")
        }
        return pages
    }
}

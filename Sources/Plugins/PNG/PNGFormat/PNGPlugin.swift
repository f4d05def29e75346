internal import CPNGShim
public import FormatKit

extension FormatID {
    static let png = FormatID("png")
}

/// Portable Network Graphics, through libpng.
///
/// Every color type and bit depth is read: palettes and samples of 1, 2 and 4 bits are expanded,
/// transparency given as a color or per palette entry becomes an alpha channel. Palettes and
/// gray of few bits are written again as they were; few colors are chosen if that is asked for. Of an
/// animated PNG the default image or the frames are read, and all pages become frames.
public struct PNGPlugin: FormatPlugin {
    /// Creates the plugin.
    public init() {}

    /// What PNG can hold, and the writer's options.
    public var descriptor: FormatDescriptor {
        FormatDescriptor(
            id: .png, name: "Portable Network Graphics", fileExtensions: ["png"],
            mediaTypes: ["image/png"],
            signatures: [Signature(PNGStructure.signature)],
            read: ReadCapabilities(
                streaming: .rows, metadata: Self.metadata, pages: .animation),
            write: WriteCapabilities(
                layouts: Self.layouts, maximumDimension: Int(Int32.max), metadata: Self.metadata,
                losslessness: .always, streaming: .rows, pages: .animation),
            options: PNGWriteOptions.specs)
    }

    /// The library and its version.
    public var library: String { unsafe "libpng " + String(cString: cpng_library_version()) }

    /// Opens a file and reads all but its pixels, metadata that follow the pixels included.
    ///
    /// - Parameters:
    ///   - source: The file.
    ///   - context: Its limits are checked before memory is allocated.
    /// - Returns: A reader that streams rows, unless the image is interlaced.
    /// - Throws: ``ImageError`` if the file is damaged or exceeds a limit.
    public func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        try PNGReader(source: source, context: context)
    }

    /// Starts a file.
    ///
    /// - Parameters:
    ///   - sink: Where the bytes go.
    ///   - header: The image.
    ///   - settings: `effort` is zlib's level unless the option `compression` is set.
    ///   - context: Limits.
    /// - Returns: A writer that streams rows, unless the image is to be interlaced or gets a palette.
    /// - Throws: ``ImageError`` if such an image cannot be stored or a setting is out of range.
    public func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        try descriptor.checkStorable(header)
        if let colors = try PNGWriteOptions(settings).colors {
            return try PNGPaletteWriter(
                sink: sink, header: header, settings: settings, choice: colors, context: context)
        }
        return try PNGWriter(sink: sink, header: header, settings: settings, context: context)
    }

    /// An interlaced image is held, and one whose colors are to be chosen.
    ///
    /// - Throws: ``ImageError`` if a setting is out of range.
    public func treatment(
        of header: ImageHeader, with settings: WriteSettings
    ) throws(ImageError) -> WriteTreatment {
        let options = try PNGWriteOptions(settings)
        let isHeld = options.isInterlaced
        if options.colors != nil {
            return WriteTreatment(
                isExact: settings.isLossless, bitsPerSample: 8, hasBinaryAlpha: true,
                heldByteCount: PNGPaletteWriter.heldByteCount(header)
                    + (isHeld ? header.size.byteCount(perPixel: 4) : 0))
        }
        return WriteTreatment(
            isExact: true, bitsPerSample: header.layout.sample.bitCount,
            heldByteCount: isHeld ? header.size.byteCount(perPixel: header.layout.bytesPerPixel) : 0
        )
    }

    private static let metadata: Set<MetadataKind> = [
        .icc, .codePoints, .gamma, .chromaticities, .renderingIntent, .masteringDisplay,
        .contentLight, .significantBits, .exif, .xmp, .texts, .modificationTime, .resolution,
        .orientation, .background, .formatBlocks,
    ]

    static let layouts: Set<PixelLayout> = [
        PixelLayout(.gray, .uint8), PixelLayout(.gray, .uint8, alpha: .straight),
        PixelLayout(.gray, .uint16), PixelLayout(.gray, .uint16, alpha: .straight),
        PixelLayout(.rgb, .uint8), PixelLayout(.rgb, .uint8, alpha: .straight),
        PixelLayout(.rgb, .uint16), PixelLayout(.rgb, .uint16, alpha: .straight),
    ]
}

extension PNGPlugin: FormatPlanning {
    package func losses(of header: ImageHeader, with settings: WriteSettings) -> [Loss] {
        PNGWriter.losses(header, settings)
    }

    package func losses(of timings: [AnimationTiming]) -> [Loss] {
        PNGAnimationWriter.losses(of: timings)
    }
}

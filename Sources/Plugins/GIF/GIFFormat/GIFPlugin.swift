public import FormatKit

extension FormatID {
    static let gif = FormatID("gif")
}

/// Graphics Interchange Format, without a library.
///
/// Of an animation the first frame or all are read, laid on the canvas, and all pages become
/// frames. Pictures of more than 256 colors lose some, which is told.
public struct GIFPlugin: FormatPlugin {
    /// Creates the plugin.
    public init() {}

    /// What GIF can hold, and the writer's options.
    public var descriptor: FormatDescriptor {
        FormatDescriptor(
            id: .gif, name: "Graphics Interchange Format", fileExtensions: ["gif"],
            mediaTypes: ["image/gif"],
            signatures: [Signature(Array("GIF87a".utf8)), Signature(Array("GIF89a".utf8))],
            read: ReadCapabilities(
                streaming: .wholeImage, metadata: Self.metadata.union([.resolution]),
                pages: .animation),
            write: WriteCapabilities(
                layouts: Self.layouts, maximumDimension: 65_535, metadata: Self.metadata,
                losslessness: .limited, streaming: .wholeImage, pages: .animation),
            options: GIFWriteOptions.specs)
    }

    /// Opens a file and reads all but its pixels.
    ///
    /// - Parameters:
    ///   - source: The file.
    ///   - context: Its limits are checked before memory is allocated.
    /// - Returns: A reader that draws the canvas when its first row is asked for.
    /// - Throws: ``ImageError`` if the file is damaged or exceeds a limit.
    public func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        try GIFReader(source: source, context: context)
    }

    /// Starts a file.
    ///
    /// - Parameters:
    ///   - sink: Where the bytes go.
    ///   - header: The image.
    ///   - settings: With `isLossless`, pictures that do not fit are refused; `effort` improves the
    ///     choice of colors.
    ///   - context: Limits, progress and losses.
    /// - Returns: A writer that collects rows and encodes a frame when the next is complete.
    /// - Throws: ``ImageError`` if such an image cannot be stored or a setting is out of range.
    public func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        try descriptor.checkStorable(header)
        return try GIFWriter(sink: sink, header: header, settings: settings, context: context)
    }

    /// Grays are kept, other colors if that is asked for.
    ///
    /// - Throws: ``ImageError`` if a setting is out of range.
    public func treatment(
        of header: ImageHeader, with settings: WriteSettings
    ) throws(ImageError) -> WriteTreatment {
        WriteTreatment(
            isExact: try GIFWriteOptions(settings).isExact(header.layout), bitsPerSample: 8,
            hasBinaryAlpha: true, heldByteCount: GIFWriter.heldByteCount(header))
    }

    private static let metadata: Set<MetadataKind> = [.icc, .xmp, .texts]

    static let layouts: Set<PixelLayout> = [
        PixelLayout(.gray, .uint8), PixelLayout(.rgb, .uint8),
        PixelLayout(.rgb, .uint8, alpha: .straight),
    ]
}

extension GIFPlugin: FormatPlanning {
    package func losses(of header: ImageHeader, with settings: WriteSettings) -> [Loss] {
        GIFMetadata.losses(header)
    }

    package func losses(of timings: [AnimationTiming]) -> [Loss] {
        GIFWriter.losses(of: timings)
    }
}

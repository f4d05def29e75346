internal import CWebPShim
public import FormatKit

extension FormatID {
    static let webp = FormatID("webp")
}

/// WebP, lossy and lossless, through libwebp.
///
/// Of an animation the first frame or all are read, laid on the canvas, and all pages become
/// frames.
public struct WebPPlugin: FormatPlugin {
    /// Creates the plugin.
    public init() {}

    /// What WebP can hold, and the writer's options.
    public var descriptor: FormatDescriptor {
        FormatDescriptor(
            id: .webp, name: "WebP", fileExtensions: ["webp"], mediaTypes: ["image/webp"],
            signatures: [Self.signature],
            read: ReadCapabilities(
                streaming: .wholeImage, metadata: Self.metadata.union([.resolution]),
                pages: .animation),
            write: WriteCapabilities(
                layouts: Self.layouts, maximumDimension: Self.maximumDimension,
                metadata: Self.metadata, losslessness: .optional, streaming: .wholeImage,
                pages: .animation,
                defaultQuality: WebPWriteOptions.defaultQuality,
                targets: TargetCapability(rivals: ["near-lossless", "target-size"])),
            options: WebPWriteOptions.specs)
    }

    /// The library and its version.
    public var library: String { "libwebp " + Self.libraryVersion }

    /// Opens a file and reads all but its pixels.
    ///
    /// - Parameters:
    ///   - source: The file.
    ///   - context: Its limits are checked before memory is allocated.
    /// - Returns: A reader that decodes the image when its first row is asked for.
    /// - Throws: ``ImageError`` if the file is damaged or exceeds a limit.
    public func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        try WebPReader(source: source, context: context)
    }

    /// Starts a file.
    ///
    /// - Parameters:
    ///   - sink: Where the bytes go, all at the end.
    ///   - header: The image.
    ///   - settings: How to encode.
    ///   - context: Limits, threads and progress.
    /// - Returns: A writer that collects rows and encodes them when it finishes.
    /// - Throws: ``ImageError`` if such an image cannot be stored or a setting is out of range.
    public func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        try descriptor.checkStorable(header)
        return try WebPWriter(sink: sink, header: header, settings: settings, context: context)
    }

    /// What the writer makes of pixels, and what it takes for that.
    public func treatment(
        of header: ImageHeader, with settings: WriteSettings
    ) throws(ImageError) -> WriteTreatment {
        WriteTreatment(
            isExact: settings.isLossless, bitsPerSample: 8,
            heldByteCount: WebPWriter.heldByteCount(
                header, try WebPWriteOptions(settings, isThreaded: false)))
    }

    private static let metadata: Set<MetadataKind> = [.icc, .exif, .xmp, .orientation]

    /// 14 bits hold a side.
    private static let maximumDimension = 16_383

    static let layouts: Set<PixelLayout> = [
        PixelLayout(.rgb, .uint8), PixelLayout(.rgb, .uint8, alpha: .straight),
    ]

    /// `RIFF`, any size, `WEBP`.
    private static let signature = Signature(
        Array("RIFF".utf8) + [0, 0, 0, 0] + Array("WEBP".utf8),
        mask: [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF])

    private static var libraryVersion: String {
        let version = cwebp_library_version()
        return "\(version >> 16 & 0xFF).\(version >> 8 & 0xFF).\(version & 0xFF)"
    }
}

extension WebPPlugin: FormatPlanning {
    package func losses(of timings: [AnimationTiming]) -> [Loss] {
        WebPAnimationWriter.losses(of: timings)
    }
}

public import FormatKit

extension FormatID {
    static let hdr = FormatID("hdr")
}

/// Radiance's pictures, without a library: light as three mantissas of 8 bits and one exponent.
///
/// RGBE and XYZE are read, in runs of either kind or in none, from any corner and along either side;
/// XYZ becomes RGB with the primaries of sRGB. Written is RGBE in runs, rows from the top. Samples are
/// light: those of other pictures become so.
public struct HDRPlugin: FormatPlugin {
    /// Creates the plugin.
    public init() {}

    /// What Radiance's pictures can hold.
    public var descriptor: FormatDescriptor {
        FormatDescriptor(
            id: .hdr, name: "Radiance HDR", fileExtensions: ["hdr", "pic", "rgbe", "xyze"],
            mediaTypes: ["image/vnd.radiance", "image/x-hdr"],
            signatures: [Signature(HDRHeader.mark)],
            read: ReadCapabilities(
                streaming: .rows, metadata: Self.metadata.union([.orientation])),
            write: WriteCapabilities(
                layouts: [PixelLayout(.rgb, .float32)], maximumDimension: Int(Int32.max),
                metadata: Self.metadata, losslessness: .never, streaming: .rows,
                storesLight: true))
    }

    /// Opens a file and reads its header.
    ///
    /// - Parameters:
    ///   - source: The file.
    ///   - context: Its limits are checked before memory is allocated.
    /// - Returns: A reader that streams rows.
    /// - Throws: ``ImageError`` if the file is damaged or exceeds a limit.
    public func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        try HDRReader(source: source, context: context)
    }

    /// Starts a file.
    ///
    /// - Parameters:
    ///   - sink: Where the bytes go.
    ///   - header: The image.
    ///   - settings: Only checked: there is nothing to choose.
    ///   - context: Told of samples that have no place.
    /// - Returns: A writer that streams rows.
    /// - Throws: ``ImageError`` if such an image cannot be stored.
    public func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        try settings.checkRanges()
        try descriptor.checkStorable(header)
        return try HDRWriter(sink: sink, header: header, context: context)
    }

    private static let metadata: Set<MetadataKind> = [
        .gamma, .chromaticities, .texts, .resolution, .formatBlocks,
    ]
}

extension HDRPlugin: FormatPlanning {
    package func losses(of header: ImageHeader, with settings: WriteSettings) -> [Loss] {
        HDRHeader.losses(header.metadata)
    }
}

internal import CJPEGShim
public import FormatKit

extension FormatID {
    static let jpeg = FormatID("jpeg")
}

/// JPEG of 8 bits a sample, through libjpeg-turbo.
///
/// Sequential and progressive files are read, with Huffman and with arithmetic coding: gray, YCbCr
/// and RGB, CMYK and YCCK. Damage is an error, never a picture with gray in it.
public struct JPEGPlugin: StreamPlugin {
    /// Creates the plugin.
    public init() {}

    /// What JPEG can hold, and the writer's options.
    public var descriptor: FormatDescriptor {
        FormatDescriptor(
            id: .jpeg, name: "JPEG", fileExtensions: ["jpg", "jpeg", "jpe", "jfif"],
            mediaTypes: ["image/jpeg"], signatures: [Signature(JPEGStructure.signature)],
            read: ReadCapabilities(streaming: .rows, metadata: Self.metadata),
            write: WriteCapabilities(
                layouts: Self.layouts, maximumDimension: Self.maximumDimension,
                metadata: Self.metadata, losslessness: .never, streaming: .rows,
                defaultQuality: JPEGWriteOptions.defaultQuality,
                streams: [
                    StreamCapability(format: .jpeg, isEditable: true)
                ], targets: TargetCapability()),
            options: JPEGWriteOptions.specs)
    }

    /// The library and its version.
    public var library: String { unsafe String(cString: cjpeg_library_version()) }

    /// Opens a file and reads all but its pixels.
    ///
    /// - Parameters:
    ///   - source: The file.
    ///   - context: Its limits are checked before memory is allocated.
    /// - Returns: A reader that streams rows, unless the image has several scans.
    /// - Throws: ``ImageError`` if the file is damaged or exceeds a limit.
    public func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        try JPEGReader(source: source, context: context)
    }

    /// Starts a file.
    ///
    /// - Parameters:
    ///   - sink: Where the bytes go.
    ///   - header: The image.
    ///   - settings: How to encode.
    ///   - context: Limits.
    /// - Returns: A writer that streams rows, unless it optimizes tables or writes several scans.
    /// - Throws: ``ImageError`` if such an image cannot be stored or a setting is out of range.
    public func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        try descriptor.checkStorable(header)
        return try JPEGWriter(sink: sink, header: header, settings: settings, context: context)
    }

    /// Coefficients are held where Huffman tables are made for the image.
    ///
    /// - Throws: ``ImageError`` if a setting is out of range.
    public func treatment(
        of header: ImageHeader, with settings: WriteSettings
    ) throws(ImageError) -> WriteTreatment {
        WriteTreatment(
            isExact: false, bitsPerSample: 8,
            heldByteCount: JPEGWriter.heldByteCount(header, try JPEGWriteOptions(settings)))
    }

    /// Other encodings than the stream's are asked for.
    package func objection(to stream: CodedStream, with settings: WriteSettings) -> String? {
        JPEGWriteOptions.objection(in: settings)
    }

    /// Writes the file that the stream is.
    ///
    /// - Throws: ``ImageError`` as the sink does.
    package func embed(
        _ stream: [UInt8], of header: ImageHeader, to sink: any ImageSink,
        _ settings: WriteSettings, context: CodecContext
    ) throws(ImageError) {
        try sink.append(stream)
    }

    private static let metadata: Set<MetadataKind> = [
        .icc, .exif, .xmp, .iptc, .photoshop, .texts, .resolution, .orientation,
    ]

    /// libjpeg's own limit, a little below what 16 bits hold.
    private static let maximumDimension = 65_500

    static let layouts: Set<PixelLayout> = [
        PixelLayout(.gray, .uint8), PixelLayout(.rgb, .uint8), PixelLayout(.cmyk, .uint8),
    ]
}

extension JPEGPlugin: FormatPlanning {
    package func losses(of header: ImageHeader, with settings: WriteSettings) -> [Loss] {
        JPEGMetadataSegments(header.metadata).losses
    }
}

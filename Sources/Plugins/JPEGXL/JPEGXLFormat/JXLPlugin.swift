internal import CJXLShim
public import FormatKit
internal import LibraryLoading

extension FormatID {
    static let jxl = FormatID("jxl")
}

/// JPEG XL, lossy and lossless, through libjxl.
///
/// Samples of 9 to 15 bits are read as 16 bits, reals as binary32. Of an animation the first frame
/// or all are read, and all pages become frames.
public struct JXLPlugin: StreamPlugin {
    /// Creates the plugin.
    public init() {}

    /// What JPEG XL can hold, and the writer's options.
    public var descriptor: FormatDescriptor {
        FormatDescriptor(
            id: .jxl, name: "JPEG XL", fileExtensions: ["jxl"], mediaTypes: ["image/jxl"],
            signatures: Self.signatures,
            read: ReadCapabilities(
                streaming: .wholeImage, metadata: Self.metadata.union([.resolution]),
                pages: .animation),
            write: WriteCapabilities(
                layouts: Self.layouts, maximumDimension: 1 << 18, metadata: Self.metadata,
                losslessness: .optional, streaming: .wholeImage, pages: .animation,
                defaultQuality: JXLWriteOptions.defaultQuality,
                streams: [
                    StreamCapability(format: .jpeg, memoryPerPixel: JXLMemory.transcoding)
                ], targets: TargetCapability(rivals: ["distance"])),
            options: JXLWriteOptions.specs)
    }

    /// The library and its version.
    public var library: String { "libjxl " + Self.libraryVersion }

    /// Opens a file and reads all but its pixels.
    ///
    /// - Parameters:
    ///   - source: The file.
    ///   - context: Its limits are checked before memory is taken for pixels.
    /// - Returns: A reader that decodes the picture when its first row is asked for.
    /// - Throws: ``ImageError`` if the file is damaged or exceeds a limit.
    public func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        try Self.checkLibrary()
        return try JXLReader(source: source, context: context)
    }

    /// Starts a file.
    ///
    /// - Parameters:
    ///   - sink: Where the bytes go, all at the end.
    ///   - header: The image.
    ///   - settings: How to encode.
    ///   - context: Limits and threads.
    /// - Returns: A writer that collects the rows of a picture and then encodes them.
    /// - Throws: ``ImageError`` if such an image cannot be stored or a setting is out of range.
    public func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        try descriptor.checkStorable(header)
        try Self.checkLibrary()
        return try JXLWriter(sink: sink, header: header, settings: settings, context: context)
    }

    /// Other encodings than the stream's are asked for.
    package func objection(to stream: CodedStream, with settings: WriteSettings) -> String? {
        JXLWriteOptions.objection(to: stream, settings)
    }

    /// Writes a file from which a JPEG file can be had again to the byte, which is tried at once.
    ///
    /// - Throws: ``ImageError/streamRefused(_:_:)`` if libjxl does not take the file or what is made
    ///   of it gives another one, or any other error of writing.
    package func embed(
        _ stream: [UInt8], of header: ImageHeader, to sink: any ImageSink,
        _ settings: WriteSettings, context: CodecContext
    ) throws(ImageError) {
        try Self.checkLibrary()
        let options = try JXLWriteOptions(settings)
        let memory = context.memory.makeShare()
        // The file, what is made of it, and what that gives back as it grows.
        try memory.reserve(
            header.size, bytesPerPixel: JXLMemory.transcoding, besides: 4 * stream.count)
        try context.checkCancellation()
        let encoder = try JXLEncoder(
            jpeg: stream, effort: options.effort, threadCount: context.threadCount)
        guard try encoder.gives(stream, context: context) else {
            throw .streamRefused(.jxl, "what libjxl makes of this JPEG file gives another one back")
        }
        try encoder.write(to: sink)
    }

    /// The library is loaded when it is first needed.
    private static func checkLibrary() throws(ImageError) {
        guard cjxl_library_version() > 0 else {
            throw .libraryMissing(.jxl, "libjxl is not there, or not of the version built for")
        }
    }

    private static let metadata: Set<MetadataKind> = [
        .icc, .codePoints, .exif, .xmp, .orientation,
    ]

    static let layouts = Set(
        [SampleType.uint8, .uint16].flatMap { sample in
            [ColorModel.gray, .rgb].flatMap { model in
                [PixelLayout(model, sample), PixelLayout(model, sample, alpha: .straight)]
            }
        })

    /// The bare codestream, and the container.
    static let signatures = [
        Signature([0xFF, 0x0A]),
        Signature([0, 0, 0, 12] + Array("JXL ".utf8) + [0x0D, 0x0A, 0x87, 0x0A]),
    ]

    private static var libraryVersion: String {
        let version = cjxl_library_version()
        guard version > 0 else { return "(not found)" }
        return "\(version / 1_000_000).\(version / 1000 % 1000).\(version % 1000)"
    }
}

extension JXLPlugin: FormatPlanning {
    /// Whether the codestream has a name for what code points say.
    ///
    /// Lossy pictures with a name are decoded exactly, those with a profile only into sRGB.
    package func stores(_ points: ColorCodePoints) -> Bool {
        points.matrix == 0 && points.isFullRange
            && cjxl_stores_code_points(points.primaries, points.transfer) != 0
    }

    package func prefersCodePoints(with settings: WriteSettings) -> Bool {
        !settings.isLossless
    }

    package func losses(of header: ImageHeader, with settings: WriteSettings) -> [Loss] {
        JXLEncoder.losses(header, settings)
    }

    package func losses(of timings: [AnimationTiming]) -> [Loss] {
        JXLWriter.losses(of: timings)
    }

    package func memoryPerPixel(reading layout: PixelLayout) -> Int? {
        JXLMemory.reading(layout)
    }

    package func memoryPerPixel(
        writing layout: PixelLayout, with settings: WriteSettings
    ) -> Int? {
        JXLMemory.writing(layout, settings)
    }
}

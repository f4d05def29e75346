internal import CAVIFShim
public import FormatKit
internal import LibraryLoading

extension FormatID {
    static let avif = FormatID("avif")
}

/// AVIF, lossy and lossless, through libavif.
///
/// Samples of 10 and 12 bits are read as 16 bits. Of a sequence the first picture or all
/// are read, and all pages become one.
public struct AVIFPlugin: FormatPlugin {
    /// Creates the plugin.
    public init() {}

    /// What AVIF can hold, and the writer's options.
    public var descriptor: FormatDescriptor {
        FormatDescriptor(
            id: .avif, name: "AV1 Image File Format", fileExtensions: ["avif", "avifs"],
            mediaTypes: ["image/avif"], signatures: Self.signatures,
            read: ReadCapabilities(
                streaming: .wholeImage,
                metadata: Self.metadata.union([.contentLight, .masteringDisplay, .resolution]),
                pages: .animation),
            write: WriteCapabilities(
                layouts: Self.layouts, maximumDimension: Self.maximumDimension,
                metadata: Self.metadata, losslessness: .optional, streaming: .wholeImage,
                pages: .animation, storesOneAccount: true,
                defaultQuality: AVIFWriteOptions.defaultQuality,
                targets: TargetCapability()),
            options: AVIFWriteOptions.specs)
    }

    /// The library and its version.
    public var library: String { "libavif " + (Self.libraryVersion ?? "(not found)") }

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
        return try AVIFReader(source: source, context: context)
    }

    /// Starts a file.
    ///
    /// - Parameters:
    ///   - sink: Where the bytes go, all at the end.
    ///   - header: The image.
    ///   - settings: How to encode.
    ///   - context: Limits. There is one thread, on whose number libaom's files would depend.
    /// - Returns: A writer that collects the rows of a picture and then encodes them.
    /// - Throws: ``ImageError`` if such an image cannot be stored or a setting is out of range.
    public func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        try descriptor.checkStorable(header)
        try Self.checkLibrary()
        return try AVIFWriter(sink: sink, header: header, settings: settings, context: context)
    }

    /// The depth of the file, which need not be that of the samples.
    ///
    /// - Throws: ``ImageError`` if a setting is out of range.
    public func treatment(
        of header: ImageHeader, with settings: WriteSettings
    ) throws(ImageError) -> WriteTreatment {
        let options = try AVIFWriteOptions(settings, for: header)
        return WriteTreatment(isExact: options.isLossless, bitsPerSample: options.depth)
    }

    /// The version of the library, which is loaded when it is first needed; `nil` if it has gone.
    private static var libraryVersion: String? {
        unsafe cavif_library_version().map { unsafe String(cString: $0) }
    }

    private static func checkLibrary() throws(ImageError) {
        guard libraryVersion != nil else {
            throw .libraryMissing(.avif, "libavif is not there, or not of the version built for")
        }
    }

    private static let metadata: Set<MetadataKind> = [
        .icc, .codePoints, .exif, .xmp, .orientation,
    ]

    /// What other readers accept.
    private static let maximumDimension = 32_768

    static let layouts = Set(
        [SampleType.uint8, .uint16].flatMap { sample in
            [ColorModel.gray, .rgb].flatMap { model in
                [PixelLayout(model, sample), PixelLayout(model, sample, alpha: .straight)]
            }
        })

    /// A file type box with a brand of AVIF, or one of HEIF, of which libavif knows more.
    private static let signatures = ["avif", "avis", "mif1", "msf1"].map {
        Signature(Array("ftyp\($0)".utf8), offset: 4)
    }
}

extension AVIFPlugin: FormatPlanning {
    package func stores(_ points: ColorCodePoints) -> Bool {
        points.matrix == 0 && points.isFullRange
    }

    package func losses(of header: ImageHeader, with settings: WriteSettings) -> [Loss] {
        AVIFWriteOptions.losses(header, settings)
    }

    package func losses(of timings: [AnimationTiming]) -> [Loss] {
        AVIFWriter.losses(of: timings)
    }

    package func memoryPerPixel(reading layout: PixelLayout) -> Int? {
        AVIFMemory.reading(layout)
    }

    package func memoryPerPixel(
        writing layout: PixelLayout, with settings: WriteSettings
    ) -> Int? {
        AVIFMemory.writing(layout, settings)
    }
}

internal import CEXRShim
public import FormatKit
internal import LibraryLoading

extension FormatID {
    static let exr = FormatID("exr")
}

/// OpenEXR, through its core library: light as reals of 16 or 32 bits.
///
/// Headers are read here; the library sees one part, of which it decompresses chunks. Read are scan
/// lines and tiles, of several parts each as a page; written are scan lines of one part. Color is
/// multiplied by alpha, as the format has it. Samples are light: those of other pictures become so.
public struct EXRPlugin: FormatPlugin {
    /// Creates the plugin.
    public init() {}

    /// What the format can hold, and the writer's options.
    public var descriptor: FormatDescriptor {
        FormatDescriptor(
            id: .exr, name: "OpenEXR", fileExtensions: ["exr"], mediaTypes: ["image/x-exr"],
            signatures: [Signature(EXRFile.mark)],
            read: ReadCapabilities(streaming: .rows, metadata: Self.metadata, pages: .pages),
            write: WriteCapabilities(
                layouts: Self.layouts, maximumDimension: EXRWindow.farthest,
                metadata: Self.metadata, losslessness: .optional, streaming: .rows,
                storesLight: true),
            options: EXRWriteOptions.specs)
    }

    /// The library and its version.
    public var library: String { "OpenEXR " + (Self.libraryVersion ?? "(not found)") }

    /// Opens a file and reads its headers.
    ///
    /// - Parameters:
    ///   - source: The file.
    ///   - context: Its limits are checked before memory is taken.
    /// - Returns: A reader that decodes a row of chunks when its first row is asked for.
    /// - Throws: ``ImageError`` if the file is damaged, has what pixels cannot hold, or exceeds a
    ///   limit.
    public func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        try Self.checkLibrary()
        return try EXRReader(source: source, context: context)
    }

    /// Starts a file.
    ///
    /// - Parameters:
    ///   - sink: Where the bytes go.
    ///   - header: The image.
    ///   - settings: How to encode.
    ///   - context: Told of samples that have no place.
    /// - Returns: A writer that encodes a chunk when its last row has come.
    /// - Throws: ``ImageError`` if such an image cannot be stored or a setting is out of range.
    public func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        try descriptor.checkStorable(header)
        try Self.checkLibrary()
        return try EXRWriter(sink: sink, header: header, settings: settings, context: context)
    }

    /// Reals of 32 bits are kept, unless they have yet to be multiplied by alpha.
    ///
    /// - Throws: ``ImageError`` if a setting is out of range, or all samples are asked for and not all
    ///   can be kept.
    public func treatment(
        of header: ImageHeader, with settings: WriteSettings
    ) throws(ImageError) -> WriteTreatment {
        let options = try EXRWriteOptions(settings, for: header)
        return WriteTreatment(
            isExact: !options.isHalf && header.layout.alpha != .straight,
            bitsPerSample: options.isHalf ? 16 : 32,
            heldByteCount: options.heldByteCount)
    }

    /// The version of the library, which is loaded when it is first needed; `nil` if it is not there.
    static var libraryVersion: String? {
        unsafe cexr_library_version().map { unsafe String(cString: $0) }
    }

    private static func checkLibrary() throws(ImageError) {
        guard libraryVersion != nil else {
            throw .libraryMissing(.exr, "OpenEXR is not there, or another version")
        }
    }

    private static let metadata: Set<MetadataKind> = [
        .gamma, .chromaticities, .texts, .xmp, .resolution, .formatBlocks,
    ]

    static let layouts = Set(
        [ColorModel.gray, .rgb].flatMap { model in
            AlphaMode.allCases.map { PixelLayout(model, .float32, alpha: $0) }
        })
}

extension EXRPlugin: FormatPlanning {
    package func losses(of header: ImageHeader, with settings: WriteSettings) -> [Loss] {
        var losses = EXRDescription.losses(header.metadata)
        let bits = header.significantBits
        if bits > 16, (try? EXRWriteOptions(settings, for: header))?.isHalf == true {
            losses.append(.bitDepth(from: bits, to: 16))
        }
        return losses
    }
}

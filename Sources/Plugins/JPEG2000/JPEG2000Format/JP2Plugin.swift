internal import CJP2Shim
public import FormatKit
internal import LibraryLoading

extension FormatID {
    static let jp2 = FormatID("jp2")
    static let j2k = FormatID("j2k")
}

/// JPEG 2000, lossless and lossy, through OpenJPEG: files with boxes, and bare codestreams, which hold
/// nothing but pixels.
///
/// The library sees only codestreams; boxes, palettes and colors are read and written here. Samples
/// have 1 to 16 bits. Tiles are decoded and encoded one after the other.
public struct JP2Plugin: FormatPlugin {
    private let id: FormatID

    /// Files with boxes, and bare codestreams.
    public static let all = [JP2Plugin(.jp2), JP2Plugin(.j2k)]

    private init(_ id: FormatID) { self.id = id }

    /// What the format can hold, and the writer's options.
    public var descriptor: FormatDescriptor {
        let isBare = id == .j2k
        return FormatDescriptor(
            id: id, name: isBare ? "JPEG 2000 codestream" : "JPEG 2000",
            fileExtensions: isBare ? ["j2k", "j2c", "jpc", "jhc"] : ["jp2", "jpf", "jpx", "jph"],
            mediaTypes: isBare ? ["image/j2c"] : ["image/jp2", "image/jpx", "image/jph"],
            signatures: [Signature(isBare ? Codestream.signature : Self.signature)],
            read: ReadCapabilities(
                streaming: .rows,
                metadata: isBare
                    ? [.texts, .significantBits, .resolution]
                    : Self.metadata.union([.codePoints, .significantBits])),
            write: WriteCapabilities(
                layouts: isBare
                    ? Self.layouts.filter { !$0.hasAlpha && $0.model != .cmyk }
                    : Self.layouts,
                maximumDimension: Int(Int32.max), metadata: isBare ? [.texts] : Self.metadata,
                losslessness: .optional, streaming: .rows,
                defaultQuality: JP2WriteOptions.defaultQuality,
                targets: TargetCapability(rivals: ["rate"], rateOption: "rate")),
            options: JP2WriteOptions.specs)
    }

    /// The library and its version.
    public var library: String { "OpenJPEG " + (Self.libraryVersion ?? "(not found)") }

    /// Opens a file and reads all but its pixels.
    ///
    /// - Parameters:
    ///   - source: The file.
    ///   - context: Its limits are checked before memory is taken.
    /// - Returns: A reader that decodes a row of tiles when its first row is asked for.
    /// - Throws: ``ImageError`` if the file is damaged, has what pixels cannot hold, or exceeds a
    ///   limit.
    public func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        try checkLibrary()
        return try JP2Reader(source: source, format: id, context: context)
    }

    /// Starts a file.
    ///
    /// - Parameters:
    ///   - sink: Where the bytes go.
    ///   - header: The image.
    ///   - settings: How to encode.
    ///   - context: Limits and threads.
    /// - Returns: A writer that encodes a row of tiles when its last row has come.
    /// - Throws: ``ImageError`` if such an image cannot be stored or a setting is out of range.
    public func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        try descriptor.checkStorable(header)
        try checkLibrary()
        return try JP2Writer(
            sink: sink, header: header, settings: settings, format: id, context: context)
    }

    /// The archive profile is lossless unless a quality is asked for.
    ///
    /// - Throws: ``ImageError`` if a setting is out of range.
    public func treatment(
        of header: ImageHeader, with settings: WriteSettings
    ) throws(ImageError) -> WriteTreatment {
        let options = try JP2WriteOptions(settings, for: header, id)
        return WriteTreatment(
            isExact: options.isLossless,
            bitsPerSample: options.isDepthTentative
                ? header.layout.sample.bitCount : options.depth,
            heldByteCount: options.heldByteCount(header))
    }

    /// The version of the library, which is loaded when it is first needed; `nil` if it is not there.
    static var libraryVersion: String? {
        unsafe cjp2_library_version().map { unsafe String(cString: $0) }
    }

    private func checkLibrary() throws(ImageError) {
        guard Self.libraryVersion != nil else {
            throw .libraryMissing(id, "OpenJPEG is not there, or older than 2.5")
        }
    }

    private static let metadata: Set<MetadataKind> = [
        .icc, .exif, .xmp, .iptc, .photoshop, .geotiff, .texts, .resolution, .orientation,
    ]

    /// The first box, which is the same in all files.
    static let signature: [UInt8] =
        [0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20, 0x0D, 0x0A, 0x87, 0x0A]

    static let layouts = Set(
        [SampleType.uint8, .uint16].flatMap { sample in
            [ColorModel.gray, .rgb].flatMap { model in
                AlphaMode.allCases.map { PixelLayout(model, sample, alpha: $0) }
            } + [PixelLayout(.cmyk, sample)]
        })
}

extension JP2Plugin: FormatPlanning {
    package func losses(of header: ImageHeader, with settings: WriteSettings) -> [Loss] {
        var losses = JP2Comment.losses(header.metadata.texts)
        if let depth = try? JP2WriteOptions(settings, for: header, id).depth,
            depth < header.significantBits
        {
            losses.append(.bitDepth(from: header.significantBits, to: depth))
        }
        return losses + (id == .jp2 ? JP2FileHead.losses(header) : [])
    }
}

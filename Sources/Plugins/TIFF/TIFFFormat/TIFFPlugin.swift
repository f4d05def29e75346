public import FormatKit

import CTIFFShim

/// The Tagged Image File Format, TIFF 6.0 and BigTIFF, through libtiff.
public struct TIFFPlugin: FormatPlugin {
    /// Creates the plugin.
    public init() {}

    /// What TIFF is and can do.
    public let descriptor = FormatDescriptor(
        id: .tiff, name: "Tagged Image File Format", fileExtensions: ["tiff", "tif"],
        mediaTypes: ["image/tiff"],
        signatures: [
            Signature([0x49, 0x49, 42, 0]), Signature([0x4D, 0x4D, 0, 42]),
            Signature([0x49, 0x49, 43, 0]), Signature([0x4D, 0x4D, 0, 43]),
        ],
        read: ReadCapabilities(
            streaming: .rows, metadata: Self.metadata.union([.codePoints]), pages: .pages),
        write: WriteCapabilities(
            layouts: Self.layouts, maximumDimension: Int(Int32.max),
            metadata: Self.metadata, losslessness: .always, streaming: .rows, pages: .pages),
        options: TIFFOptions.specs)

    /// The library and its version.
    public var library: String { "libtiff \(Self.libraryVersion)" }

    private static let metadata: Set<MetadataKind> = [
        .icc, .chromaticities, .exif, .xmp, .iptc, .photoshop, .geotiff, .resolution, .orientation,
        .formatBlocks,
    ]

    private static var layouts: Set<PixelLayout> {
        var layouts: Set<PixelLayout> = []
        for model in ColorModel.allCases {
            for sample in SampleType.allCases {
                for alpha in AlphaMode.allCases {
                    layouts.insert(PixelLayout(model, sample, alpha: alpha))
                }
            }
        }
        return layouts
    }

    /// The version of the library at run time; its text goes on after a line break.
    private static var libraryVersion: String {
        let text = unsafe String(cString: ctiff_version())
        return String(text.prefix { !$0.isNewline })
    }

    /// Opens a TIFF file and reads its header.
    ///
    /// - Throws: ``ImageError`` if the file is damaged, uses a feature that is not supported, or
    ///   exceeds the limits.
    public func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        try TIFFReader(source: source, context: context)
    }

    /// Starts a TIFF file.
    ///
    /// - Throws: ``ImageError`` if such an image cannot be stored or a setting is out of range.
    public func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        try descriptor.checkStorable(header)
        return try TIFFWriter(
            sink: sink, header: header, options: TIFFOptions(settings), context: context)
    }

    /// Whether the compression keeps samples.
    ///
    /// - Throws: ``ImageError`` if a setting is out of range.
    public func treatment(
        of header: ImageHeader, with settings: WriteSettings
    ) throws(ImageError) -> WriteTreatment {
        WriteTreatment(
            isExact: try TIFFOptions(settings).isExact,
            bitsPerSample: header.layout.sample.bitCount)
    }
}

extension TIFFPlugin: FormatPlanning {
    /// Signs and wide integers, unless the codec of a strip wants samples of its own.
    package func forms(with settings: WriteSettings) -> SampleForm {
        switch try? TIFFOptions(settings).compression {
        case .none?, .packbits, .lzw, .deflate, .zstd, .lerc:
            [.signed, .integers, .unspecifiedAlpha]
        case .webp, .jpeg, .ccitt, nil: .unspecifiedAlpha
        }
    }

    /// What has no place in tags.
    ///
    /// A rational has 32 bits on either side of its line, and samples that a compression changes are
    /// not those of which tags tell.
    package func losses(of header: ImageHeader, with settings: WriteSettings) -> [Loss] {
        let metadata = header.metadata
        let range = 1e-9...4e9
        let isStorable = metadata.resolution.map {
            range.contains($0.horizontal) && range.contains($0.vertical)
        }
        let isExact = (try? TIFFOptions(settings).isExact) ?? true
        return CarriedTags.losses(of: metadata, pageCount: header.frameCount)
            + (isStorable == false ? [.metadata(.resolution)] : [])
            + (isExact || metadata.blocks.isEmpty ? [] : [.metadata(.formatBlocks)])
    }
}

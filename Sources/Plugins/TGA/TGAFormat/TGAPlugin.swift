public import FormatKit

extension FormatID {
    static let tga = FormatID("tga")
}

/// Truevision's TGA, versions 1 and 2, without a library.
///
/// Indices, colors of 15 to 32 bits and gray are read, in runs or not, from any corner; the developer's
/// area is left out. Files have no mark at their start: they are known by what fields can be.
public struct TGAPlugin: FormatPlugin {
    /// Creates the plugin.
    public init() {}

    /// What TGA can hold, and the writer's option.
    public var descriptor: FormatDescriptor {
        FormatDescriptor(
            id: .tga, name: "Truevision TGA",
            fileExtensions: ["tga", "targa", "icb", "vda", "vst"],
            mediaTypes: ["image/x-tga", "image/x-targa"], signatures: Self.signatures,
            read: ReadCapabilities(streaming: .rows, metadata: [.texts, .gamma, .resolution]),
            write: WriteCapabilities(
                layouts: Self.layouts, maximumDimension: 65_535, metadata: [],
                losslessness: .always, streaming: .rows),
            options: [
                OptionSpec(
                    "compression", .choice(["runs", "none"]), default: "runs",
                    summary: "pixels that are alike once, or all as they are")
            ])
    }

    /// Opens a file and reads its header.
    ///
    /// - Parameters:
    ///   - source: The file.
    ///   - context: Its limits are checked before memory is allocated.
    /// - Returns: A reader that streams rows, unless they are in runs.
    /// - Throws: ``ImageError`` if the file is damaged, too short or exceeds a limit.
    public func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        try TGAReader(source: source, context: context)
    }

    /// Starts a file.
    ///
    /// - Parameters:
    ///   - sink: Where the bytes go.
    ///   - header: The image.
    ///   - settings: Whether pixels are compressed.
    ///   - context: Not used.
    /// - Returns: A writer that streams rows.
    /// - Throws: ``ImageError`` if such an image cannot be stored.
    public func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        try settings.checkRanges()
        try descriptor.checkStorable(header)
        return try TGAWriter(sink: sink, header: header, settings: settings)
    }

    /// Whether there is a table, what pixels are, and how many bits they have.
    private static let signatures: [Signature] =
        [1, 9].map { signature(hasTable: true, $0, bits: 8) }
        + [2, 10].flatMap { kind in
            [15, 16, 24, 32].map { signature(hasTable: false, kind, bits: $0) }
        }
        + [3, 11].flatMap { kind in [8, 16].map { signature(hasTable: false, kind, bits: $0) } }

    private static func signature(hasTable: Bool, _ kind: UInt8, bits: UInt8) -> Signature {
        let blank = [UInt8](repeating: 0, count: 13)
        // Without a table nothing is said of one. The last bits have no meaning.
        let table = [UInt8](repeating: hasTable ? 0 : 0xFF, count: 5)
        return Signature(
            [0, hasTable ? 1 : 0, kind] + blank + [bits, 0],
            mask: [0, 0xFF, 0xFF] + table + [UInt8](repeating: 0, count: 8) + [0xFF, 0xC0])
    }

    static let layouts = Set(
        AlphaMode.allCases.map { PixelLayout(.rgb, .uint8, alpha: $0) }
            + [PixelLayout(.gray, .uint8), PixelLayout(.gray, .uint8, alpha: .straight)])
}

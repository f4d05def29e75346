public import FormatKit

extension FormatID {
    static let bmp = FormatID("bmp")
}

/// Windows and OS/2 bitmaps, without a library.
///
/// All headers and numbers of bits are read, and runs of 4 and 8 bits; not a JPEG or PNG file inside,
/// nor OS/2's fax and runs of 24 bits.
public struct BMPPlugin: FormatPlugin {
    /// Creates the plugin.
    public init() {}

    /// What BMP can hold.
    public var descriptor: FormatDescriptor {
        FormatDescriptor(
            id: .bmp, name: "Windows Bitmap", fileExtensions: ["bmp", "dib"],
            mediaTypes: ["image/bmp", "image/x-bmp", "image/x-ms-bmp"],
            signatures: BMPHeader.byteCounts.sorted().map(Self.signature),
            read: ReadCapabilities(
                streaming: .rows, metadata: Self.metadata.union([.gamma, .chromaticities])),
            write: WriteCapabilities(
                layouts: Self.layouts, maximumDimension: Int(Int32.max), metadata: Self.metadata,
                losslessness: .always, streaming: .rows))
    }

    /// Opens a file and reads its header.
    ///
    /// - Parameters:
    ///   - source: The file.
    ///   - context: Its limits are checked before memory is allocated.
    /// - Returns: A reader that streams rows, unless they are compressed.
    /// - Throws: ``ImageError`` if the file is damaged, too short or exceeds a limit.
    public func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        try BMPReader(source: source, context: context)
    }

    /// Starts a file.
    ///
    /// - Parameters:
    ///   - sink: Where the bytes go, the last row first.
    ///   - header: The image.
    ///   - settings: Only checked: there is nothing to choose.
    ///   - context: Not used.
    /// - Returns: A writer that streams rows.
    /// - Throws: ``ImageError`` if such an image cannot be stored.
    public func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        try settings.checkRanges()
        try descriptor.checkStorable(header)
        return try BMPWriter(sink: sink, header: header)
    }

    /// `BM`, whatever, and the size of the header of the picture.
    private static func signature(_ headerByteCount: Int) -> Signature {
        let blank = [UInt8](repeating: 0, count: 12)
        return Signature(
            Array("BM".utf8) + blank + [UInt8(headerByteCount), 0, 0, 0],
            mask: [0xFF, 0xFF] + blank + [0xFF, 0xFF, 0xFF, 0xFF])
    }

    private static let metadata: Set<MetadataKind> = [.icc, .renderingIntent, .resolution]

    static let layouts: Set<PixelLayout> = [
        PixelLayout(.gray, .uint8), PixelLayout(.rgb, .uint8),
        PixelLayout(.rgb, .uint8, alpha: .straight),
    ]
}

extension BMPPlugin: FormatPlanning {
    package func losses(of header: ImageHeader, with settings: WriteSettings) -> [Loss] {
        BMPFileLayout.losses(header)
    }
}

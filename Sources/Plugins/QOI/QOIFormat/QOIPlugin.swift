public import FormatKit

extension FormatID {
    static let qoi = FormatID("qoi")
}

/// The Quite OK Image Format (qoiformat.org, version 1.0), without a library.
public struct QOIPlugin: FormatPlugin {
    /// Creates the plugin.
    public init() {}

    /// What QOI can hold.
    public var descriptor: FormatDescriptor {
        FormatDescriptor(
            id: .qoi, name: "Quite OK Image", fileExtensions: ["qoi"],
            mediaTypes: ["image/qoi", "image/x-qoi"],
            signatures: [Signature(QOIHeader.magic)],
            read: ReadCapabilities(
                streaming: .rows, metadata: [.gamma, .chromaticities]),
            write: WriteCapabilities(
                layouts: Self.layouts, maximumDimension: Int(Int32.max),
                metadata: [.gamma, .chromaticities], losslessness: .always, streaming: .rows))
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
        try QOIReader(source: source, context: context)
    }

    /// Starts a file.
    ///
    /// - Parameters:
    ///   - sink: Where the bytes go.
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
        return try QOIWriter(sink: sink, header: header)
    }

    static let layouts: Set<PixelLayout> = [
        PixelLayout(.rgb, .uint8), PixelLayout(.rgb, .uint8, alpha: .straight),
    ]
}

extension QOIPlugin: FormatPlanning {
    package func losses(of header: ImageHeader, with settings: WriteSettings) -> [Loss] {
        QOIColors.losses(header)
    }
}

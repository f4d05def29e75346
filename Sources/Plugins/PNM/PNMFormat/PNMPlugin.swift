public import FormatKit

/// The formats of the Netpbm family: PBM, PGM, PPM, PAM and PFM, without a library.
///
/// Each is a format of its own, so that the name of an output says what it will hold: a picture
/// with color that goes to PGM becomes gray, and the plan says so.
public struct PNMPlugin: FormatPlugin {
    private let kind: PNMKind

    init(_ kind: PNMKind) {
        self.kind = kind
    }

    /// One plugin for each format.
    public static var all: [PNMPlugin] { PNMKind.allCases.map(PNMPlugin.init) }

    /// What the format can hold, and the writer's options.
    public var descriptor: FormatDescriptor {
        FormatDescriptor(
            id: kind.id, name: kind.name, fileExtensions: kind.fileExtensions,
            mediaTypes: kind.mediaTypes, signatures: kind.signatures,
            read: ReadCapabilities(streaming: .rows, metadata: kind.metadata),
            write: WriteCapabilities(
                layouts: kind.layouts, maximumDimension: Int(Int32.max), metadata: kind.metadata,
                losslessness: .always, streaming: .rows),
            options: kind.options)
    }

    /// Opens a file and reads its header.
    ///
    /// - Parameters:
    ///   - source: The file.
    ///   - context: Its limits are checked before memory is allocated.
    /// - Returns: A reader that streams rows.
    /// - Throws: ``ImageError`` if the file is damaged, too short or exceeds a limit.
    public func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        try PNMReader(kind: kind, source: source, context: context)
    }

    /// Starts a file.
    ///
    /// - Parameters:
    ///   - sink: Where the bytes go.
    ///   - header: The image.
    ///   - settings: Only the option `plain` counts.
    ///   - context: Not used.
    /// - Returns: A writer that streams rows.
    /// - Throws: ``ImageError`` if such an image cannot be stored.
    public func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        try descriptor.checkStorable(header)
        return try PNMWriter(kind: kind, sink: sink, header: header, settings: settings)
    }
}

extension PNMPlugin: FormatPlanning {
    package func losses(of header: ImageHeader, with settings: WriteSettings) -> [Loss] {
        PNMWriter.losses(header)
    }
}

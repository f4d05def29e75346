/// A format that the converter can read, write or both.
public protocol FormatPlugin: Sendable {
    /// What the format is and can do; the same at every call.
    var descriptor: FormatDescriptor { get }

    /// The codec library and its version at run time, such as `libpng 1.6.39`; `no library` if the format
    /// does not say otherwise.
    ///
    /// To ask may load the library.
    var library: String { get }

    /// Opens a file: reads and checks its header, but no pixel.
    ///
    /// - Throws: ``ImageError`` if the file is not of this format, is damaged, uses a feature that
    ///   is not supported, or exceeds the context's limits.
    func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader

    /// Starts a file.
    ///
    /// - Parameters:
    ///   - sink: Where the bytes go. The caller commits or discards it.
    ///   - header: Size, layout and metadata, within the descriptor's ``WriteCapabilities``.
    ///   - settings: How to encode.
    ///   - context: Limits, threads, progress.
    /// - Returns: A writer that expects the header's rows.
    /// - Throws: ``ImageError`` if such an image cannot be stored or a setting is out of range.
    func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter

    /// What the writer makes of pixels: what its output is verified by, and the memory it takes.
    ///
    /// Formats need this only where the descriptor and ``WriteSettings/isLossless`` do not decide.
    ///
    /// - Throws: ``ImageError`` if a setting is out of range.
    func treatment(
        of header: ImageHeader, with settings: WriteSettings
    ) throws(ImageError) -> WriteTreatment
}

extension FormatPlugin {
    /// A format that brings its own code.
    public var library: String { "no library" }
}

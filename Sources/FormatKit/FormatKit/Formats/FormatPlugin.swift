/// A format that the converter can read, write or both.
public protocol FormatPlugin: Sendable {
    /// What the format is and can do; the same at every call.
    var descriptor: FormatDescriptor { get }

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

    /// Writes a file that has a coded stream in it, for one of the formats in
    /// ``WriteCapabilities/streams``.
    ///
    /// From what is written, the same stream can be had again to the byte; formats make sure of that
    /// where their codec does not.
    ///
    /// - Parameters:
    ///   - stream: All of it.
    ///   - header: The image.
    ///   - sink: Where the bytes go; none if the stream is refused.
    ///   - settings: How to encode.
    ///   - context: Limits, threads.
    /// - Throws: ``ImageError/streamRefused(_:_:)`` if pixels have to be encoded instead, or any
    ///   other error of writing.
    func embed(
        _ stream: [UInt8], of header: ImageHeader, to sink: any ImageSink,
        _ settings: WriteSettings, context: CodecContext
    ) throws(ImageError)

    /// Writes a file that is a coded stream with other metadata, and its picture perhaps turned, where a
    /// capability ``StreamCapability/isEditable``: nothing is encoded again.
    ///
    /// - Parameters:
    ///   - stream: All of it, a file of this format that is known to be sound.
    ///   - edit: What becomes another.
    ///   - header: The image as it is to be, with all metadata that the file will have.
    ///   - sink: Where the bytes go; none if the stream is refused.
    ///   - context: Limits; it is told of what the stream has beside its picture and its metadata.
    /// - Throws: ``ImageError/streamRefused(_:_:)`` if pixels have to be encoded instead, or any
    ///   other error of writing.
    func edit(
        _ stream: [UInt8], _ edit: StreamEdit, of header: ImageHeader, to sink: any ImageSink,
        context: CodecContext
    ) throws(ImageError)

    /// What is another in the picture of an edited stream than was asked for, if anything is: compares
    /// all that it is coded of, exactly.
    ///
    /// - Parameters:
    ///   - edited: What ``edit(_:_:of:to:context:)`` has written.
    ///   - stream: What it was made of.
    ///   - edit: What was to become another.
    ///   - context: Limits.
    /// - Returns: A clause for people, such as `a coefficient is another`, or `nil`.
    /// - Throws: ``ImageError`` if one of the two cannot be read.
    func difference(
        of edited: [UInt8], from stream: [UInt8], after edit: StreamEdit, context: CodecContext
    ) throws(ImageError) -> String?
}

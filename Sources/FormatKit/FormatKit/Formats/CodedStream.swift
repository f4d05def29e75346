/// A picture as a file codes it: what some writers take as it is, without pixels in between.
package struct CodedStream: Sendable, Equatable {
    /// The format of the stream: the file's own, or that of a file which can be rebuilt from it.
    package let format: FormatID
    /// What of it not every codec takes, in words such as `arithmetic coding`.
    package let traits: [String]
    /// What is in the file, but not in the stream.
    package let losses: [Loss]
    /// How its picture can be turned by a writer that edits such streams, or `nil` if it cannot.
    package let turns: StreamTurns?

    /// Creates a description.
    package init(
        format: FormatID, traits: [String] = [], losses: [Loss] = [], turns: StreamTurns? = nil
    ) {
        self.format = format
        self.traits = traits
        self.losses = losses
        self.turns = turns
    }
}

/// A reader of files whose coded stream can be had as it is.
package protocol StreamReader: ImageReader {
    /// The stream, or `nil` if this file has none.
    var stream: CodedStream? { get }

    /// Reads all bytes of the stream, which are known to be sound; rows can still be read afterwards.
    ///
    /// - Parameter memory: Where the bytes are reserved.
    /// - Returns: The bytes.
    /// - Throws: ``ImageError/streamRefused(_:_:)`` if the stream cannot be had although its rows
    ///   perhaps can; any other error of reading pixels.
    /// - Precondition: No row has been read.
    func readStream(reserving memory: MemoryShare) throws(ImageError) -> [UInt8]
}

/// That a writer takes the coded stream of a format as it is: ``StreamPlugin/embed(_:of:to:_:context:)``.
package struct StreamCapability: Sendable, Hashable {
    /// The format of the stream.
    package let format: FormatID
    /// The memory that the writer takes for a pixel beside the stream, in bytes.
    package let memoryPerPixel: Int
    /// Whether streams can be pages beside others: the writers are ``StreamWriter``.
    package let isPageable: Bool
    /// Whether files that are such streams can be written with other metadata, and turned as
    /// ``CodedStream/turns`` says: the plugin has ``StreamPlugin/edit(_:_:of:to:context:)``.
    package let isEditable: Bool

    /// Creates a capability.
    package init(
        format: FormatID, memoryPerPixel: Int = 0, isPageable: Bool = false,
        isEditable: Bool = false
    ) {
        self.format = format
        self.memoryPerPixel = memoryPerPixel
        self.isPageable = isPageable
        self.isEditable = isEditable
    }
}

/// A format whose files can be made of coded streams, without decoding them.
///
/// Its ``WriteCapabilities/streams`` say of which.
package protocol StreamPlugin: FormatPlugin {
    /// Why a stream of a format that is taken does not pass with such settings.
    ///
    /// - Returns: A clause for people, such as `a quality is asked for`, or `nil` if it passes.
    func objection(to stream: CodedStream, with settings: WriteSettings) -> String?

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

/// A writer of files of several pages that takes coded streams in the place of rows.
package protocol StreamWriter: MultiImageWriter {
    /// Writes the page that has begun: the coded stream that it is, of one of the formats in
    /// ``WriteCapabilities/streams``.
    ///
    /// - Parameter stream: All of it.
    /// - Throws: ``ImageError/streamRefused(_:_:)`` if rows have to come instead, of which none have
    ///   been written; any other error of writing.
    /// - Precondition: No row of the page has been written.
    func writeStream(_ stream: [UInt8]) throws(ImageError)
}

/// When a coded stream is taken as it is.
package enum StreamUse: String, Sendable, Hashable, CaseIterable {
    /// Where nothing changes pixels, nor metadata unless the writer can edit them, and it takes it.
    case auto
    /// In any case; where it cannot be, the conversion fails.
    case always
    /// Never: pixels are decoded and encoded.
    case never
}

extension OptionSpec {
    /// The option of all formats that take streams: `transcode`, with the words of ``StreamUse``.
    ///
    /// - Parameter summary: What is taken, for help.
    /// - Returns: The option.
    package static func transcode(_ summary: String) -> OptionSpec {
        OptionSpec(
            transcodeKey, .choice(StreamUse.allCases.map(\.rawValue)),
            default: StreamUse.auto.rawValue, summary: summary)
    }

    fileprivate static let transcodeKey = "transcode"
}

extension WriteSettings {
    /// When a coded stream is taken as it is.
    package var streamUse: StreamUse {
        options.choice(OptionSpec.transcodeKey).flatMap(StreamUse.init) ?? .auto
    }
}

extension StreamPlugin {
    /// Every stream passes.
    package func objection(to stream: CodedStream, with settings: WriteSettings) -> String? { nil }

    /// No stream is taken.
    package func embed(
        _ stream: [UInt8], of header: ImageHeader, to sink: any ImageSink,
        _ settings: WriteSettings, context: CodecContext
    ) throws(ImageError) {
        throw .streamRefused(descriptor.id, "it takes no streams")
    }

    /// No stream is edited.
    package func edit(
        _ stream: [UInt8], _ edit: StreamEdit, of header: ImageHeader, to sink: any ImageSink,
        context: CodecContext
    ) throws(ImageError) {
        throw .streamRefused(descriptor.id, "it edits no streams")
    }

    /// No stream is edited.
    package func difference(
        of edited: [UInt8], from stream: [UInt8], after edit: StreamEdit, context: CodecContext
    ) throws(ImageError) -> String? {
        throw .streamRefused(descriptor.id, "it edits no streams")
    }
}

/// What a format is called, how its files are recognized and what they can hold.
public struct FormatDescriptor: Sendable, Hashable {
    /// The identity.
    public let id: FormatID
    /// The name for people, such as `Portable Network Graphics`.
    public let name: String
    /// File extensions without the dot, in lower case, the preferred one first.
    public let fileExtensions: [String]
    /// MIME types, the preferred one first.
    public let mediaTypes: [String]
    /// Patterns of which every file matches one.
    public let signatures: [Signature]
    /// What the reader can do, or `nil` if there is none.
    public let read: ReadCapabilities?
    /// What the writer can do, or `nil` if there is none.
    public let write: WriteCapabilities?
    /// The writer's options.
    public let options: [OptionSpec]
    /// What may be chosen about the codec's work, reading and writing, of which no result depends:
    /// values come in ``CodecContext/codecOptions``.
    package let codecOptions: [OptionSpec]

    /// Creates a descriptor.
    public init(
        id: FormatID, name: String, fileExtensions: [String], mediaTypes: [String],
        signatures: [Signature], read: ReadCapabilities?, write: WriteCapabilities?,
        options: [OptionSpec] = [], codecOptions: [OptionSpec] = []
    ) {
        self.id = id
        self.name = name
        self.fileExtensions = fileExtensions
        self.mediaTypes = mediaTypes
        self.signatures = signatures
        self.read = read
        self.write = write
        self.options = options
        self.codecOptions = codecOptions
    }
}

/// Whether pixels flow through a codec row by row.
public enum Streaming: String, Sendable, Hashable {
    /// Memory does not grow with the height of the image.
    case rows
    /// The codec holds the whole image.
    case wholeImage
}

/// Whether a file can hold more than one picture.
public enum PageSupport: String, Sendable, Hashable {
    /// One picture.
    case single
    /// Pages, each with a size, a layout and metadata of its own.
    case pages
    /// Frames of one size and layout with a timing; metadata are those of the first.
    case animation
}

/// What a format's reader delivers.
public struct ReadCapabilities: Sendable, Hashable {
    /// Whether pixels stream.
    public let streaming: Streaming
    /// The kinds of metadata that are read.
    public let metadata: Set<MetadataKind>
    /// Whether pages or frames can be chosen: the readers are ``MultiImageReader``.
    public let pages: PageSupport

    /// Creates capabilities.
    public init(
        streaming: Streaming, metadata: Set<MetadataKind>, pages: PageSupport = .single
    ) {
        self.streaming = streaming
        self.metadata = metadata
        self.pages = pages
    }
}

/// Whether a writer keeps every sample.
public enum Losslessness: String, Sendable, Hashable {
    /// Decoding gives the samples that were written.
    case always
    /// Lossless if asked for.
    case optional
    /// Lossless if asked for and the picture has few enough colors; otherwise it is refused.
    case limited
    /// Decoding gives similar samples.
    case never
}

/// What a format's writer accepts.
public struct WriteCapabilities: Sendable, Hashable {
    /// The layouts that can be stored.
    public let layouts: Set<PixelLayout>
    /// The largest width and height, in pixels.
    public let maximumDimension: Int
    /// The kinds of metadata that are stored.
    public let metadata: Set<MetadataKind>
    /// Whether samples survive.
    public let losslessness: Losslessness
    /// Whether pixels stream.
    public let streaming: Streaming
    /// Whether a file can hold several pictures: the writers are ``MultiImageWriter``.
    public let pages: PageSupport
    /// Whether readers of the format take a profile for the colors although there are code points:
    /// then only one of the two is written.
    package let storesOneAccount: Bool
    /// Whether programs take the samples for light, whatever else the file says: samples that are not
    /// become so.
    package let storesLight: Bool
    /// The quality that is taken if nobody says otherwise, or `nil` where there is none.
    public let defaultQuality: Double?
    /// The coded streams that are taken as they are; a format that takes any has the option
    /// ``OptionSpec/transcode(_:)``.
    package let streams: [StreamCapability]

    /// How the writer is led to a size or a quality that is asked for, or `nil` if it has no quality.
    package let targets: TargetCapability?

    /// Creates capabilities.
    public init(
        layouts: Set<PixelLayout>, maximumDimension: Int, metadata: Set<MetadataKind>,
        losslessness: Losslessness, streaming: Streaming, pages: PageSupport = .single,
        defaultQuality: Double? = nil
    ) {
        self.init(
            layouts: layouts, maximumDimension: maximumDimension, metadata: metadata,
            losslessness: losslessness, streaming: streaming, pages: pages, storesOneAccount: false,
            defaultQuality: defaultQuality)
    }

    /// Creates capabilities of a format that has more to say.
    package init(
        layouts: Set<PixelLayout>, maximumDimension: Int, metadata: Set<MetadataKind>,
        losslessness: Losslessness, streaming: Streaming, pages: PageSupport = .single,
        storesOneAccount: Bool = false, storesLight: Bool = false, defaultQuality: Double? = nil,
        streams: [StreamCapability] = [], targets: TargetCapability? = nil
    ) {
        self.layouts = layouts
        self.maximumDimension = maximumDimension
        self.metadata = metadata
        self.losslessness = losslessness
        self.streaming = streaming
        self.pages = pages
        self.storesOneAccount = storesOneAccount
        self.storesLight = storesLight
        self.defaultQuality = defaultQuality
        self.streams = streams
        self.targets = targets
    }
}

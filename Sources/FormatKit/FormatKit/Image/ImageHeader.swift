/// What is known of an image before any of its pixels is decoded.
public struct ImageHeader: Sendable, Equatable {
    /// The size of the frame that will be read or written.
    public var size: ImageSize
    /// How the reader delivers, or the writer expects, pixels.
    public var layout: PixelLayout
    /// The number of bits per sample that carry information in the file, such as 1, 8, 12 or 16.
    public var significantBits: Int
    /// Of a reader, the number of pages or animation frames in the file; of a writer, the number
    /// that will be written.
    public var frameCount: Int
    /// How long the picture is shown, if it is a frame of an animation.
    public var animation: AnimationTiming?
    /// How the file stores pixels, where that is more compact than ``layout``.
    package var storage: SampleStorage?
    /// What the file's samples are beyond ``layout``.
    package var form: SampleForm
    /// What the file says about the picture.
    public var metadata: ImageMetadata
    /// What the reader cannot deliver of what is in the file.
    public var losses: [Loss]
    /// What `convert info` prints of the format's own, in order.
    public var details: [ImageDetail]

    /// Creates a header.
    public init(
        size: ImageSize, layout: PixelLayout, significantBits: Int? = nil, frameCount: Int = 1,
        animation: AnimationTiming? = nil, metadata: ImageMetadata = ImageMetadata(),
        losses: [Loss] = [], details: [ImageDetail] = []
    ) {
        self.init(
            size: size, layout: layout, significantBits: significantBits, frameCount: frameCount,
            animation: animation, storage: nil, metadata: metadata, losses: losses,
            details: details)
    }

    /// Creates a header of samples that the file stores in another way than the layout says.
    package init(
        size: ImageSize, layout: PixelLayout, significantBits: Int? = nil, frameCount: Int = 1,
        animation: AnimationTiming? = nil, storage: SampleStorage? = nil, form: SampleForm = [],
        metadata: ImageMetadata = ImageMetadata(), losses: [Loss] = [],
        details: [ImageDetail] = []
    ) {
        self.size = size
        self.layout = layout
        self.significantBits = significantBits ?? layout.sample.bitCount
        self.frameCount = frameCount
        self.animation = animation
        self.storage = storage
        self.form = form
        self.metadata = metadata
        self.losses = losses
        self.details = details
    }

    /// The bits of a sample in formats that may have any number of them: as many as carry information,
    /// but, of samples of 16, not so few that they would come back as samples of 8.
    package var codedBitCount: Int {
        layout.sample == .uint16 && significantBits <= 8 ? 16 : significantBits
    }
}

/// One fact about a file that only its format knows, such as its compression.
public struct ImageDetail: Sendable, Equatable {
    /// A value that prints as text and as JSON.
    public enum Value: Sendable, Equatable {
        /// A whole number.
        case integer(Int)
        /// A number.
        case real(Double)
        /// Words.
        case text(String)
        /// Several values in order.
        case list([Value])
        /// Named values in order.
        case record([ImageDetail])
    }

    /// The name, in words separated by underscores, such as `bits_per_weight`.
    public var name: String
    /// The value.
    public var value: Value

    /// Creates a fact.
    public init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }
}

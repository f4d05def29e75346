/// What a writer makes of pixels with given settings.
public struct WriteTreatment: Sendable, Equatable {
    /// Whether decoding gives exactly the samples that were written.
    public var isExact: Bool
    /// The number of bits of a sample in the file.
    public var bitsPerSample: Int
    /// Whether pixels come out either opaque or transparent: what is at least half opaque is opaque.
    public var hasBinaryAlpha: Bool
    /// The memory that the writer takes beyond a few rows, in bytes, or `nil` if no more is known
    /// than ``WriteCapabilities/streaming`` says.
    public var heldByteCount: Int?

    /// Creates a description.
    public init(
        isExact: Bool, bitsPerSample: Int, hasBinaryAlpha: Bool = false,
        heldByteCount: Int? = nil
    ) {
        self.isExact = isExact
        self.bitsPerSample = bitsPerSample
        self.hasBinaryAlpha = hasBinaryAlpha
        self.heldByteCount = heldByteCount
    }
}

extension FormatPlugin {
    /// What the descriptor says: exact if the format always is or the settings ask for it.
    public func treatment(
        of header: ImageHeader, with settings: WriteSettings
    ) throws(ImageError) -> WriteTreatment {
        WriteTreatment(
            isExact: descriptor.write?.losslessness == .always || settings.isLossless,
            bitsPerSample: header.layout.sample.bitCount)
    }
}

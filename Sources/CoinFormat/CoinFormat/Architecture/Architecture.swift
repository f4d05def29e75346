internal import CoinKernels
internal import FormatKit

/// A kind of networks that stand for a picture, and what a header says of those of one picture.
///
/// A value stands for all descriptors of a header: tiles may differ in them, and what decodes one
/// tile may need its neighbors. Nothing is allocated in proportion to the picture before a caller
/// has seen the cost.
protocol Architecture: Sendable {
    /// The code of the kind in a stream (§5.2).
    static var kind: UInt8 { get }
    /// What users call it, in one word.
    static var name: String { get }
    /// What a user may choose when such networks are fitted.
    static var options: [OptionSpec] { get }

    /// Parses the bodies of a header's descriptors.
    ///
    /// - Precondition: They are all of this kind.
    init(_ header: CoinHeader) throws(BitstreamError)

    /// What `convert info` prints of each descriptor, beside its kind.
    var details: [[ImageDetail]] { get }

    /// The sizes at which the picture can be decoded.
    var sampling: Sampling { get }

    /// The most that decoding the whole picture at its own size takes, on so many threads (§8).
    func cost(threadCount: Int) -> DecodingCost

    /// The most that decoding `region` of the picture sampled at `size` takes.
    ///
    /// - Precondition: ``sampling`` allows the size.
    func cost(of region: PixelRegion, at size: ImageSize, threadCount: Int) -> DecodingCost

    /// The most memory that what ``makeDecoder(of:kernels:)`` makes takes, beside the boxes of the
    /// stream, in bytes.
    func parsedByteCount(streamByteCount: Int) -> Int

    /// Parses what the file holds for these networks: all of it is valid, or this throws.
    ///
    /// What takes as long as decoding is left for when pixels are wanted.
    func makeDecoder(
        of file: CoinFile, kernels: KernelVariant
    ) throws(BitstreamError) -> any PictureDecoder

    /// Prepares fitting networks to a picture.
    ///
    /// - Throws: ``ImageError`` if that would exceed the limits.
    static func makeEncoder(
        header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any PictureEncoder
}

/// The sizes at which networks can be evaluated; others are resampled from these.
enum Sampling: Sendable, Equatable {
    /// At points anywhere, and so at any size.
    case anyPoint
    /// At 2^−n of the size, rounded up, where n is 0…`highest`.
    case octaves(highest: Int)
}

/// What decoding takes, known from the header alone.
struct DecodingCost: Sendable, Equatable {
    /// The number of multiply-adds; the largest integer if there are more.
    var multiplyAddCount: Int
    /// The bytes that are held beside the stream, what is in proportion to it, and the rows that
    /// are delivered.
    var heldByteCount: Int

    static let zero = DecodingCost(multiplyAddCount: 0, heldByteCount: 0)
}

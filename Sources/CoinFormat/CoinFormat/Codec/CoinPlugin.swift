public import FormatKit

extension FormatID {
    /// Images stored as the weights of neural networks.
    public static let coin = FormatID("coin")
}

/// Reads and writes `.coin`: images stored as the weights of networks fitted to them.
///
/// Dupont et al. 2021, "COIN: COmpression with Implicit Neural representations".
///
/// ```swift
/// let coin = CoinPlugin()
/// let halfABit = try OptionValues(parsing: ["bpp": "0.5"], for: coin.descriptor)
/// let sink = MemorySink()
/// try image.write(
///     to: try coin.makeWriter(
///         sink: sink, header: image.header,
///         settings: WriteSettings(effort: 1, options: halfABit),
///         context: CodecContext(threadCount: 2)))
/// ```
public struct CoinPlugin: FormatPlugin {
    /// Creates the plugin.
    public init() {}

    /// What the format is and can do.
    public var descriptor: FormatDescriptor {
        let layouts = [ColorModel.gray, .rgb].flatMap { model in
            [SampleType.uint8, .uint16].flatMap { sample in
                [
                    PixelLayout(model, sample), PixelLayout(model, sample, alpha: .straight),
                ]
            }
        }
        return FormatDescriptor(
            id: .coin, name: "Compressed implicit neural representation",
            fileExtensions: ["coin"], mediaTypes: ["image/x-coin"],
            signatures: [Signature(CoinFile.signature), Self.damagedSignature],
            read: ReadCapabilities(
                streaming: .rows, metadata: Self.metadata.union([.codePoints])),
            write: WriteCapabilities(
                layouts: Set(layouts),
                maximumDimension: CoinHeader.dimensionRange.upperBound,
                metadata: Self.metadata, losslessness: .never,
                streaming: .wholeImage, defaultQuality: LatentPlan.defaultQuality,
                targets: TargetCapability(
                    rivals: ["bpp"], rateOption: "bpp", attemptLimit: 6)),
            options: EncodingPlan.specs, codecOptions: WorkOptions.specs)
    }

    /// The version of the bitstream.
    public var library: String { "coin bitstream \(CoinHeader.version)" }

    private static let metadata: Set<MetadataKind> = [
        .icc, .exif, .xmp, .resolution, .orientation,
    ]

    /// Matches files whose first or last signature bytes a transfer in text mode has changed, so
    /// that the reader can say so.
    private static let damagedSignature = Signature(
        Array(CoinFile.signature[1..<5]), offset: 1)

    /// Opens a file: parses all of it, but evaluates no network.
    public func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        try CoinReader(source: source, context: context)
    }

    /// What the descriptor says, for choices that make sense together.
    public func treatment(
        of header: ImageHeader, with settings: WriteSettings
    ) throws(ImageError) -> WriteTreatment {
        _ = try EncodingPlan.architecture(settings)
        return WriteTreatment(isExact: false, bitsPerSample: header.layout.sample.bitCount)
    }

    /// Starts a file; the networks are fitted when the last row has come.
    public func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        try CoinWriter(sink: sink, header: header, settings: settings, context: context)
    }
}

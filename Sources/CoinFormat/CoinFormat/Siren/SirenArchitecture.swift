internal import CoinKernels
internal import FormatKit

/// Networks of sines, one a tile, evaluated at any point (§5.2, kind 1).
struct SirenArchitecture: Architecture {
    static let kind: UInt8 = 1
    static let name = "siren"
    static var options: [OptionSpec] { SirenPlan.specs }

    let sampling = Sampling.anyPoint
    let header: CoinHeader
    let descriptors: [SirenDescriptor]

    init(_ header: CoinHeader) throws(BitstreamError) {
        self.header = header
        var descriptors: [SirenDescriptor] = []
        for descriptor in header.architectures {
            descriptors.append(
                try descriptor.parse { (reader) throws(BitstreamError) in
                    try SirenDescriptor(parsing: &reader)
                })
        }
        self.descriptors = descriptors
    }

    /// The descriptor of a network as a header holds it.
    static func descriptor(_ network: SirenDescriptor) -> ArchitectureDescriptor {
        ArchitectureDescriptor(kind: kind, body: network.body)
    }

    var details: [[ImageDetail]] { descriptors.map(\.details) }

    /// The multiply-adds of one pixel of the costliest network.
    var multiplyAddsPerPixel: Int {
        descriptors.map { $0.multiplyAddsPerPixel(channelCount: header.channelCount) }.max() ?? 0
    }

    /// Of every pixel, those of the overlaps as often as there are tiles.
    func cost(threadCount: Int) -> DecodingCost {
        let grid = header.grid
        return cost(
            ofPixels: ImageSize(
                width: header.size.width + 2 * grid.overlap * (grid.columns - 1),
                height: header.size.height + 2 * grid.overlap * (grid.rows - 1)),
            threadCount: threadCount)
    }

    func cost(of region: PixelRegion, at size: ImageSize, threadCount: Int) -> DecodingCost {
        cost(ofPixels: region.size, threadCount: threadCount)
    }

    private func cost(ofPixels size: ImageSize, threadCount: Int) -> DecodingCost {
        let (count, overflow) = size.pixelCount.multipliedReportingOverflow(
            by: multiplyAddsPerPixel)
        let threadCount = max(1, min(threadCount, size.height))
        return DecodingCost(
            multiplyAddCount: overflow ? .max : count,
            heldByteCount: threadCount
                * RowDecoder.heldByteCount(
                    width: size.width, channelCount: header.channelCount,
                    tileCount: header.grid.columns))
    }

    /// The evaluators of all tiles, whose numbers take twice what they take in the stream.
    func parsedByteCount(streamByteCount: Int) -> Int {
        header.grid.tileCount * Self.byteCountPerTile + 2 * streamByteCount
    }

    /// An evaluator in an array that grows, and its array of numbers, in bytes.
    private static let byteCountPerTile = 2 * MemoryLayout<NetworkEvaluator>.stride + 64

    func makeDecoder(
        of file: CoinFile, kernels: KernelVariant
    ) throws(BitstreamError) -> any PictureDecoder {
        try file.refuseShared()
        return try SirenDecoder(file, architecture: self, kernels: kernels)
    }

    static func makeEncoder(
        header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any PictureEncoder {
        try SirenEncoder(header: header, settings: settings, context: context)
    }
}

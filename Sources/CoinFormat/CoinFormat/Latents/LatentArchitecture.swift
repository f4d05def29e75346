internal import CoinKernels
internal import FormatKit

/// Latent grids with an entropy model, upsampling and synthesis: kind 2 (spec/latents.md).
struct LatentArchitecture: Architecture {
    static let kind = LatentDescriptor.kind
    static let name = "latents"
    static var options: [OptionSpec] { LatentPlan.specs }

    let header: CoinHeader
    let descriptors: [LatentDescriptor]
    /// Where the grids lie; of the descriptor that the tiles use.
    let geometry: LatentGeometry

    /// The descriptor of all tiles: the first, so that a header tells what decoding takes.
    ///
    /// The others may stand there unused.
    var descriptor: LatentDescriptor { descriptors[0] }

    init(_ header: CoinHeader) throws(BitstreamError) {
        self.header = header
        var descriptors: [LatentDescriptor] = []
        for entry in header.architectures {
            let descriptor = try entry.parse { (reader) throws(BitstreamError) in
                try LatentDescriptor(parsing: &reader, channelCount: header.channelCount)
            }
            try Self.check(header.grid, for: descriptor, offset: entry.offset)
            descriptors.append(descriptor)
        }
        self.descriptors = descriptors
        let grid = header.grid
        guard
            let geometry = LatentGeometry(
                size: header.size, levelCount: descriptors[0].levelCount,
                columnBoundaries: (0...grid.columns).map(grid.horizontal.boundary),
                rowBoundaries: (0...grid.rows).map(grid.vertical.boundary))
        else { preconditionFailure("a grid that is aligned is not") }
        self.geometry = geometry
    }

    /// Accepts a grid whose tiles consist of whole latents at every level.
    private static func check(
        _ grid: TileGrid, for descriptor: LatentDescriptor, offset: Int
    ) throws(BitstreamError) {
        guard grid.overlap == 0 else {
            throw .invalidField(
                "the overlap of tiles of latents", found: "\(grid.overlap)", expected: "0",
                offset: offset)
        }
        guard grid.alignment >= descriptor.levelCount - 1 else {
            throw .invalidField(
                "the tile alignment", found: "\(grid.alignment)",
                expected: "at least \(descriptor.levelCount - 1), for so many levels",
                offset: offset)
        }
    }

    var details: [[ImageDetail]] { descriptors.map(\.details) }

    var sampling: Sampling { .octaves(highest: descriptor.levelCount - 1) }

    func cost(threadCount: Int) -> DecodingCost {
        cost(of: PixelRegion(header.size), at: header.size, threadCount: threadCount)
    }

    func cost(of region: PixelRegion, at size: ImageSize, threadCount: Int) -> DecodingCost {
        let cost = LatentCost(
            descriptor, geometry, octave: octave(of: size), rowCount: region.rows.count,
            threadCount: max(1, threadCount))
        return DecodingCost(
            multiplyAddCount: cost.multiplyAdds, heldByteCount: cost.heldBytes)
    }

    /// The networks of each descriptor: numbers of four bytes, and their arrays.
    func parsedByteCount(streamByteCount: Int) -> Int {
        descriptors.reduce(0) { $0 + MemoryLayout<Int32>.stride * $1.parameterCount + 1024 }
    }

    /// The number of halvings that give a size.
    func octave(of size: ImageSize) -> Int {
        (0..<descriptor.levelCount).first { geometry.size(atLevel: $0) == size } ?? 0
    }

    func makeDecoder(
        of file: CoinFile, kernels: KernelVariant
    ) throws(BitstreamError) -> any PictureDecoder {
        try LatentDecoder(file, architecture: self, kernels: kernels)
    }

    static func makeEncoder(
        header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any PictureEncoder {
        try LatentEncoder(header: header, settings: settings, context: context)
    }
}

extension LatentDescriptor {
    fileprivate var details: [ImageDetail] {
        func level(_ name: String, _ value: Int?) -> [ImageDetail] {
            value.map { [ImageDetail(name, .integer($0))] } ?? []
        }
        return [
            ImageDetail("defaults", .integer(defaults)),
            ImageDetail("levels", .integer(levelCount)),
            ImageDetail("first_luma_level", .integer(firstLumaLevel)),
        ] + level("first_chroma_level", firstChromaLevel)
            + level("first_alpha_level", firstAlphaLevel) + [
                ImageDetail("contexts", .integer(contexts)),
                ImageDetail("entropy_width", .integer(hidden)),
                ImageDetail("synthesis_width", .integer(width)),
                ImageDetail("coder_states", .integer(stateCount)),
            ]
    }
}

internal import CoinKernels
internal import FormatKit

/// Decodes pictures of latents; the networks are parsed, the latents not yet.
struct LatentDecoder: PictureDecoder {
    fileprivate let architecture: LatentArchitecture
    fileprivate let networks: LatentNetworks
    fileprivate let tiles: [ArchitecturePayload]
    fileprivate let kernels: KernelVariant
    private let networkByteCount: Int

    init(
        _ file: CoinFile, architecture: LatentArchitecture, kernels: KernelVariant
    ) throws(BitstreamError) {
        self.architecture = architecture
        self.kernels = kernels
        var parsed: [LatentNetworks] = []
        for (index, descriptor) in architecture.descriptors.enumerated() {
            parsed.append(
                try file.sharedPayload(of: index).parse { (reader) throws(BitstreamError) in
                    try LatentNetworks(parsing: &reader, descriptor: descriptor)
                })
        }
        for tile in file.tiles where tile.architecture != 0 {
            throw .invalidField(
                "the architecture of a tile of latents", found: "\(tile.architecture)",
                expected: "0, the first", offset: tile.box.payloadOffset)
        }
        networks = parsed[0]
        networkByteCount = file.shared[0].box.payload.count
        tiles = file.tiles
        // Lengths are checked now, so that a damaged file is refused before a pixel is delivered.
        for tile in tiles { _ = try Self.payload(tile, architecture.descriptor) }
    }

    fileprivate static func payload(
        _ tile: ArchitecturePayload, _ descriptor: LatentDescriptor
    ) throws(BitstreamError) -> LatentPayload {
        try tile.parse { (reader) throws(BitstreamError) in
            try LatentPayload(parsing: &reader, descriptor: descriptor)
        }
    }

    var details: [ImageDetail] {
        let descriptor = architecture.descriptor
        let pixels = Double(architecture.header.size.pixelCount)
        let payloads = tiles.compactMap { try? Self.payload($0, descriptor) }
        let levels = (descriptor.finestLevel..<descriptor.levelCount).reversed().enumerated()
        let sizes: [ImageDetail.Value] = levels.map { index, level in
            let size = architecture.geometry.size(atLevel: level)
            let bytes = payloads.reduce(0) { sum, payload in
                sum + payload.levelEnds[index]
                    - (index == 0 ? 0 : payload.levelEnds[index - 1])
            }
            return .record([
                ImageDetail("level", .integer(level)),
                ImageDetail("size", .text("\(size.width)x\(size.height)")),
                ImageDetail("grids", .integer(descriptor.groups(atLevel: level).count)),
                ImageDetail("bytes", .integer(bytes)),
            ])
        }
        let latents = descriptor.multiplyAddsPerLatent
        let latentCount = (descriptor.finestLevel..<descriptor.levelCount).reduce(0) {
            $0 + architecture.geometry.size(atLevel: $1).pixelCount
                * descriptor.groups(atLevel: $1).count
        }
        return [
            ImageDetail("parameters", .integer(descriptor.parameterCount)),
            ImageDetail("network_bytes", .integer(networkByteCount)),
            ImageDetail("grids", .list(sizes)),
            ImageDetail(
                "multiply_adds_per_pixel",
                .integer(
                    Int((Double(latentCount * latents) / pixels).rounded())
                        + descriptor.multiplyAddsPerPixel(octave: 0))),
        ]
    }

    func makeRegionDecoder(
        _ region: PixelRegion, at size: ImageSize, context: CodecContext
    ) -> any RegionDecoder {
        LatentRegionDecoder(self, region: region, size: size, context: context)
    }
}

/// Delivers rows of a region of latents at an octave.
final class LatentRegionDecoder: RegionDecoder {
    private var decoder: LatentPictureDecoder
    private let region: PixelRegion
    private let context: CodecContext
    private var nextRow: Int

    fileprivate init(
        _ picture: LatentDecoder, region: PixelRegion, size: ImageSize, context: CodecContext
    ) {
        let architecture = picture.architecture
        self.region = region
        self.context = context
        nextRow = region.rows.lowerBound
        let tiles = picture.tiles
        let descriptor = architecture.descriptor
        decoder = LatentPictureDecoder(
            networks: picture.networks, geometry: architecture.geometry,
            channelCount: architecture.header.channelCount,
            bitDepth: architecture.header.bitDepth, octave: architecture.octave(of: size),
            columns: region.columns, variant: picture.kernels,
            threadCount: max(1, context.threadCount),
            payload: { (tile) throws(BitstreamError) in
                try LatentDecoder.payload(tiles[tile], descriptor)
            })
    }

    func decodeRows(into output: UnsafeMutableRawBufferPointer) throws(ImageError) {
        try context.checkCancellation()
        let rows = nextRow..<nextRow + output.count / decoder.bytesPerRow
        precondition(
            output.count % decoder.bytesPerRow == 0 && rows.upperBound <= region.rows.upperBound)
        do throws(BitstreamError) {
            try unsafe decoder.decode(rows: rows, into: output)
        } catch {
            throw error.imageError
        }
        nextRow = rows.upperBound
    }
}

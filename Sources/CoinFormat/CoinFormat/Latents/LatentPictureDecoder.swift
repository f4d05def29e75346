internal import CoinKernels
internal import FormatKit

/// Decodes a region of a picture of latents at an octave, rows after rows.
///
/// It holds the latents of the tiles that the rows at hand need, and drops those above.
struct LatentPictureDecoder {
    let geometry: LatentGeometry
    let networks: LatentNetworks
    /// The halvings of the picture: 0 is all of it.
    let octave: Int
    /// The columns of the region, at the octave.
    let columns: Range<Int>
    /// The bytes of a row of the region.
    var bytesPerRow: Int { columns.count * synthesis.bytesPerPixel }

    private let payload: (Int) throws(BitstreamError) -> LatentPayload
    private let threadCount: Int
    private let entropyNetwork: LatentEntropyNetwork
    private let synthesis: LatentSynthesis
    private var tiles: [Int: LatentTile] = [:]
    private var renderers: [LatentBlockRenderer]

    /// Creates a decoder.
    ///
    /// - Parameters:
    ///   - networks: Of the picture; valid.
    ///   - geometry: Of the picture and its tiles.
    ///   - channelCount: 1…4, those that the descriptor was parsed for.
    ///   - bitDepth: 8 or 16.
    ///   - octave: Below the number of levels.
    ///   - columns: Within the octave's width; not empty.
    ///   - variant: One that this CPU can run.
    ///   - threadCount: The number of threads; the samples do not depend on it.
    ///   - payload: Finds a tile's payload by its index; called on one thread.
    init(
        networks: LatentNetworks, geometry: LatentGeometry, channelCount: Int, bitDepth: Int,
        octave: Int, columns: Range<Int>, variant: KernelVariant, threadCount: Int,
        payload: @escaping (Int) throws(BitstreamError) -> LatentPayload
    ) {
        precondition((0..<geometry.levelCount).contains(octave) && networks.isValid)
        precondition(geometry.levelCount == networks.descriptor.levelCount)
        precondition(!columns.isEmpty && columns.lowerBound >= 0)
        precondition(columns.upperBound <= geometry.size(atLevel: octave).width)
        self.geometry = geometry
        self.networks = networks
        self.octave = octave
        self.columns = columns
        self.payload = payload
        self.threadCount = max(threadCount, 1)
        entropyNetwork = networks.entropyNetwork(variant)
        synthesis = networks.synthesis(channelCount: channelCount, bitDepth: bitDepth)
        let renderer = LatentBlockRenderer(
            networks, geometry: geometry, synthesis: synthesis, variant: variant)
        renderers = Array(repeating: renderer, count: self.threadCount)
    }

    /// Decodes rows of the region into `output`, interleaved samples of this machine's order.
    ///
    /// - Parameters:
    ///   - rows: Within the octave's height. Calls are cheapest from top to bottom.
    ///   - output: `bytesPerRow` bytes a row.
    /// - Throws: The first error of a tile that the rows need.
    mutating func decode(
        rows: Range<Int>, into output: UnsafeMutableRawBufferPointer
    ) throws(BitstreamError) {
        precondition(rows.lowerBound >= 0)
        precondition(rows.upperBound <= geometry.size(atLevel: octave).height)
        precondition(output.count >= rows.count * bytesPerRow)
        guard !rows.isEmpty, let base = output.baseAddress else { return }
        try decodeTiles(for: LatentRegion(columns: columns, rows: rows))
        unsafe render(rows: rows, into: base)
    }

    /// Decodes the tiles that a region needs, as far as it needs them, and drops the others.
    private mutating func decodeTiles(for region: LatentRegion) throws(BitstreamError) {
        var needed: [Int: Int] = [:]  // the finest level of a tile
        let regions = geometry.regions(for: region, octave: octave)
        for (level, part) in zip(octave..., regions).reversed() {
            for tile in geometry.tiles(in: part, level: level) { needed[tile] = level }
        }
        tiles = tiles.filter { needed[$0.key] != nil }
        let work = needed.keys.sorted()
        var started: [LatentTile] = []
        for index in work { started.append(try startedTile(index)) }
        var errors = [BitstreamError?](repeating: nil, count: work.count)
        tiles = [:]  // so that each is held once
        unsafe started.withUnsafeMutableBufferPointer { started in
            unsafe errors.withUnsafeMutableBufferPointer { errors in
                forEachItem(work.count, threadCount: threadCount) { _, item in
                    do throws(BitstreamError) {
                        try unsafe started[item].decode(
                            downTo: needed[work[item]] ?? 0, entropyNetwork)
                    } catch { unsafe errors[item] = error }
                }
            }
        }
        if let error = errors.lazy.compactMap({ $0 }).first { throw error }
        tiles = Dictionary(uniqueKeysWithValues: zip(work, started))
    }

    private func startedTile(_ index: Int) throws(BitstreamError) -> LatentTile {
        if let tile = tiles[index] { return tile }
        return try LatentTile(
            payload(index), index: index, descriptor: networks.descriptor, geometry: geometry)
    }

    /// Computes rows block by block.
    private mutating func render(rows: Range<Int>, into output: UnsafeMutableRawPointer) {
        let size = LatentBlockRenderer.blockSize
        let lefts = Array(stride(from: columns.lowerBound, to: columns.upperBound, by: size.width))
        let tops = Array(stride(from: rows.lowerBound, to: rows.upperBound, by: size.height))
        let (columns, octave, tiles) = (columns, octave, tiles)
        let (bytesPerRow, bytesPerPixel) = (bytesPerRow, synthesis.bytesPerPixel)
        unsafe renderers.withUnsafeMutableBufferPointer { renderers in
            forEachItem(lefts.count * tops.count, threadCount: threadCount) { thread, item in
                let (left, top) = (lefts[item % lefts.count], tops[item / lefts.count])
                let block = LatentRegion(
                    columns: left..<min(left + size.width, columns.upperBound),
                    rows: top..<min(top + size.height, rows.upperBound))
                let offset =
                    (top - rows.lowerBound) * bytesPerRow
                    + (left - columns.lowerBound) * bytesPerPixel
                unsafe renderers[thread].render(
                    block, octave: octave, tiles: tiles, into: output + offset,
                    bytesPerRow: bytesPerRow)
            }
        }
    }
}

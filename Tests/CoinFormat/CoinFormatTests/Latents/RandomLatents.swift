import CoinKernels
import FormatKit
import TestSupport

@testable import CoinFormat

/// A picture of random networks and latents.
struct RandomLatents: CustomStringConvertible, Sendable {
    var descriptor: LatentDescriptor
    var channelCount = 3
    var bitDepth = 8
    var columnBoundaries: [Int]
    var rowBoundaries: [Int]
    var seed: UInt64 = 1

    init(
        _ descriptor: LatentDescriptor, channelCount: Int = 3, bitDepth: Int = 8,
        columns: [Int], rows: [Int], seed: UInt64 = 1
    ) {
        self.descriptor = descriptor
        self.channelCount = channelCount
        self.bitDepth = bitDepth
        columnBoundaries = [0] + columns
        rowBoundaries = [0] + rows
        self.seed = seed
    }

    var description: String {
        "\(descriptor.serialized) \(channelCount)x\(bitDepth) \(columnBoundaries) \(rowBoundaries)"
    }

    /// Pictures of all forms, some a single pixel, some of several tiles.
    static let all = [
        RandomLatents(
            LatentDescriptor(
                levelCount: 1, firstChromaLevel: nil, contexts: 2, hidden: 2, width: 2,
                stateBits: 0),
            channelCount: 1, columns: [1], rows: [1], seed: 1),
        RandomLatents(
            LatentDescriptor(levelCount: 2, firstChromaLevel: 1, stateBits: 1), columns: [1],
            rows: [37], seed: 2),
        RandomLatents(
            LatentDescriptor(
                levelCount: 3, firstLumaLevel: 1, firstChromaLevel: 0, contexts: 10,
                hidden: 32, width: 64, stateBits: 2),
            columns: [45], rows: [1], seed: 3),
        RandomLatents(
            LatentDescriptor(
                levelCount: 4, firstChromaLevel: 2, firstAlphaLevel: 1, contexts: 16,
                hidden: 18, width: 24, stateBits: 3),
            channelCount: 4, bitDepth: 16, columns: [24, 43], rows: [16, 21], seed: 4),
        RandomLatents(
            LatentDescriptor(levelCount: 8, firstChromaLevel: 2), columns: [61], rows: [35],
            seed: 5),
        RandomLatents(
            LatentDescriptor(levelCount: 3, firstChromaLevel: 1, contexts: 12, stateBits: 4),
            columns: [8, 20, 33], rows: [4, 40, 50], seed: 6),
        RandomLatents(
            LatentDescriptor(
                levelCount: 5, firstLumaLevel: 2, firstChromaLevel: nil,
                firstAlphaLevel: 0, stateBits: 0),
            channelCount: 2, columns: [16, 47], rows: [33], seed: 7),
        RandomLatents(
            LatentDescriptor(levelCount: 6, firstLumaLevel: 1, firstChromaLevel: 3),
            channelCount: 4,
            columns: [39], rows: [18], seed: 8),
        RandomLatents(
            LatentDescriptor(levelCount: 10, firstLumaLevel: 9, firstChromaLevel: 9, hidden: 30),
            bitDepth: 16, columns: [29], rows: [31], seed: 9),
        RandomLatents(
            LatentDescriptor(levelCount: 4, firstChromaLevel: nil), channelCount: 2,
            columns: [17], rows: [64], seed: 10),
    ]

    var size: ImageSize {
        ImageSize(width: columnBoundaries.last ?? 0, height: rowBoundaries.last ?? 0)
    }

    var geometry: LatentGeometry {
        guard
            let geometry = LatentGeometry(
                size: size, levelCount: descriptor.levelCount, columnBoundaries: columnBoundaries,
                rowBoundaries: rowBoundaries)
        else { preconditionFailure("tiles that are not aligned") }
        return geometry
    }

    /// Networks; those of odd seeds have weights as large as they may be.
    var networks: LatentNetworks {
        var generator = SplitMix64(seed: seed)
        let bases = (0..<descriptor.outputCount).map { _ in
            Int.random(in: 0...65_535, using: &generator)
        }
        let gain = seed % 2 == 0 ? 300 : 32_767
        var networks = LatentNetworks(descriptor: descriptor, gain: gain, bases: bases)
        for tensor in LatentTensor.allCases {
            let columns = descriptor.shape(of: tensor).columns
            let limit =
                tensor.isBias ? 1 << 13 : min(tensor.maximum, tensor.maximumOfRow / max(columns, 1))
            let bound = tensor.isBias || seed % 2 == 1 ? limit : min(limit, 4_096)
            networks[tensor] = (0..<descriptor.count(of: tensor)).map { _ in
                Int32.random(in: -Int32(bound)...Int32(bound), using: &generator)
                    * (tensor.isBias ? 128 : 1)
            }
        }
        return networks
    }

    /// The latents of every tile: most small, some as large as they may be.
    var tiles: [ModelEntropy.Grids] {
        var generator = SplitMix64(seed: seed &+ 1_000)
        return (0..<geometry.tileCount).map { tile in
            var grids: ModelEntropy.Grids = [:]
            for level in 0..<descriptor.levelCount {
                for group in descriptor.groups(atLevel: level) {
                    let part = geometry.part(ofTile: tile, level: level)
                    var grid = LatentGrid(width: part.columns.count, height: part.rows.count)
                    for k in grid.values.indices {
                        let bound: Int16 =
                            [0, 1, 1, 2, 5, 30, 511].randomElement(using: &generator) ?? 0
                        grid.values[k] = Int16.random(in: -bound...bound, using: &generator)
                    }
                    grids[LatentPlace(group: group, level: level)] = grid
                }
            }
            return grids
        }
    }

    func encoder(_ variant: KernelVariant = .best) -> LatentTileEncoder {
        LatentTileEncoder(descriptor: descriptor, network: networks.entropyNetwork(variant))
    }

    func payloads(_ variant: KernelVariant = .best) -> [LatentPayload] {
        let encoder = encoder(variant)
        return tiles.map(encoder.payload)
    }

    /// The samples of a region, by the decoder.
    func decode(
        _ region: LatentRegion, octave: Int = 0, payloads: [LatentPayload],
        variant: KernelVariant = .best, threadCount: Int = 2, rowsAtOnce: Int = 1 << 20
    ) throws -> [Int] {
        var decoder = LatentPictureDecoder(
            networks: networks, geometry: geometry, channelCount: channelCount, bitDepth: bitDepth,
            octave: octave, columns: region.columns, variant: variant, threadCount: threadCount
        ) { payloads[$0] }
        var samples: [Int] = []
        for top in stride(from: region.rows.lowerBound, to: region.rows.upperBound, by: rowsAtOnce)
        {
            let rows = top..<min(top + rowsAtOnce, region.rows.upperBound)
            var bytes = [UInt8](repeating: 0, count: rows.count * decoder.bytesPerRow)
            try unsafe bytes.withUnsafeMutableBytes {
                try unsafe decoder.decode(rows: rows, into: $0)
            }
            samples +=
                bitDepth == 8
                ? bytes.map(Int.init)
                : stride(from: 0, to: bytes.count, by: 2).map {
                    Int(bytes[$0]) | Int(bytes[$0 + 1]) << 8
                }
        }
        return samples
    }

    /// All of an octave.
    func whole(_ octave: Int = 0) -> LatentRegion {
        let size = geometry.size(atLevel: octave)
        return LatentRegion(columns: 0..<size.width, rows: 0..<size.height)
    }
}

import FormatKit
import TestSupport

@testable import CoinFormat

/// A stream for the vectors with what it exercises.
struct DecodableVector {
    let name: String
    let section: String
    let purpose: String
    let stream: [UInt8]
    /// The size at which the picture is sampled; its own where absent.
    var size: [Int]?
    /// What is decoded: left, top, width and height; everything where absent.
    var region: [Int]?
}

extension TileGrid {
    /// A grid that is known to be right.
    static func of(
        _ width: Int, _ height: Int, columns: Int = 1, rows: Int = 1, overlap: Int = 0,
        alignment: Int = 0
    ) -> TileGrid {
        let size = ImageSize(width: width, height: height)
        guard
            let grid = TileGrid(
                size: size, columns: columns, rows: rows, overlap: overlap, alignment: alignment)
        else { preconditionFailure("not a grid") }
        return grid
    }
}

extension SirenDescriptor {
    /// The parameters of a network whose picture is neither flat nor noise, in the decoder's units.
    ///
    /// Their sizes are about those with which Sitzmann et al. 2020 start.
    func parameters(channelCount: Int, seed: UInt64) -> [Float] {
        var generator = SplitMix64(seed: seed)
        let sizes = [2] + widths + [channelCount]
        return zip(sizes, sizes.dropFirst()).enumerated().flatMap { layer, pair in
            let (inputs, outputs) = pair
            let deviation = (6 / Float(inputs)).squareRoot()
            let isLast = layer == widths.count
            let bound: Float = isLast ? deviation / 3 : layer == 0 ? 0.8 : deviation / (2 * .pi)
            let weights = (0..<inputs * outputs).map { _ in bound * generator.nextSigned() }
            let biases = (0..<outputs).map { _ in
                isLast ? 0.5 + generator.nextSigned() / 8 : generator.nextSigned() / 2
            }
            return weights + biases
        }
    }
}

extension SplitMix64 {
    /// A number in −1…1 in steps of 2^−23, whatever the library's generators do.
    fileprivate mutating func nextSigned() -> Float { Float(next() >> 40) * 0x1p-23 - 1 }
}

extension CoinFile {
    /// A file whose networks follow from a seed; tile `t` has architecture `t` modulo their number.
    init(
        _ grid: TileGrid, channels: Int, bitDepth: Int = 8,
        _ architectures: [SirenDescriptor] = [SirenDescriptor(widths: [6, 6])], seed: UInt64
    ) {
        let header = CoinHeader(
            size: grid.size, channelCount: channels, bitDepth: bitDepth, grid: grid,
            architectures: architectures.map(SirenArchitecture.descriptor))
        let tiles = (0..<grid.tileCount).map { tile in
            let index = tile % architectures.count
            let descriptor = architectures[index]
            return TileWeights(
                rounding: descriptor.parameters(
                    channelCount: channels, seed: seed << 16 + UInt64(tile)),
                architecture: index, descriptor: descriptor, channelCount: channels
            ).payload(descriptor, channelCount: channels)
        }
        self.init(header: header, metadata: ImageMetadata(), tiles: tiles)
    }

    /// The weights of tiles of a network of the header.
    func weights(ofTile tile: Int) -> [UInt16] {
        let payload = tiles[tile]
        do {
            let architecture = try SirenArchitecture(header)
            return try TileWeights(
                parsing: payload, descriptor: architecture.descriptors[payload.architecture],
                channelCount: header.channelCount
            ).values
        } catch {
            preconditionFailure("\(error)")
        }
    }

    /// Replaces the content of all tiles by networks of the first architecture.
    mutating func replaceWeights(_ network: SirenDescriptor, _ values: [[UInt16]]) {
        tiles = values.map {
            TileWeights(architecture: 0, values: $0).payload(
                network, channelCount: header.channelCount)
        }
    }

    /// The bytes of the stream with more boxes before box `index`; `HEAD` is box 0.
    func serialized(inserting boxes: [Int: [[UInt8]]]) throws -> [UInt8] {
        let stream = serialized
        var bytes = Self.signature
        var start = bytes.count
        for (index, box) in try CoinFile(parsing: stream).boxSizes.enumerated() {
            bytes += (boxes[index] ?? []).joined()
            bytes += stream[start..<start + box.byteCount]
            start += box.byteCount
        }
        return bytes
    }
}

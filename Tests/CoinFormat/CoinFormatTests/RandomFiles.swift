import CoinKernels
import FormatKit
import TestSupport
import Testing

@testable import CoinFormat

extension CoinFile {
    /// A small file with networks of random weights, whose picture uses the whole range of samples.
    static func random(
        _ width: Int, _ height: Int, channels: Int = 3, bitDepth: Int = 8,
        columns: Int = 1, rows: Int = 1, overlap: Int = 0, widths: [[Int]] = [[5, 4]],
        metadata: ImageMetadata = ImageMetadata(), seed: UInt64 = 1
    ) throws -> CoinFile {
        let size = ImageSize(width: width, height: height)
        let grid = try #require(
            TileGrid(size: size, columns: columns, rows: rows, overlap: overlap))
        let networks = widths.map { SirenDescriptor(widths: $0) }
        let header = CoinHeader(
            size: size, channelCount: channels, bitDepth: bitDepth, grid: grid,
            architectures: networks.map(SirenArchitecture.descriptor),
            orientation: metadata.orientation)
        var numbers = SplitMix64(seed: seed)
        let tiles = (0..<grid.tileCount).map { tile in
            let network = networks[tile % networks.count]
            return TileWeights.random(
                network, channelCount: channels, architecture: tile % networks.count,
                numbers: &numbers
            ).payload(network, channelCount: channels)
        }
        return CoinFile(header: header, metadata: metadata, tiles: tiles)
    }

    /// A file of an architecture that nobody knows.
    static func unknown() throws -> CoinFile {
        var file = try random(6, 4, columns: 2)
        file.header.architectures = [ArchitectureDescriptor(kind: 200, body: [1, 2, 3])]
        file.shared = [ArchitecturePayload(.networks, architecture: 0, content: [4, 5])]
        file.tiles = [[6], [7, 8]].map {
            ArchitecturePayload(.tile, architecture: 0, content: $0)
        }
        return file
    }

    /// The same with other weights, a tile each, of the first network.
    func replacingWeights(_ values: [[UInt16]]) throws -> CoinFile {
        var file = self
        let network = try SirenArchitecture(header).descriptors[0]
        file.tiles = values.map {
            TileWeights(architecture: 0, values: $0).payload(
                network, channelCount: header.channelCount)
        }
        return file
    }
}

extension TileWeights {
    static func random(
        _ descriptor: SirenDescriptor, channelCount: Int, architecture: Int,
        numbers: inout SplitMix64
    ) -> TileWeights {
        let shape = descriptor.shape(channelCount: channelCount)
        var values: [Float] = []
        for layer in 0..<shape.layerCount {
            let isLast = layer == shape.layerCount - 1
            let bound: Float = layer == 0 ? 0.4 : isLast ? 0.5 : 0.1
            values += numbers.floats(shape.weightRange(layer: layer).count, in: -bound...bound)
            let biases: ClosedRange<Float> = isLast ? 0.3...0.7 : -0.2...0.2
            values += numbers.floats(shape.biasRange(layer: layer).count, in: biases)
        }
        return TileWeights(architecture: architecture, values: values.map(Binary16.encode))
    }
}

extension Image {
    /// The pixels of a region, cut out byte by byte.
    func crop(_ region: PixelRegion) -> [UInt8] {
        let pixel = header.layout.bytesPerPixel
        let row = header.layout.bytesPerRow(width: header.size.width)
        return region.rows.flatMap { y in
            bytes[(y * row)..<(y + 1) * row].dropFirst(region.columns.lowerBound * pixel)
                .prefix(region.columns.count * pixel)
        }
    }

    /// The samples as numbers in 0…1.
    var samples: [Double] {
        if header.layout.sample == .uint8 { return bytes.map { Double($0) / 255 } }
        return stride(from: 0, to: bytes.count, by: 2).map { at in
            // Host byte order.
            let pair = (UInt16(bytes[at]), UInt16(bytes[at + 1]))
            #if _endian(little)
                return Double(pair.0 | pair.1 << 8) / 65_535
            #else
                return Double(pair.1 | pair.0 << 8) / 65_535
            #endif
        }
    }

    /// The mean squared error against another image of the same shape.
    func meanSquaredError(_ other: Image) -> Double {
        let differences = zip(samples, other.samples).map { ($0 - $1) * ($0 - $1) }
        return differences.reduce(0, +) / Double(differences.count)
    }
}

extension CodecContext {
    /// What codecs have by default, but for the kernels and the threads.
    static func using(_ kernels: KernelChoice, threadCount: Int = 1) -> CodecContext {
        var context = CodecContext(threadCount: threadCount)
        context.kernels = kernels
        return context
    }
}

extension KernelChoice {
    /// The choices that this machine can run.
    static let supported = allCases.filter { (try? KernelVariant($0)) != nil }
}

extension [UInt8] {
    /// The bytes with some replaced.
    func replacing(at offset: Int, with bytes: [UInt8]) -> [UInt8] {
        var copy = self
        copy.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        return copy
    }
}

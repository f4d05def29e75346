import FormatKit
import TestSupport
import Testing

@testable import CoinFormat

@Suite struct CoinDecoderTests {
    /// Nine overlapping tiles of three architectures.
    static func tiledFile(channels: Int = 3, bitDepth: Int = 8) throws -> CoinFile {
        try CoinFile.random(
            41, 35, channels: channels, bitDepth: bitDepth, columns: 3, rows: 3, overlap: 4,
            widths: [[6, 5], [3], [4, 4, 4]], seed: 7)
    }

    private static func decode(
        _ file: CoinFile, region: PixelRegion? = nil, size: ImageSize? = nil,
        context: CodecContext = CodecContext()
    ) throws -> Image {
        try CoinDecoder(parsing: file.serialized, context: context)
            .decode(region: region, size: size)
    }

    @Test(arguments: 1...4, [8, 16])
    func `decodes every layout`(channels: Int, bitDepth: Int) throws {
        let file = try Self.tiledFile(channels: channels, bitDepth: bitDepth)
        let image = try Self.decode(file)
        #expect(image.header.size == ImageSize(width: 41, height: 35))
        #expect(image.header.layout == file.header.layout)
        // Random networks give varied samples; a constant would hide every other fault.
        #expect(Set(image.bytes).count > 20)
    }

    @Test(arguments: KernelChoice.supported, [1, 2, 3, 5, 16])
    func `gives the same bytes for every instruction set and number of threads`(
        kernels: KernelChoice, threadCount: Int
    ) throws {
        let file = try Self.tiledFile(channels: 4, bitDepth: 16)
        let expected = try Self.decode(file, context: .using(.scalar))
        let image = try Self.decode(
            file, context: .using(kernels, threadCount: threadCount))
        #expect(image == expected)
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `gives for a region what it gives for the whole`(seed: UInt64) throws {
        var numbers = SplitMix64(seed: seed)
        let size = ImageSize(
            width: .random(in: 1...90, using: &numbers),
            height: .random(in: 1...90, using: &numbers))
        let (left, top) = (
            Int.random(in: 0..<size.width, using: &numbers),
            Int.random(in: 0..<size.height, using: &numbers)
        )
        let region = PixelRegion(
            columns: left..<Int.random(in: left + 1...size.width, using: &numbers),
            rows: top..<Int.random(in: top + 1...size.height, using: &numbers))
        let file = try Self.tiledFile(channels: 1 + Int(seed % 4), bitDepth: 8)
        let whole = try Self.decode(file, size: size)
        let part = try Self.decode(
            file, region: region, size: size, context: CodecContext(threadCount: 3))
        #expect(part.header.size == region.size)
        #expect(part.bytes == whole.crop(region))
    }

    @Test(arguments: [(82, 70), (20, 17), (41, 1), (1, 35), (1, 1), (97, 13), (40, 36)])
    func `samples the picture at any size`(width: Int, height: Int) throws {
        let file = try Self.tiledFile()
        let size = ImageSize(width: width, height: height)
        let image = try Self.decode(file, size: size)
        #expect(image.header.size == size)
        #expect(image.bytes.count == width * height * 3)
    }

    @Test func `gives the picture itself at its own size`() throws {
        let file = try Self.tiledFile()
        #expect(try Self.decode(file, size: file.header.size) == Self.decode(file))
    }

    /// At three times the size, every second of three samples lies where one of the picture lies.
    @Test func `agrees with the picture where the samples coincide`() throws {
        let file = try Self.tiledFile()
        let image = try Self.decode(file)
        let large = try Self.decode(file, size: ImageSize(width: 123, height: 105))
        for y in 0..<35 {
            for x in 0..<41 {
                let pixel = large.crop(
                    PixelRegion(
                        columns: 3 * x + 1..<3 * x + 2, rows: 3 * y + 1..<3 * y + 2))
                #expect(
                    pixel == image.crop(PixelRegion(columns: x..<x + 1, rows: y..<y + 1)))
            }
        }
    }

    @Test(arguments: [(1, 1, 4), (4, 1, 4), (1, 4, 4), (2, 2, 0), (4, 4, 4)])
    func `blends tiles without a step`(columns: Int, rows: Int, overlap: Int) throws {
        // Flat tiles of alternating black and white: at a border, a ramp from one to the other.
        var file = try CoinFile.random(
            32, 32, channels: 1, columns: columns, rows: rows, overlap: overlap, widths: [[1]])
        file = try file.replacingWeights(
            (0..<file.header.grid.tileCount).map { tile in
                let isWhite = (tile % columns + tile / columns) % 2 == 1
                return [0, 0, 0, 0, isWhite ? 1 : 0].map(Binary16.encode)
            })
        let image = try Self.decode(file)
        let samples = image.samples
        var largest = 0.0
        for k in 0..<32 * 32 {
            if k % 32 > 0 { largest = max(largest, (samples[k] - samples[k - 1]).magnitude) }
            if k >= 32 { largest = max(largest, (samples[k] - samples[k - 32]).magnitude) }
        }
        let tileCount = columns * rows
        // A ramp of 2·overlap samples.
        let bound = tileCount == 1 ? 0 : overlap == 0 ? 1 : 1 / Double(2 * overlap) + 0.01
        #expect(largest <= bound)
        #expect(tileCount == 1 || largest > bound / 2)
    }

    @Test func `clamps to the range of samples and rounds halves up`() throws {
        var file = try CoinFile.random(1, 1, channels: 3, widths: [[1]])
        let outputs: [Float] = [-3, 7, 0.5]
        file = try file.replacingWeights([([0, 0, 0, 0, 0, 0] + outputs).map(Binary16.encode)])
        #expect(try Self.decode(file).bytes == [0, 255, 128])
    }

    @Test func `evaluates extreme weights without trapping`() throws {
        var file = try CoinFile.random(9, 9, channels: 4, widths: [[64, 64, 64]])
        let network = SirenDescriptor(
            widths: [64, 64, 64], firstScale: 0x1p16, hiddenScale: 0x1p16)
        file.header.architectures = [SirenArchitecture.descriptor(network)]
        let count = network.parameterCount(channelCount: 4)
        for (index, bits) in [0x7BFF, 0xFBFF, 0x0001, 0x8001].enumerated() {
            let values = (0..<count).map { $0 % (index + 2) == 0 ? UInt16(bits) : 0x7BFF }
            file = try file.replacingWeights([values])
            let images = try KernelChoice.supported.map {
                try Self.decode(file, context: .using($0)).bytes
            }
            #expect(Set(images).count == 1)
        }
    }
}

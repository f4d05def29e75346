import CoinKernels
import FormatKit
import TestSupport
import Testing

@testable import CoinFormat

extension TileSamples {
    /// The samples of one tile of an image.
    init(_ image: Image, column: Int = 0, row: Int = 0, grid: TileGrid? = nil) {
        var raster = Raster(size: image.header.size, layout: image.header.layout)
        raster.append(
            PixelBand(
                width: image.header.size.width, layout: image.header.layout, bytes: image.bytes))
        self.init(
            column: column, row: row, grid: grid ?? TileGrid(oneTileOf: image.header.size),
            raster: raster)
    }
}

@Suite struct TileSamplesTests {
    @Test func `takes a tile with its overlap`() throws {
        let image = Image.noise(9, 6, PixelLayout(.rgb, .uint8, alpha: .straight))
        let grid = try #require(
            TileGrid(size: image.header.size, columns: 2, rows: 2, overlap: 1))
        let samples = TileSamples(image, column: 1, row: 0, grid: grid)
        #expect(samples.width == 6 && samples.height == 4 && samples.channelCount == 4)
        #expect(samples.hasAlpha)
        let region = PixelRegion(columns: 3..<9, rows: 0..<4)
        #expect(samples.values == image.crop(region).map { Float($0) / 255 })
    }

    @Test func `places pixels where the decoder does`() throws {
        let image = Image.noise(9, 6, PixelLayout(.gray, .uint8))
        let grid = try #require(
            TileGrid(size: image.header.size, columns: 2, rows: 2, overlap: 1))
        let samples = TileSamples(image, column: 1, row: 1, grid: grid)
        // The tile covers columns 4…8 and rows 3…5; its longer side has 5 pixels.
        let x: [Float] = [-6, -4, -2, 0, 2, 4]
        let y: [Float] = [-4, -2, 0, 2]
        #expect(samples.x == x.map { $0 / 5 })
        #expect(samples.y == y.map { $0 / 5 })
    }

    @Test func `reads 16-bit samples in full`() {
        let image = Image.smooth(5, 4, PixelLayout(.gray, .uint16))
        let samples = TileSamples(image)
        #expect(zip(samples.values, image.samples).allSatisfy { abs(Double($0) - $1) < 1e-7 })
        #expect(!samples.hasAlpha)
    }

    @Test func `has the means of the channels`() {
        let image = Image.smooth(30, 20)
        let means = TileSamples(image).means
        for channel in 0..<3 {
            let values = stride(from: channel, to: 1800, by: 3).map { image.samples[$0] }
            #expect(abs(Double(means[channel]) - values.reduce(0, +) / 600) < 1e-6)
        }
    }

    @Test(arguments: [false, true], [1, 3])
    func `measures what a decoder would show, color weighted by alpha`(
        hasAlpha: Bool, threadCount: Int
    ) throws {
        let layout = PixelLayout(.rgb, .uint8, alpha: hasAlpha ? .straight : .opaque)
        let image = Image.smooth(13, 7, layout)
        let samples = TileSamples(image)
        let file = try CoinFile.random(13, 7, channels: layout.channelCount, bitDepth: 16)
        let descriptor = try SirenArchitecture(file.header).descriptors[0]
        let error = try samples.meanSquaredError(
            of: TileWeights(
                parsing: file.tiles[0], descriptor: descriptor, channelCount: layout.channelCount
            ).parameters(descriptor, channelCount: layout.channelCount),
            shape: descriptor.shape(channelCount: layout.channelCount), kernels: .best,
            threadCount: threadCount)
        let decoded = try CoinDecoder(parsing: file.serialized).decode().samples
        let original = image.samples
        let count = layout.channelCount
        let expected = decoded.indices.reduce(0.0) { sum, k in
            let difference = decoded[k] - original[k]
            let isColor = k % count < 3
            let alpha = hasAlpha && isColor ? original[k / count * count + 3] : 1
            return sum + alpha * difference * difference
        }
        #expect(abs(error - expected / Double(decoded.count)) < 1e-5)
    }

    @Test func `measures a flat picture as it measures a network`() {
        let samples = TileSamples(
            Image.smooth(11, 9, PixelLayout(.gray, .uint8, alpha: .straight)))
        let descriptor = SirenDescriptor(widths: [3])
        let color: [Float] = [0.25, 0.75]
        let parameters = [Float](repeating: 0, count: 9 + 6) + color
        let error = samples.meanSquaredError(
            of: parameters, shape: descriptor.shape(channelCount: 2), kernels: .scalar,
            threadCount: 1)
        #expect(samples.meanSquaredError(ofColor: color) == error)
    }
}

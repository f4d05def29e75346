import FormatKit
import Synchronization
import TestSupport
import Testing

@testable import CoinFormat

/// Fitting as a whole, through the plugin.
@Suite struct CoinWriterTests {
    private static let small = ["layers": "2", "width": "8", "batch": "512"]

    private static func decode(_ bytes: [UInt8]) throws -> Image {
        try CoinDecoder(parsing: bytes).decode()
    }

    /// Several tiles, so that threads share both tiles and pixels.
    @Test(arguments: KernelChoice.supported, [1, 2, 5, 16])
    func `makes the same file with every instruction set and number of threads`(
        kernels: KernelChoice, threadCount: Int
    ) throws {
        let options = Self.small.merging(["epochs": "3", "tile": "64", "batch": "2048"]) { $1 }
        let image = Image.smooth(90, 70)
        let expected = try image.coin(options, context: .using(.scalar))
        let context = CodecContext.using(kernels, threadCount: threadCount)
        #expect(try image.coin(options, context: context) == expected)
        #expect(try CoinFile(parsing: expected).header.grid.tileCount == 2)
    }

    /// A picture with noise in its right half.
    private static func halfNoisy(_ width: Int, _ height: Int) -> Image {
        let smooth = Image.smooth(width, height)
        var generator = SeededGenerator(seed: 5)
        let bytes = smooth.bytes.indices.map { index in
            let isRight = index / 3 % width >= width / 2
            return isRight ? UInt8(128 + generator.uniform(100)) : smooth.bytes[index]
        }
        return Image(header: smooth.header, bytes: bytes)
    }

    @Test func `gives tiles with more detail larger networks, within the rate`() throws {
        let options = ["bpp": "2", "tile": "64", "epochs": "1"]
        let image = Self.halfNoisy(128, 64)
        let adaptive = try CoinFile(parsing: image.coin(options))
        let equal = try CoinFile(
            parsing: image.coin(options.merging(["allocation": "equal"]) { $1 }))
        let counts = adaptive.tiles.map(\.content.count)
        #expect(counts.count == 2 && counts[0] * 2 < counts[1])
        #expect(equal.header.architectures.count == 1)
        let sum = equal.tiles.reduce(0) { $0 + $1.content.count }
        #expect(abs(Double(counts[0] + counts[1]) / Double(sum) - 1) < 0.06)
    }

    @Test func `gives all tiles the network that is asked for`() throws {
        let options = ["width": "6", "layers": "2", "tile": "64", "epochs": "1"]
        let file = try CoinFile(parsing: Self.halfNoisy(128, 64).coin(options))
        #expect(
            file.header.architectures
                == [SirenArchitecture.descriptor(SirenDescriptor(widths: [6, 6]))])
    }

    @Test func `makes another file of another seed`() throws {
        let options = Self.small.merging(["epochs": "60"]) { $1 }
        let image = Image.smooth(20, 20)
        let files = try ["0", "1"].map { seed in
            try image.coin(options.merging(["seed": seed]) { $1 })
        }
        #expect(try files[0] != files[1] && files[0] == image.coin(options))
    }

    @Test(arguments: [ColorModel.gray, .rgb], [SampleType.uint8, .uint16])
    func `fits a smooth picture well`(model: ColorModel, sample: SampleType) throws {
        let options = Self.small.merging(["epochs": "150"]) { $1 }
        let image = Image.smooth(32, 32, PixelLayout(model, sample))
        let decoded = try Self.decode(image.coin(options))
        #expect(decoded.header.layout == image.header.layout)
        // 30 dB; a flat picture has about 11.
        #expect(decoded.meanSquaredError(image) < 1e-3)
    }

    @Test func `fits alpha, and color where it shows`() throws {
        let layout = PixelLayout(.rgb, .uint8, alpha: .straight)
        let options = Self.small.merging(["epochs": "150"]) { $1 }
        let image = Image.smooth(32, 32, layout)
        let decoded = try Self.decode(image.coin(options))
        let (found, wanted) = (decoded.samples, image.samples)
        var error = 0.0
        for k in found.indices {
            let difference = found[k] - wanted[k]
            error += difference * difference * (k % 4 == 3 ? 1 : wanted[k / 4 * 4 + 3])
        }
        #expect(error / Double(found.count) < 3e-3)
    }

    @Test(arguments: ["0.1", "0.3", "1"], ["16", "8192"])
    func `is never worse than a flat picture, however absurd the learning rate`(
        rate: String, batch: String
    ) throws {
        let image = Image.smooth(40, 25)
        let options = [
            "layers": "6", "width": "12", "epochs": "4", "learning-rate": rate, "batch": batch,
        ]
        let decoded = try Self.decode(image.coin(options))
        let flat = image.flattened.meanSquaredError(image)
        // Weights are rounded to 11 bits, samples to 8.
        #expect(decoded.meanSquaredError(image) <= flat + 1e-5)
    }

    @Test func `recovers from a learning rate that is too high`() throws {
        let image = Image.smooth(40, 25)
        let options = ["layers": "3", "width": "16", "epochs": "150", "learning-rate": "1"]
        let decoded = try Self.decode(image.coin(options))
        #expect(decoded.meanSquaredError(image) < 0.1 * image.flattened.meanSquaredError(image))
    }

    @Test(
        arguments: [(1, 1), (2, 1), (1, 300), (300, 1), (3, 5), (16, 1), (17, 2)],
        [
            PixelLayout(.gray, .uint8), PixelLayout(.rgb, .uint8, alpha: .straight),
            PixelLayout(.rgb, .uint16), PixelLayout(.gray, .uint16, alpha: .straight),
        ])
    func `fits images of any size`(size: (Int, Int), layout: PixelLayout) throws {
        let image = Image.smooth(size.0, size.1, layout)
        let decoded = try Self.decode(image.coin(["epochs": "3"]))
        #expect(decoded.header.size == image.header.size)
        #expect(decoded.header.layout == layout)
    }

    @Test(arguments: [0, 0.25, 1], [false, true])
    func `keeps constant images constant`(value: Double, isTransparent: Bool) throws {
        let layout = PixelLayout(.rgb, .uint8, alpha: .straight)
        let image = Image.flat(
            21, 13, layout, [value, 1 - value, 0.5, isTransparent ? 0 : 1])
        let decoded = try Self.decode(image.coin(["epochs": "5", "width": "4", "layers": "2"]))
        for (k, (found, wanted)) in zip(decoded.samples, image.samples).enumerated()
        where k % 4 == 3 || !isTransparent {
            #expect(abs(found - wanted) < 1.5 / 255)
        }
    }

    @Test(arguments: [ColorModel.gray, .rgb], [false, true])
    func `fits noise without trapping`(model: ColorModel, hasAlpha: Bool) throws {
        let layout = PixelLayout(model, .uint8, alpha: hasAlpha ? .straight : .opaque)
        let image = Image.noise(33, 31, layout)
        let decoded = try Self.decode(image.coin(Self.small.merging(["epochs": "8"]) { $1 }))
        if !hasAlpha {
            #expect(
                decoded.meanSquaredError(image)
                    <= image.flattened.meanSquaredError(image) + 1e-5)
        }
    }

    @Test(arguments: [1, 4])
    func `reports passes in order, to the last`(threadCount: Int) throws {
        let log = Mutex<[Progress]>([])
        let context = CodecContext(
            threadCount: threadCount, progress: { report in log.withLock { $0.append(report) } })
        let options = Self.small.merging(["epochs": "5", "tile": "64"]) { $1 }
        let bytes = try Image.smooth(140, 130).coin(options, context: context)
        let tileCount = try CoinFile(parsing: bytes).header.grid.tileCount
        let reports = log.withLock { $0 }
        #expect(tileCount >= 4 && reports.count == 5 * tileCount)
        #expect(
            reports.map(\.fraction)
                == (1...5 * tileCount).map { Double($0) / Double(5 * tileCount) })
        let pattern = /tile \d+\/\d+, epoch [1-5]\/5, \d+\.\d\d dB/
        #expect(reports.allSatisfy { $0.detail.wholeMatch(of: pattern) != nil })
    }

    @Test(arguments: [1, 3])
    func `stops when it is told to, and writes nothing`(threadCount: Int) throws {
        let passCount = Mutex(0)
        let context = CodecContext(
            threadCount: threadCount, isCancelled: { passCount.withLock { $0 >= 2 } },
            progress: { _ in passCount.withLock { $0 += 1 } })
        let image = Image.smooth(30, 30)
        let sink = MemorySink()
        let settings = try WriteSettings(
            for: CoinPlugin(), options: ["architecture": "siren", "epochs": "100000"])
        let writer = try CoinPlugin().makeWriter(
            sink: sink, header: image.header, settings: settings, context: context)
        #expect(throws: ImageError.cancelled) { try image.write(to: writer) }
        #expect(sink.byteCount == 0)
    }

    @Test func `throws where rows are missing`() throws {
        let image = Image.smooth(4, 4)
        let writer = try CoinPlugin().makeWriter(
            sink: MemorySink(), header: image.header, settings: WriteSettings(),
            context: CodecContext())
        try writer.writeRows(
            PixelBand(width: 4, layout: image.header.layout, bytes: Array(image.bytes.prefix(12))))
        #expect(
            throws: ImageError.codecFailure(.coin, "the image ends before its last row")
        ) { try writer.finish() }
    }

    @Test func `refuses images beyond the limits before it takes memory`() {
        let header = ImageHeader(
            size: ImageSize(width: 0xFF_FFFF, height: 0xFF_FFFF), layout: PixelLayout(.rgb, .uint8))
        let open = { (limits: Limits) throws(ImageError) in
            _ = try CoinPlugin().makeWriter(
                sink: MemorySink(), header: header, settings: WriteSettings(),
                context: CodecContext(limits: limits))
        }
        let pixels = 0xFF_FFFF * 0xFF_FFFF
        #expect(
            throws: ImageError.limitExceeded(.pixels, requested: pixels, allowed: 1 << 28)
        ) { try open(.default) }
        let error = #expect(throws: ImageError.self) { try open(Limits(pixelCount: .max)) }
        guard case .limitExceeded(.memory, let requested, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(requested > 3 * pixels)
    }
}

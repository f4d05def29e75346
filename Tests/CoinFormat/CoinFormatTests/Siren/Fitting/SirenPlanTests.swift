import FormatKit
import TestSupport
import Testing

@testable import CoinFormat

@Suite struct SirenPlanTests {
    private static func plan(
        _ width: Int = 768, _ height: Int = 512, _ options: [String: String] = [:],
        quality: Double? = nil, effort: Int? = nil
    ) throws -> SirenPlan {
        let size = ImageSize(width: width, height: height)
        return SirenPlan(
            header: ImageHeader(size: size, layout: PixelLayout(.rgb, .uint8)),
            settings: try WriteSettings(
                for: CoinPlugin(), quality: quality, effort: effort, options: options))
    }

    /// The size of the file that a plan leads to.
    private static func byteCount(_ plan: SirenPlan) -> Int {
        let count = plan.descriptor.parameterCount(channelCount: 3)
        let tile = TileWeights(architecture: 0, values: [UInt16](repeating: 0, count: count))
        let header = CoinHeader(
            size: plan.grid.size, channelCount: 3, bitDepth: 8, grid: plan.grid,
            architectures: [SirenArchitecture.descriptor(plan.descriptor)])
        let tiles = [ArchitecturePayload](
            repeating: tile.payload(plan.descriptor, channelCount: 3), count: plan.grid.tileCount)
        return CoinFile(header: header, metadata: ImageMetadata(), tiles: tiles).serialized.count
    }

    @Test func `takes ten layers of 28 for a Kodak image by default`() throws {
        let plan = try Self.plan()
        #expect(plan.descriptor == SirenDescriptor(widths: [Int](repeating: 28, count: 10)))
        #expect(plan.grid.tileCount == 1)
        let weightByteCount = 2 * plan.descriptor.parameterCount(channelCount: 3)
        #expect((weightByteCount...weightByteCount + 200).contains(Self.byteCount(plan)))
    }

    // Dupont et al. 2021, table 1, but for the first two, where eight layers are better than five.
    @Test(
        arguments: [
            ("0.0736", 8, 15), ("0.16", 8, 23), ("0.307", 10, 28), ("0.611", 10, 40),
            ("1.209", 13, 49),
        ])
    func `picks the networks that were measured best`(
        rate: String, layers: Int, width: Int
    ) throws {
        let widths = try Self.plan(768, 512, ["bpp": rate]).descriptor.widths
        #expect(widths == [Int](repeating: width, count: layers))
    }

    @Test func `makes files that grow with the rate, up to the steps between depths`() throws {
        var (last, lastDepth) = (0, 0)
        for step in 0..<60 {
            let rate = 0.01 * Double(step + 1) * Double(step + 1) / 8
            let plan = try Self.plan(768, 512, ["bpp": "\(rate)"])
            let byteCount = Self.byteCount(plan)
            let depth = plan.descriptor.widths.count
            #expect(depth >= lastDepth || plan.grid.tileCount > 1)
            #expect(Double(byteCount) > 0.94 * Double(last), "\(rate) bpp")
            let budget = rate * 768 * 512 / 8
            #expect(Double(byteCount) < 1.03 * budget + 200 * Double(plan.grid.tileCount))
            #expect(Double(byteCount) > 0.85 * budget, "\(rate) bpp")
            (last, lastDepth) = (max(last, byteCount), depth)
        }
    }

    @Test(arguments: [(4000, 3000), (7000, 1000), (1, 5_000_000), (333, 4444)])
    func `keeps the rate for images of many tiles`(width: Int, height: Int) throws {
        let plan = try Self.plan(width, height)
        let rate = Double(8 * Self.byteCount(plan)) / Double(width * height)
        #expect((0.27...0.32).contains(rate))
    }

    @Test(arguments: 1...200)
    func `finds a network for images of any size`(pixelCount: Int) throws {
        for rate in ["0.001", "0.3", "8"] {
            let plan = try Self.plan(pixelCount, 1, ["bpp": rate])
            #expect(plan.descriptor.parameterCount(channelCount: 3) > 0)
        }
    }

    @Test func `maps quality to rates that double every 15 points`() {
        let rates = [5, 20, 35, 50, 65, 80, 95].map(SirenPlan.bitsPerPixel(quality:))
        #expect(rates == [0.0375, 0.075, 0.15, 0.3, 0.6, 1.2, 2.4])
        let all = (0...100).map { SirenPlan.bitsPerPixel(quality: Double($0)) }
        #expect(zip(all, all.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test func `lets a rate override quality, and a shape both`() throws {
        let byQuality = try Self.plan(quality: 80)
        let byRate = try Self.plan(768, 512, ["bpp": "0.3"], quality: 80)
        let byShape = try Self.plan(768, 512, ["layers": "3", "width": "7"], quality: 80)
        #expect(byQuality.descriptor == SirenDescriptor(widths: [Int](repeating: 49, count: 13)))
        #expect(byRate.descriptor.widths.count == 10)
        #expect(byShape.descriptor.widths == [7, 7, 7])
    }

    @Test func `keeps the rate when only the depth is given`() throws {
        let plan = try Self.plan(768, 512, ["layers": "4"])
        #expect(plan.descriptor.widths.count == 4)
        #expect((0.28...0.32).contains(Double(8 * Self.byteCount(plan)) / (768 * 512)))
    }

    @Test func `takes everything else from the options`() throws {
        let plan = try Self.plan(
            768, 512,
            [
                "epochs": "7", "batch": "64", "seed": "9", "learning-rate": "0.5", "tile": "100",
                "overlap": "3", "omega": "45",
            ], effort: 9)
        #expect(plan.fit.epochCount == 7)
        #expect(plan.fit.batchSize == 64)
        #expect(plan.fit.seed == 9)
        #expect(plan.fit.learningRate == 0.5)
        #expect(plan.grid.tileCount >= 768 * 512 / 10_000)
        #expect(plan.grid.overlap == 3)
        #expect(abs(plan.descriptor.firstScale * 2 * .pi - 45) < 1e-4)
        #expect(plan.descriptor.hiddenScale == plan.descriptor.firstScale)
    }

    @Test func `spends more passes for more effort`() {
        let counts = (1...9).map(FitSettings.epochCount(effort:))
        #expect(zip(counts, counts.dropFirst()).allSatisfy { $0 < $1 })
        #expect(FitSettings.epochCount(effort: 0) == counts[0])
        #expect(FitSettings.epochCount(effort: 10) == counts[8])
    }

    @Test(
        arguments: [
            ("bpp", "0"), ("bpp", "24.1"), ("bpp", "nan"), ("layers", "0"), ("layers", "17"),
            ("width", "0"), ("width", "65"), ("epochs", "0"), ("batch", "15"), ("seed", "-1"),
            ("learning-rate", "1.01"), ("tile", "63"), ("tile", "8193"), ("colour", "1"),
        ])
    func `refuses options out of their ranges`(key: String, value: String) {
        let error = #expect(throws: ImageError.self) {
            try WriteSettings(for: CoinPlugin(), options: [key: value])
        }
        guard case .invalidOption("coin.\(key)", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}

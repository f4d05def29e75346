import CoinKernels
import FormatKit
import Synchronization
import TestSupport
import Testing

@testable import CoinFormat

@Suite struct LatentFitTests {
    private static let layouts = [
        PixelLayout(.gray, .uint8), PixelLayout(.rgb, .uint8),
        PixelLayout(.rgb, .uint16, alpha: .straight),
    ]

    @Test(arguments: layouts)
    func `a file is the same for every number of threads and every variant`(
        layout: PixelLayout
    ) throws {
        let image = Image.smooth(45, 38, layout)
        func file(_ threadCount: Int, _ kernels: KernelChoice) throws -> [UInt8] {
            try image.coin(
                ["architecture": "latents", "steps": "12"],
                context: .using(kernels, threadCount: threadCount))
        }
        let expected = try file(1, .auto)
        for threadCount in [2, 3] { #expect(try file(threadCount, .auto) == expected) }
        for variant in KernelVariant.supported {
            let choice = try #require(KernelChoice(rawValue: variant.rawValue))
            #expect(try file(1, choice) == expected, "\(variant)")
        }
    }

    @Test func `steps are the same for every number of threads`() {
        let image = Image.smooth(60, 90)
        let expected = FitRun(image, stepCount: 15).state
        for threadCount in [2, 4] {
            #expect(FitRun(image, stepCount: 15, threadCount: threadCount).state == expected)
        }
    }

    @Test func `other seeds make other files, and all decode`() throws {
        let image = Image.smooth(45, 38)
        let files = try ["0", "1"].map {
            try image.coin(["architecture": "latents", "steps": "12", "seed": $0])
        }
        #expect(files[0] != files[1])
        for file in files {
            #expect(try CoinDecoder(parsing: file).decode().header.size == image.header.size)
        }
    }

    @Test func `the noise of steps is opposite in pairs, and new in each pair`() {
        let trainer = FitRun(.smooth(60, 48), stepCount: 4).trainer
        func measure(_ number: Int, noise: Float) -> [Double] {
            let measure = trainer.differentiate(
                number,
                FitSchedule.Step(
                    temperature: 0.4, noise: noise, latentRate: 0, latentMemory: 0,
                    networkRate: 0))
            return [measure.bits, measure.squaredError]
        }
        #expect(measure(3, noise: 0.2) == measure(2, noise: -0.2))
        #expect(measure(3, noise: 0.2) != measure(2, noise: 0.2))
        #expect(measure(4, noise: 0.2) != measure(2, noise: 0.2))
    }

    @Test func `a fit lowers what it minimizes`() {
        let image = Image.noise(64, 48, PixelLayout(.rgb, .uint8))
        let short = FitRun(image, stepCount: 2)
        let long = FitRun(image, stepCount: 80)
        let (first, last) = (short.trainer.measure(), long.trainer.measure())
        #expect(long.trainer.cost(last) < 0.9 * short.trainer.cost(first))
    }
}

@Suite struct TuningTests {
    @Test func `files for the eye are nearer by MS-SSIM, and further by squared errors`() throws {
        let image = try FitRun.photograph()
        func compared(_ tuning: String) throws -> (Int, ImageComparison) {
            let file = try image.coin([
                "architecture": "latents", "bpp": "0.8", "steps": "250", "tune": tuning,
            ])
            return (file.count, try ImageComparison(image, try CoinDecoder(parsing: file).decode()))
        }
        let (eye, samples) = (try compared("ssim"), try compared("psnr"))
        #expect(Double(eye.0) < 1.03 * Double(samples.0))
        let similarities = try [eye, samples].map { try #require($0.1.similarity).value }
        #expect(1 - similarities[0] < 0.9 * (1 - similarities[1]), "\(similarities)")
        #expect(eye.1.overall.psnr < samples.1.overall.psnr)
    }

    @Test(arguments: layouts)
    func `every layout and size fits for the eye, the same with every variant`(
        layout: PixelLayout
    ) throws {
        for (width, height) in [(45, 38), (10, 30), (1, 1)] {
            let image = Image.smooth(width, height, layout)
            let files = try [KernelChoice.auto, .scalar].map {
                try image.coin(
                    ["architecture": "latents", "steps": "12", "tune": "ssim"],
                    context: .using($0, threadCount: 2))
            }
            #expect(files[0] == files[1])
            #expect(try CoinDecoder(parsing: files[0]).decode().header.size == image.header.size)
        }
    }

    private static let layouts = [
        PixelLayout(.gray, .uint8), PixelLayout(.gray, .uint16, alpha: .straight),
        PixelLayout(.rgb, .uint8), PixelLayout(.rgb, .uint8, alpha: .straight),
    ]
}

@Suite struct RateTests {
    @Test(arguments: [0, 1000])
    func `a rate is that of the whole file, metadata included`(metadataByteCount: Int) throws {
        var image = try FitRun.photograph()
        if metadataByteCount > 0 {
            image.header.metadata.xmp = [UInt8](repeating: 0x20, count: metadataByteCount)
        }
        let file = try image.coin(["architecture": "latents", "bpp": "1.5", "steps": "100"])
        let wanted = 1.5 * Double(image.header.size.pixelCount) / 8
        #expect(abs(Double(file.count) - wanted) < 0.03 * wanted, "\(file.count) for \(wanted)")
    }
}

@Suite struct RoundingTests {
    @Test func `refined rounding costs less than nearest integers`() throws {
        let run = FitRun(.noise(64, 48, PixelLayout(.rgb, .uint8)), stepCount: 40)
        let nearest = run.trainer.cost(run.trainer.measure())
        try run.trainer.refineRounding(CodecContext())
        #expect(run.trainer.cost(run.trainer.measure()) < 0.999 * nearest)
    }

    @Test func `refining can be cancelled`() throws {
        let run = FitRun(.noise(64, 48, PixelLayout(.rgb, .uint8)), stepCount: 40)
        let context = CodecContext(isCancelled: { true })
        #expect(throws: ImageError.cancelled) { try run.trainer.refineRounding(context) }
    }
}

@Suite struct SmallPictureTests {
    private static func fit(_ image: Image, _ networkRate: Float?) throws -> FittedLatents {
        var raster = Raster(size: image.header.size, layout: image.header.layout)
        raster.append(bytes: image.bytes)
        let plan = LatentPlan(
            settings: WriteSettings(
                options: try OptionValues(
                    parsing: ["steps": "60"], for: CoinPlugin().descriptor)),
            pixelCount: image.header.size.pixelCount)
        let picture = FitPicture(raster)
        guard let networkRate else {
            return try LatentFit(
                picture: picture, plan: plan, kernels: .best, context: CodecContext()
            ).run()
        }
        var schedule = FitSchedule(stepCount: plan.stepCount)
        schedule.networkRate *= networkRate
        var stages = FitStages(counts: [1])
        let fitted = try WholeFit(
            picture: picture, plan: plan, schedule: schedule, kernels: .best,
            context: CodecContext()
        ).run(&stages)
        return try #require(fitted)
    }

    @Test(arguments: [(24, 20), (200, 160)])
    func `a small picture has networks of its own only where they pay`(
        width: Int, height: Int
    ) throws {
        let image = Image.smooth(width, height)
        let own = try Self.fit(image, 1)
        let common = try Self.fit(image, 0)
        let chosen = try Self.fit(image, nil)
        #expect(common.networks.bits < own.networks.bits)
        #expect(chosen.cost == min(own.cost, common.cost))
    }

    @Test func `progress goes forth over all stages`() throws {
        let fractions = Mutex<[Double]>([])
        let context = CodecContext(
            progress: { progress in fractions.withLock { $0.append(progress.fraction) } })
        _ = try Image.smooth(60, 50).coin(
            ["architecture": "latents", "steps": "40"], context: context)
        let told = fractions.withLock { $0 }
        #expect(told == told.sorted() && told.count >= 8)
        #expect(told.contains { $0 > 0.3 && $0 < 0.5 })
    }
}

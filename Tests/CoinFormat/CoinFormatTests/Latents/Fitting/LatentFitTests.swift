import CoinKernels
import FormatKit
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
                context: CodecContext(threadCount: threadCount, kernels: kernels))
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

    @Test func `a fit lowers what it minimizes`() {
        let image = Image.noise(64, 48, PixelLayout(.rgb, .uint8))
        let short = FitRun(image, stepCount: 2)
        let long = FitRun(image, stepCount: 80)
        let (first, last) = (short.trainer.measure(), long.trainer.measure())
        #expect(long.trainer.cost(last) < 0.9 * short.trainer.cost(first))
    }
}

import CoinKernels
import FormatKit
import Foundation
import PNGFormat
import TestSupport
import Testing

@testable import CoinFormat

/// A fit whose parts tests can look at.
struct FitRun {
    let trainer: LatentTrainer
    let form: LatentForm
    private let bases: [Int]

    /// Lays a fit out and takes all of its steps.
    init(
        _ image: Image, quality: Double? = nil, stepCount: Int, kernels: KernelVariant = .best,
        threadCount: Int = 1, networkWeight: Float = 1
    ) {
        let plan = LatentPlan(
            settings: WriteSettings(quality: quality), pixelCount: image.header.size.pixelCount)
        var raster = Raster(size: image.header.size, layout: image.header.layout)
        raster.append(
            PixelBand(
                width: image.header.size.width, layout: image.header.layout, bytes: image.bytes))
        let picture = FitPicture(raster)
        form = LatentForm(
            size: image.header.size, layout: image.header.layout, hasAlpha: picture.hasAlpha,
            lambda: plan.lambda, sizes: .compact)
        trainer = LatentTrainer(
            picture: picture, form: form, lambda: plan.lambda, kernels: kernels,
            threadCount: threadCount, seed: 0, networkWeight: networkWeight)
        bases = form.bases(means: picture.means)
        let schedule = FitSchedule(stepCount: stepCount)
        for number in 1...schedule.stepCount {
            _ = trainer.step(number, schedule.step(number))
        }
    }

    /// Rounds the networks to what the decoder takes.
    func quantized(
        isRefining: Bool = false, period: Int = 1, _ context: CodecContext = CodecContext()
    ) throws -> NetworkQuantizer.Result {
        var quantizer = NetworkQuantizer(
            trainer: trainer, descriptor: form.descriptor, gain: form.gain, bases: bases)
        quantizer.period = period
        return try quantizer.quantize(refining: isRefining, context)
    }

    /// The file of rounded networks and latents.
    func file(_ networks: NetworkQuantizer.Result, _ image: Image) -> CoinFile {
        let parts = FittedLatents(
            form: form, lambda: form.lambda(errorScale: trainer.errorScale), networks: networks,
            grids: trainer.model.latentGrids
        ).encoded(kernels: .best)
        let header = CoinHeader(
            size: form.size, channelCount: form.layout.channelCount,
            bitDepth: form.layout.sample.bitCount, grid: parts.grid,
            architectures: parts.architectures, orientation: .up,
            colorPrimaries: CoinHeader.sRGB.primaries, transfer: CoinHeader.sRGB.transfer)
        return CoinFile(
            header: header, metadata: ImageMetadata(), shared: parts.shared, tiles: parts.tiles)
    }

    /// The latents and networks, to the last bit.
    var state: [[Int]] {
        trainer.model.grids.indices.map { trainer.model.latents(grid: $0).map(Int.init) }
            + [trainer.model.parameters.map { Int($0.bitPattern) }]
    }

    /// 192 × 128 pixels of a photograph.
    static func photograph() throws -> Image {
        let files = SharedFiles.files(in: "kodak", withExtension: "png")
        guard let file = files.first(where: { $0.lastPathComponent == "kodim05.png" }) else {
            try Test.cancel("there is no photograph")
        }
        let image = try Image(decoding: file.readBytes(), as: PNGPlugin())
        let size = ImageSize(width: 192, height: 128)
        let pixel = image.header.layout.bytesPerPixel
        let rowByteCount = image.header.size.width * pixel
        var bytes: [UInt8] = []
        for y in 200..<200 + size.height {
            let start = y * rowByteCount + 300 * pixel
            bytes += image.bytes[start..<start + size.width * pixel]
        }
        return Image(header: ImageHeader(size: size, layout: image.header.layout), bytes: bytes)
    }
}

import CoinKernels
import FormatKit
import Foundation
import TestSupport
import Testing

@testable import CoinFormat

@Suite struct NetworkQuantizerTests {
    private static let layouts = [
        PixelLayout(.gray, .uint8), PixelLayout(.rgb, .uint8), PixelLayout(.rgb, .uint16),
        PixelLayout(.rgb, .uint8, alpha: .straight),
    ]

    @Test(arguments: layouts)
    func `rounded networks are valid and are read as they were written`(
        layout: PixelLayout
    ) throws {
        let run = FitRun(.smooth(41, 35, layout), stepCount: 20)
        let result = try run.quantized()
        #expect(result.networks.isValid)
        let bytes = try #require(result.networks.serialized(stepBits: result.stepBits))
        var reader = ByteReader(bytes.span, base: 0)
        let parsed = try LatentNetworks(parsing: &reader, descriptor: run.form.descriptor)
        #expect(parsed == result.networks)
    }

    /// What is minimized, in bits.
    private static func cost(_ run: FitRun, _ result: NetworkQuantizer.Result) -> Double {
        result.bits + run.trainer.cost(result.measure)
    }

    /// Where some bands stand for all, these have to agree in the end.
    @Test(arguments: [PixelLayout(.gray, .uint8), PixelLayout(.rgb, .uint8)], [1, 2])
    func `refined networks cost less, and what they say they cost`(
        layout: PixelLayout, period: Int
    ) throws {
        let image = TestImages.picture(width: 72, height: 56).converted(to: layout)
        let run = FitRun(try #require(image), stepCount: 30)
        let fitted = run.trainer.model.parameters
        let nearest = try run.quantized()
        run.trainer.model.parameters = fitted
        let refined = try run.quantized(isRefining: true, period: period)
        #expect(refined.bits < nearest.bits)
        #expect(Self.cost(run, refined) < Self.cost(run, nearest))
        #expect(refined.stepBits == nearest.stepBits)
        #expect(refined.networks.isValid)
        #expect(refined.networks.serialized(stepBits: refined.stepBits) != nil)
        // The model has what is written: a measure of all finds what was counted on.
        #expect(run.trainer.measure().bits == refined.measure.bits)
        #expect(run.trainer.measureBits() == refined.measure.bits)
        #expect(run.trainer.measureDistortion() == refined.measure.distortion)
    }

    @Test func `of every band, or of some, the rest stays as it was measured`() throws {
        let run = FitRun(TestImages.picture(width: 72, height: 56), stepCount: 10)
        let trainer = run.trainer
        let whole = trainer.measure()
        #expect(trainer.measureBits(ofBands: 3) == whole.bits)
        #expect(trainer.measureDistortion(ofBands: 3) == whole.distortion)
        var parameters = trainer.model.parameters
        for k in parameters.indices { parameters[k] *= 0.9 }
        trainer.model.parameters = parameters
        let (some, all) = (trainer.measureBits(ofBands: 2), trainer.measureBits())
        #expect(some != whole.bits && all != some)
    }

    @Test(arguments: KernelVariant.supported)
    func `refining does not depend on threads and kernels`(kernels: KernelVariant) throws {
        func refined(_ kernels: KernelVariant, _ threadCount: Int) throws -> LatentNetworks {
            let run = FitRun(
                .smooth(25, 20), stepCount: 4, kernels: kernels, threadCount: threadCount)
            return try run.quantized(isRefining: true).networks
        }
        #expect(try refined(kernels, 3) == refined(.scalar, 1))
    }

    @Test func `refining ends when it is asked to`() throws {
        let run = FitRun(.smooth(33, 30), stepCount: 2)
        #expect(throws: ImageError.cancelled) {
            try run.quantized(isRefining: true, CodecContext(isCancelled: { true }))
        }
    }

    /// Sums of the decoder could overflow otherwise.
    @Test(arguments: [4, 30, 1e6] as [Float], [false, true])
    func `rows that are too large are shrunk`(factor: Float, isRefining: Bool) throws {
        let run = FitRun(.smooth(33, 30), stepCount: 2)
        var generator = SplitMix64(seed: 1)
        run.trainer.model.parameters = generator.floats(
            run.trainer.model.shape.count, in: -factor...factor)
        let result = try run.quantized(isRefining: isRefining)
        try #require(result.networks.isValid)
        for tensor in LatentTensor.allCases where !tensor.isBias {
            let columns = run.form.descriptor.shape(of: tensor).columns
            let values = result.networks[tensor]
            for start in stride(from: 0, to: values.count, by: columns) {
                let sum = values[start..<start + columns].reduce(0) { $0 + Int($1.magnitude) }
                #expect(sum <= tensor.maximumOfRow)
            }
        }
        #expect(result.networks.serialized(stepBits: result.stepBits) != nil)
    }

    /// Rounding to samples adds 1/12 of a squared step, which the float model does not know.
    @Test(arguments: [50.0, 75, 90])
    func `the decoder is within 0.02 dB of the float model`(quality: Double) throws {
        let image = try FitRun.photograph()
        let run = FitRun(image, quality: quality, stepCount: 60)
        let result = try run.quantized()
        let measure = run.trainer.measure()
        let unit = Double(run.form.unit)
        let float =
            measure.squaredError * unit * unit / Double(image.bytes.count) + 1.0 / 12
        let decoded = try CoinDecoder(parsing: run.file(result, image).serialized).decode()
        let error = zip(image.bytes, decoded.bytes).reduce(0.0) { sum, pair in
            let difference = Double(pair.0) - Double(pair.1)
            return sum + difference * difference
        }
        let integer = error / Double(image.bytes.count)
        let decibels = 10 * log10(float / integer)
        #expect(decibels.magnitude < 0.02, "\(decibels) dB")
    }

    /// Beside what has the same size in a file of any rate.
    @Test(arguments: [50.0, 75, 90])
    func `files are within 1 % of the model's bits`(quality: Double) throws {
        let image = try FitRun.photograph()
        let run = FitRun(image, quality: quality, stepCount: 60)
        let result = try run.quantized()
        let model = run.trainer.measure().bits + result.bits
        let file = run.file(result, image)
        // Gain and bases, the state of a coder each, lengths of levels of 1 or 2 bytes.
        let levels = run.form.descriptor.levelCount - 1
        let constant = (2 + 2 * 3) + (4 + 4) + levels * 3 / 2
        let byteCount = (file.shared + file.tiles).reduce(0) { $0 + $1.content.count }
        let bits = 8 * Double(byteCount - constant)
        #expect(bits < 1.01 * model, "\(bits) bits, \(model) by the model")
        #expect(bits > 0.99 * model, "\(bits) bits, \(model) by the model")
    }
}

import CoinKernels
import FormatKit
import TestSupport
import Testing

@testable import CoinFormat

@Suite struct LatentPictureDecoderTests {
    @Test(arguments: RandomLatents.all)
    func `every octave has the samples of the model`(picture: RandomLatents) throws {
        let payloads = picture.payloads()
        let model = ModelSynthesis(
            networks: picture.networks, geometry: picture.geometry,
            channelCount: picture.channelCount, bitDepth: picture.bitDepth)
        for octave in 0..<picture.descriptor.levelCount {
            let expected = model.samples(picture.tiles, octave: octave)
            for variant in KernelVariant.supported {
                let samples = try picture.decode(
                    picture.whole(octave), octave: octave, payloads: payloads, variant: variant)
                #expect(samples == expected, "octave \(octave), \(variant)")
            }
        }
    }

    @Test(arguments: RandomLatents.all)
    func `a region is a crop of the picture`(picture: RandomLatents) throws {
        var generator = SplitMix64(seed: 5)
        let payloads = picture.payloads()
        for octave in 0..<min(picture.descriptor.levelCount, 3) {
            let whole = picture.whole(octave)
            let samples = try picture.decode(whole, octave: octave, payloads: payloads)
            for _ in 0..<6 {
                let region = LatentRegion(
                    columns: Self.part(of: whole.columns, &generator),
                    rows: Self.part(of: whole.rows, &generator))
                let found = try picture.decode(region, octave: octave, payloads: payloads)
                let channels = picture.channelCount
                let expected = region.rows.flatMap { y in
                    let row = y * whole.columns.count
                    return samples[
                        (row + region.columns.lowerBound)
                            * channels..<(row
                            + region.columns.upperBound) * channels]
                }
                #expect(found == expected, "octave \(octave), \(region)")
            }
        }
    }

    @Test(arguments: RandomLatents.all, [1, 7, 64])
    func `rows can come in bands, on any number of threads`(
        picture: RandomLatents, rowsAtOnce: Int
    ) throws {
        let payloads = picture.payloads()
        let samples = try picture.decode(picture.whole(), payloads: payloads)
        for threadCount in [1, 3] {
            let found = try picture.decode(
                picture.whole(), payloads: payloads, threadCount: threadCount,
                rowsAtOnce: rowsAtOnce)
            #expect(found == samples)
        }
    }

    @Test func `blocks of a larger picture fit together`() throws {
        let picture = RandomLatents(
            LatentDescriptor(levelCount: 7, firstChromaLevel: 2), columns: [320, 531],
            rows: [64, 150], seed: 12)
        let payloads = picture.payloads()
        let samples = try picture.decode(picture.whole(), payloads: payloads)
        let model = ModelSynthesis(
            networks: picture.networks, geometry: picture.geometry, channelCount: 3, bitDepth: 8)
        let rows = try picture.decode(picture.whole(), payloads: payloads, rowsAtOnce: 41)
        #expect(rows == samples)
        #expect(
            try picture.decode(picture.whole(3), octave: 3, payloads: payloads)
                == model.samples(picture.tiles, octave: 3))
    }

    private static func part(of range: Range<Int>, _ generator: inout SplitMix64) -> Range<Int> {
        let (a, b) = (
            Int.random(in: range, using: &generator), Int.random(in: range, using: &generator)
        )
        return min(a, b)..<max(a, b) + 1
    }
}

import CoinKernels
import FormatKit
import TestSupport
import Testing

@testable import CoinFormat

@Suite struct AnalysisFiltersTests {
    /// Networks and filters that do not belong together show a picture at some 18 dB.
    @Test(arguments: [LatentForm.Sizes.compact, .wide])
    func `an analysis gives latents that the default networks can read`(
        sizes: LatentForm.Sizes
    ) throws {
        let image = Image.smooth(160, 128)
        var raster = Raster(size: image.header.size, layout: image.header.layout)
        raster.append(bytes: image.bytes)
        let form = LatentForm(
            size: image.header.size, layout: image.header.layout, hasAlpha: false,
            lambda: 0.001, sizes: sizes)
        func decibels(_ filters: AnalysisFilters?) -> Double {
            let trainer = LatentTrainer(
                picture: FitPicture(raster), form: form, lambda: 0.001, kernels: .best,
                threadCount: 1, seed: 0, filters: filters)
            return form.decibels(trainer.measure())
        }
        let (learned, pyramid) = (decibels(nil), decibels(.pyramid))
        #expect(learned > 28 && learned > pyramid + 3, "\(learned), \(pyramid)")
    }

    @Test func `there are filters for each set of defaults, and no others`() throws {
        let shape = FitModel.analysisShape
        for set in 1...2 {
            #expect(LatentDefaults.isKnown(set))
            let filters = try #require(AnalysisFilters.of(set: set))
            #expect(filters.values.count == shape.groups * shape.levels * shape.taps)
        }
        #expect(AnalysisFilters.of(set: 0) == nil && !LatentDefaults.isKnown(3))
    }
}

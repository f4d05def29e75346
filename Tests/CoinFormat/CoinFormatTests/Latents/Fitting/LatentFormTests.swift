import FormatKit
import Testing

@testable import CoinFormat

@Suite struct LatentFormTests {
    private static func gain(quality: Double, _ sizes: LatentForm.Sizes) -> Double {
        let form = LatentForm(
            size: ImageSize(width: 768, height: 512), layout: PixelLayout(.rgb, .uint8),
            hasAlpha: false, lambda: LatentPlan.lambda(quality: quality), sizes: sizes)
        return Double(form.gain)
    }

    @Test func `units fall with the quality, at high ones more slowly for wide networks`() {
        // λ halves every 10 points.
        func ratio(_ quality: Double, _ sizes: LatentForm.Sizes) -> Double {
            Self.gain(quality: quality + 40, sizes) / Self.gain(quality: quality, sizes)
        }
        #expect(abs(ratio(50, .wide) - 1 / 2) < 0.01)  // the fourth root of 1/16
        #expect(abs(ratio(50, .compact) - 1 / 2.828) < 0.01)  // its root to the power of 3/4
        for sizes in [LatentForm.Sizes.compact, .wide] {
            let (coarse, fine) = (Self.gain(quality: 10, sizes), Self.gain(quality: 20, sizes))
            #expect(abs(coarse / fine - 1.414) < 0.01)
        }
    }
}

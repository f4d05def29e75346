import Testing

@testable import CoinKernels

/// Rows that stand for all of them in the gradient of the layers.
@Suite struct FitSampleTests {
    /// The finest grid and the picture are large enough for a part of their rows; other grids are not.
    private static let large = [0, 5].map {
        FitForm(301, 241, levels: 4, first: (0, 1, nil), networks: (4, 6, 8), scales: $0)
    }

    private func gradient(
        _ form: FitForm, _ sample: (period: Int, phase: Int), variant: KernelVariant = .best
    ) -> [Float] {
        let fit = RandomFit(form.configuration, variant: variant)
        fit.differentiate(sample: sample)
        return fit.model.gradient
    }

    @Test(arguments: large)
    func `the rows of all phases together have the gradient of all rows`(form: FitForm) {
        let shape = RandomFit(form.configuration).model.shape
        let whole = gradient(form, (1, 0))
        let parts = (0..<4).map { gradient(form, (4, $0)) }
        for (index, tensor) in shape.tensors.enumerated() {
            let largest = whole[tensor.range].map(\.magnitude).max() ?? 0
            for k in tensor.range {
                let mean = parts.reduce(0) { $0 + $1[k] } / 4
                #expect((mean - whole[k]).magnitude <= 1e-4 * largest, "\(k) of tensor \(index)")
                // Upsampling has few taps, and its gradient comes with that of the latents.
                if tensor.role == .taps { #expect(parts[0][k] == whole[k]) }
            }
            let isSampled = parts[0][tensor.range] != parts[1][tensor.range]
            #expect(isSampled == (tensor.role != .taps), "tensor \(index)")
        }
    }

    @Test(arguments: FitForm.all)
    func `small planes give all their rows`(form: FitForm) {
        #expect(gradient(form, (4, 3)) == gradient(form, (1, 0)))
    }

    @Test(arguments: KernelVariant.supported, large)
    func `every variant takes the same rows`(variant: KernelVariant, form: FitForm) {
        let sample = (period: 3, phase: 2)
        #expect(
            gradient(form, sample, variant: variant)
                == gradient(form, sample, variant: .scalar))
    }
}

internal import CoinKernels
internal import FormatKit

extension KernelVariant {
    /// The variant that a caller's choice stands for.
    ///
    /// - Throws: ``ImageError/invalidOption(name:reason:)`` if this machine cannot run it.
    init(_ choice: KernelChoice) throws(ImageError) {
        let variant: KernelVariant =
            switch choice {
            case .auto: .best
            case .scalar: .scalar
            case .avx2: .avx2
            case .avx512: .avx512
            case .neon: .neon
            }
        guard variant.isSupported else {
            throw .invalidOption(
                name: WorkOptions.kernels.key, reason: "this machine cannot run \(choice.rawValue)")
        }
        self = variant
    }
}

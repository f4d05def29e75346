internal import CCoinKernels

/// An instruction set that the kernels are compiled for.
///
/// Every variant gives the same bits; they differ in speed alone.
package enum KernelVariant: String, CaseIterable, Sendable, CustomStringConvertible {
    /// Plain C, one number at a time: the reference of the others.
    case scalar
    /// x86-64 with AVX2 and FMA.
    case avx2
    /// x86-64 with AVX-512 F, VL and DQ.
    case avx512
    /// AArch64.
    case neon

    /// The fastest variant that this CPU can run.
    package static let best: KernelVariant = {
        let best = coin_variant_best()
        return allCases.first { $0.code == best } ?? .scalar
    }()

    /// The variants that this CPU can run, from the scalar one.
    package static var supported: [KernelVariant] { allCases.filter(\.isSupported) }

    /// Whether the variant is compiled in and this CPU can run it.
    package var isSupported: Bool { coin_variant_is_supported(code) != 0 }

    package var description: String { rawValue }

    /// The variant's name in C.
    var code: coin_variant {
        switch self {
        case .scalar: COIN_VARIANT_SCALAR
        case .avx2: COIN_VARIANT_AVX2
        case .avx512: COIN_VARIANT_AVX512
        case .neon: COIN_VARIANT_NEON
        }
    }
}

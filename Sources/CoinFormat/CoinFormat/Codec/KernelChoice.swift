/// The instruction set that hand-written vector code may use.
public enum KernelChoice: String, Sendable, Hashable, CaseIterable {
    /// The widest that this machine has.
    case auto
    /// None: plain scalar code.
    case scalar
    /// AVX2 with FMA.
    case avx2
    /// AVX-512.
    case avx512
    /// Arm Advanced SIMD.
    case neon
}

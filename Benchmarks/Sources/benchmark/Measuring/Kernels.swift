internal import CKernelBenchmarks
internal import CoinFormat
internal import FormatKit

/// One of the instruction sets that kernels are compiled for.
struct Kernels {
    let choice: KernelChoice
    /// The number of the variant in C.
    let variant: Int32

    var name: String { choice.rawValue }

    /// What a codec may use: these kernels and so many threads.
    func context(threadCount: Int) -> CodecContext {
        var context = CodecContext(threadCount: threadCount)
        context.kernels = choice
        return context
    }

    /// Those that this machine can run, from the slowest to the fastest.
    static var supported: [Kernels] {
        let choices: [KernelChoice] = [.scalar, .avx2, .avx512, .neon]
        return choices.enumerated().map { Kernels(choice: $1, variant: Int32($0)) }
            .filter { kernel_benchmark_is_supported($0.variant) != 0 }
    }
}

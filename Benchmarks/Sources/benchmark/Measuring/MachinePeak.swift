internal import CKernelBenchmarks
internal import Foundation

/// What cores of this machine do at most: fused multiply-adds of binary32, in GFLOP/s.
enum MachinePeak {
    /// Of one core, with the widest instructions, while the others do nothing.
    static func measure() -> Double {
        Kernels.supported.map { gigaflops($0, seconds: 0.3) }.filter { !$0.isNaN }.max() ?? .nan
    }

    /// Of each of some cores, in a variant's instructions, while all of them do the same; cores
    /// that are two threads of one share what it does.
    static func measure(_ kernels: Kernels, coreCount: Int, seconds: Double) -> Double {
        guard coreCount > 1 else { return gigaflops(kernels, seconds: seconds) }
        // The others start before, and end after.
        let group = DispatchGroup()
        for _ in 1..<coreCount {
            DispatchQueue.global().async(group: group) {
                _ = gigaflops(kernels, seconds: seconds + 0.4)
            }
        }
        Thread.sleep(forTimeInterval: 0.2)
        let peak = gigaflops(kernels, seconds: seconds)
        group.wait()
        return peak
    }

    private static func gigaflops(_ kernels: Kernels, seconds: Double) -> Double {
        2e-9 * kernel_benchmark_peak(kernels.variant, seconds)
    }
}

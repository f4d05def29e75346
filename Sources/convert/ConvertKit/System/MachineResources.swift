#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif
internal import FormatFiles

/// What of the machine this process may use: cpusets and the limits of containers count.
package struct MachineResources: Sendable, Equatable {
    /// The number of threads that run at once.
    package var coreCount: Int
    /// The size of the memory, in bytes.
    package var memoryByteCount: Int

    /// Creates a description.
    package init(coreCount: Int, memoryByteCount: Int) {
        self.coreCount = coreCount
        self.memoryByteCount = memoryByteCount
    }

    /// This machine.
    package static func current() -> MachineResources {
        let pages = max(1, sysconf(Int32(_SC_PHYS_PAGES)))
        let memory = pages.multipliedReportingOverflow(by: max(1, sysconf(Int32(_SC_PAGESIZE))))
        return MachineResources(
            coreCount: max(1, min(availableCoreCount(), groupCoreCount() ?? .max)),
            memoryByteCount: min(memory.overflow ? .max : memory.partialValue, groupMemory()))
    }

    /// How to share the machine: jobs × threads does not exceed the cores, unless asked to.
    package func shares(
        jobs: Int?, threads: Int?, workCount: Int
    ) -> (jobs: Int, threads: Int) {
        let most = max(1, workCount)
        switch (jobs, threads) {
        case (let jobs?, let threads?): return (min(jobs, most), threads)
        case (let jobs?, nil): return (min(jobs, most), max(1, coreCount / min(jobs, most)))
        case (nil, let threads?): return (min(max(1, coreCount / threads), most), threads)
        case (nil, nil):
            let jobs = min(coreCount, most)
            return (jobs, max(1, coreCount / jobs))
        }
    }

    /// The cores that a Linux cpuset leaves to this process, else all that are on.
    private static func availableCoreCount() -> Int {
        let words = SystemFile.words("/proc/self/status")
        guard let label = words.firstIndex(of: "Cpus_allowed:"), label + 1 < words.count else {
            return sysconf(Int32(_SC_NPROCESSORS_ONLN))
        }
        // A hexadecimal mask in groups, such as `ff,ffffffff`.
        return words[label + 1].reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
    }

    /// The CPU time that a Linux control group allows, in cores: `cpu.max` is `quota period`.
    private static func groupCoreCount() -> Int? {
        let numbers = SystemFile.words("/sys/fs/cgroup/cpu.max").map { Int($0) }
        guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], period > 0
        else { return nil }
        return max(1, (quota + period - 1) / period)
    }

    private static func groupMemory() -> Int {
        SystemFile.words("/sys/fs/cgroup/memory.max").first.flatMap { Int($0) } ?? .max
    }
}

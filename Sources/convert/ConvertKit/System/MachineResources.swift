#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif
internal import FormatFiles

/// What of the machine this process may use: cpusets, the limits of containers, and what a job of
/// Slurm was given count.
package struct MachineResources: Sendable, Equatable {
    /// The number of threads that run at once.
    package var coreCount: Int
    /// The size of the memory, in bytes.
    package var memoryByteCount: Int
    /// The number of files that this process may have open.
    package var descriptorCount: Int

    /// Creates a description.
    package init(coreCount: Int, memoryByteCount: Int, descriptorCount: Int = .max) {
        self.coreCount = coreCount
        self.memoryByteCount = memoryByteCount
        self.descriptorCount = descriptorCount
    }

    /// This machine.
    package static func current() -> MachineResources {
        let group = ControlGroup()
        let pages = max(1, sysconf(Int32(_SC_PHYS_PAGES)))
        let memory = pages.multipliedReportingOverflow(by: max(1, sysconf(Int32(_SC_PAGESIZE))))
        return MachineResources(
            coreCount: max(
                1,
                min(
                    availableCoreCount(), group.coreCount ?? .max,
                    taskCoreCount(ShardArgument.processEnvironment) ?? .max)),
            memoryByteCount: min(
                memory.overflow ? .max : memory.partialValue, group.memoryByteCount ?? .max),
            descriptorCount: openFileLimit())
    }

    /// The cores that a task of Slurm has asked for: not every cluster binds tasks to them.
    static func taskCoreCount(_ environment: ShardArgument.Environment) -> Int? {
        environment("SLURM_CPUS_PER_TASK").flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    }

    private static func openFileLimit() -> Int {
        var limit = rlimit()
        #if canImport(Glibc)
            let result = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #else
            let result = unsafe getrlimit(RLIMIT_NOFILE, &limit)
        #endif
        return result == 0 ? Int(clamping: limit.rlim_cur) : .max
    }

    /// More threads for each core are of no use to anybody.
    private static let greatestThreadsPerCore = 16
    /// What a process has open beside its workers: standard streams, a log, a record, a folder.
    private static let ownDescriptorCount = 12
    /// The ends of pipes to a worker; two more are open while one is started.
    private static let descriptorsPerWorker = 2

    /// How to share the machine: jobs × threads does not exceed the cores, unless asked to; nor do
    /// they exceed what the machine has, whoever asks.
    package func shares(
        jobs: Int?, threads: Int?, workCount: Int
    ) -> (jobs: Int, threads: Int) {
        let useful = coreCount.multipliedReportingOverflow(by: Self.greatestThreadsPerCore)
        let threads = threads.map { min($0, useful.overflow ? coreCount : useful.partialValue) }
        let openable = (descriptorCount - Self.ownDescriptorCount) / Self.descriptorsPerWorker
        let most = max(1, min(workCount, openable))
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
}

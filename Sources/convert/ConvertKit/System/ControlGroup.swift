internal import FormatFiles

/// What Linux control groups, of both versions, let a process use: those that it is in and all
/// above them.
///
/// In a container the groups above are not to be seen, and the own one is where all begin.
struct ControlGroup {
    /// Folders with the files of the process's groups, the innermost first.
    private let unified: [Path]
    private let processor: [Path]
    private let memory: [Path]

    /// Finds the groups of a process.
    ///
    /// - Parameters:
    ///   - membership: The file that tells them.
    ///   - mount: Where their files are.
    init(membership: Path = "/proc/self/cgroup", mount: Path = "/sys/fs/cgroup") {
        // A line each: `0::/a/b`, or, of the first version, `4:cpu,cpuacct:/a/b`.
        let groups = SystemFile.words(membership).compactMap { line -> (String, Path)? in
            let fields = line.split(
                separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            return fields.count == 3 ? (String(fields[1]), Path(String(fields[2]))) : nil
        }
        func folders(_ controller: String) -> [Path] {
            groups.flatMap { controllers, path -> [Path] in
                guard controllers.split(separator: ",").contains(controller[...]) else {
                    return []
                }
                return [controllers, controller].flatMap {
                    Self.levels(of: path, below: mount.appending(Path($0)))
                }
            }
        }
        let own = groups.first { $0.0 == "" }?.1 ?? "/"
        unified = [mount, mount.appending("unified")].flatMap { Self.levels(of: own, below: $0) }
        processor = folders("cpu")
        memory = folders("memory")
    }

    /// The CPU time that may be used, in cores, rounded up; `nil` if there is no limit.
    var coreCount: Int? {
        let quotas = unified.map { folder in
            // `quota period`, or `max period`.
            SystemFile.words(folder.appending("cpu.max")).map { Int($0) }
        }
        let others = processor.map { folder in
            ["cpu.cfs_quota_us", "cpu.cfs_period_us"].map {
                SystemFile.words(folder.appending(Path($0))).first.flatMap { Int($0) }
            }
        }
        return (quotas + others).compactMap { numbers -> Int? in
            // A quota below zero is none.
            guard numbers.count == 2, let quota = numbers[0], let period = numbers[1],
                quota > 0, period > 0
            else { return nil }
            return max(1, quota / period + (quota % period == 0 ? 0 : 1))
        }.min()
    }

    /// The memory that may be used, in bytes; `nil` if there is no limit.
    var memoryByteCount: Int? {
        let files =
            // Beyond `high` the system takes memory back so eagerly that nothing goes on.
            unified.flatMap { [$0.appending("memory.max"), $0.appending("memory.high")] }
            + memory.map { $0.appending("memory.limit_in_bytes") }
        return files.compactMap { SystemFile.words($0).first.flatMap { Int($0) } }.min()
    }

    /// A group's folder, and those of all groups above.
    private static func levels(of group: Path, below mount: Path) -> [Path] {
        var (folder, levels) = (mount, [mount])
        for component in group.plainComponents {
            folder = folder.appending(Path(bytes: component))
            levels.append(folder)
        }
        return levels.reversed()
    }
}

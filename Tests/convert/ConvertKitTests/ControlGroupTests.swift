import FormatFiles
import TestSupport
import Testing

@testable import ConvertKit

@Suite struct ControlGroupTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func group(_ membership: String, _ files: [String: String]) throws -> ControlGroup {
        for (name, text) in files { try folder.write("fs/" + name, Array(text.utf8)) }
        return ControlGroup(
            membership: Path(try folder.write("cgroup", Array(membership.utf8))),
            mount: Path(folder("fs")))
    }

    @Test func `takes the least that any group above allows`() throws {
        let group = try group(
            "0::/system.slice/job_7/step_0\n",
            [
                "memory.max": "max\n", "system.slice/memory.max": "900000\n",
                "system.slice/job_7/memory.max": "500000\n",
                "system.slice/job_7/step_0/memory.max": "max\n",
                "system.slice/job_7/step_0/cpu.max": "max 100000\n",
                "system.slice/job_7/cpu.max": "250000 100000\n", "cpu.max": "800000 100000\n",
                "other/memory.max": "1\n",
            ])
        #expect(group.coreCount == 3)
        #expect(group.memoryByteCount == 500_000)
    }

    @Test func `counts memory beyond which a group is held up`() throws {
        #expect(
            try group("0::/\n", ["memory.max": "700\n", "memory.high": "600\n"]).memoryByteCount
                == 600)
    }

    @Test func `knows groups of the first version`() throws {
        let group = try group(
            "9:memory:/docker/ab\n4:cpu,cpuacct:/docker/ab\n1:name=systemd:/docker/ab\n",
            [
                "memory/docker/ab/memory.limit_in_bytes": "4096\n",
                "memory/memory.limit_in_bytes": "9223372036854771712\n",
                "cpu,cpuacct/docker/ab/cpu.cfs_quota_us": "-1\n",
                "cpu,cpuacct/docker/ab/cpu.cfs_period_us": "100000\n",
                "cpu/cpu.cfs_quota_us": "50000\n", "cpu/cpu.cfs_period_us": "100000\n",
            ])
        #expect(group.coreCount == 1)
        #expect(group.memoryByteCount == 4096)
    }

    @Test func `knows no limit where there is none`() throws {
        let group = try group("", [:])
        #expect(group.coreCount == nil && group.memoryByteCount == nil)
        let odd = try self.group("0::/../x\n", ["cpu.max": "0 0\n", "memory.max": "lots\n"])
        #expect(odd.coreCount == nil && odd.memoryByteCount == nil)
    }

    @Test(arguments: [("4", 4), ("0", nil), ("-1", nil), ("x", nil)] as [(String, Int?)])
    func `takes what Slurm says`(text: String, count: Int?) {
        let variables = ["SLURM_CPUS_PER_TASK": text]
        #expect(MachineResources.taskCoreCount { variables[$0] } == count)
        #expect(MachineResources.taskCoreCount { _ in nil } == nil)
    }
}

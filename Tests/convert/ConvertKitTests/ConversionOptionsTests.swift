import FormatKit
import TestSupport
import Testing

@testable import ConvertKit

@Suite struct ConversionOptionsTests {
    private func settings(
        _ change: (inout ConversionOptions) -> Void
    ) throws(CommandError) -> WriteSettings {
        var options = ConversionOptions()
        change(&options)
        let toy = ToyFormat()
        guard
            let registry = try? FormatRegistry([
                toy, CannedFormat(.noise(1, 1, PixelLayout(.gray, .uint8)), name: "other"),
            ])
        else {
            preconditionFailure("the formats do not clash")
        }
        return try options.writeSettings(for: toy.descriptor, registry: registry)
    }

    @Test func `passes settings on`() throws {
        let settings = try settings {
            $0.quality = 80
            $0.effort = 9
            $0.isLossless = true
            $0.assignments = ["toy.note=none", "toy.note=loud"]
        }
        #expect(settings.quality == 80 && settings.effort == 9 && settings.isLossless)
        #expect(settings.options.choice("note") == "loud")
    }

    @Test(arguments: [
        "note=loud", "toy.note", "nope.note=loud", "toy.nope=1", "toy.note=soft", "other.note=1",
        "",
    ])
    func `refuses an option`(assignment: String) {
        #expect(throws: CommandError.self) { try settings { $0.assignments = [assignment] } }
    }

    @Test func `refuses numbers out of range`() {
        #expect(throws: CommandError.self) { try settings { $0.quality = 101 } }
        #expect(throws: CommandError.self) { try settings { $0.quality = .nan } }
        #expect(throws: CommandError.self) { try settings { $0.effort = 0 } }
    }

    @Test(
        arguments: [
            (nil, nil, 100, 8, 1), (nil, nil, 1, 1, 8), (nil, nil, 3, 3, 2), (4, nil, 100, 4, 2),
            (nil, 3, 100, 2, 3), (nil, 16, 100, 1, 16), (5, 5, 100, 5, 5), (20, nil, 100, 20, 1),
            (nil, nil, 0, 1, 8),
        ] as [(Int?, Int?, Int, Int, Int)])
    func `shares eight cores`(
        jobs: Int?, threads: Int?, work: Int, expectedJobs: Int, expectedThreads: Int
    ) {
        let shares = MachineResources(coreCount: 8, memoryByteCount: 1)
            .shares(jobs: jobs, threads: threads, workCount: work)
        #expect(shares == (expectedJobs, expectedThreads))
    }

    @Test func `knows this machine`() {
        let machine = MachineResources.current()
        #expect((1...4096).contains(machine.coreCount))
        #expect(machine.memoryByteCount >= 1 << 26)
    }
}

import FormatKit
import Synchronization
import TestSupport
import Testing

@testable import ConvertKit

/// Jobs times size stays within `--max-memory`, whatever `--jobs` says.
@Suite struct AdmissionTests {
    /// The memory that a conversion of a tiny picture is expected to need is that of the program.
    @Test(arguments: [(30, 1), (60, 2), (80, 3), (1000, 4)])
    func `no more jobs write at a time than fit`(mebibytes: Int, most: Int) throws {
        let folder = try TemporaryFolder()
        let file = try TestImages.encoded(
            TestImages.picture(width: 9, height: 7), as: ToyFormat())
        for index in 0..<12 { try folder.write("in/\(index).toy", file) }
        let meter = Meter()
        var run = RunOptions()
        run.jobCount = 4
        run.limits.memoryByteCount = mebibytes << 20
        let runner = BatchRunner(
            registry: try FormatRegistry([
                ToyFormat(), WriteOnlyFormat("metered") { _, _ in MeteredWriter(meter) },
            ]),
            options: ConversionOptions(), run: run,
            console: Console(verbosity: .quiet, columnCount: nil, write: { _ in }),
            resources: MachineResources(coreCount: 4, memoryByteCount: 1 << 40),
            writeOutput: { _ in }, signal: { nil })
        let request = ConversionRequest([folder("in"), folder("out")], formatName: "metered")
        #expect(try runner.run(request) == .success)
        #expect(meter.count.load(ordering: .relaxed) == 12)
        #expect((1...most).contains(meter.highest.load(ordering: .relaxed)))
    }
}

/// Counts writers that are at work at once.
private final class Meter: Sendable {
    let count = Atomic(0)
    let highest = Atomic(0)
    private let inside = Atomic(0)

    func enter() {
        count.add(1, ordering: .sequentiallyConsistent)
        let number = inside.add(1, ordering: .sequentiallyConsistent).newValue
        _ = highest.max(number, ordering: .sequentiallyConsistent)
    }

    func leave() { inside.subtract(1, ordering: .sequentiallyConsistent) }
}

/// Takes its time.
private final class MeteredWriter: ImageWriter {
    private let meter: Meter

    init(_ meter: Meter) {
        self.meter = meter
        meter.enter()
    }

    func writeRows(_ band: PixelBand) {}

    func finish() {
        let end = ContinuousClock.now + .milliseconds(10)
        while ContinuousClock.now < end {}
        meter.leave()
    }
}

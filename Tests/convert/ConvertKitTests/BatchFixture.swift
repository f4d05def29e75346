import FormatFiles
import FormatKit
import TestSupport

@testable import ConvertKit

/// A folder, and a run over it whose words are kept.
class BatchFixture {
    let folder: TemporaryFolder
    let messages = Transcript()
    let output = Transcript()
    let picture = TestImages.picture(width: 9, height: 7)

    init() throws {
        folder = try TemporaryFolder()
    }

    func run(
        _ request: ConversionRequest, _ change: (inout RunOptions) -> Void = { _ in }
    ) throws -> ProgramStatus {
        try run(request, signal: { nil }, change)
    }

    func run(
        _ request: ConversionRequest, signal: @escaping @Sendable () -> Int32?,
        options: ConversionOptions = ConversionOptions(), _ change: (inout RunOptions) -> Void
    ) throws -> ProgramStatus {
        var run = RunOptions()
        change(&run)
        let runner = BatchRunner(
            registry: try FormatRegistry([
                ToyFormat(), WriteOnlyFormat.stalling, BrokenFormat(), ScalableFormat(),
            ]),
            options: options,
            run: run,
            console: Console(verbosity: .normal, columnCount: nil, write: messages.write),
            resources: MachineResources(coreCount: 3, memoryByteCount: 1 << 20),
            writeOutput: output.write, signal: signal)
        return try runner.run(request)
    }

    func folderRequest(isRecursive: Bool = false) -> ConversionRequest {
        ConversionRequest(
            [folder("in"), folder("out")], formatName: "toy", isRecursive: isRecursive)
    }

    func writePictures(_ names: [String]) throws {
        let bytes = try TestImages.encoded(picture, as: ToyFormat())
        for name in names { try folder.write(name, bytes) }
    }
}

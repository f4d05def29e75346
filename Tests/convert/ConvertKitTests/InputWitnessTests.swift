import FormatFiles
import FormatKit
import Foundation
import TestSupport
import Testing

@testable import ConvertKit

/// The record vouches only for bytes that were converted.
@Suite struct InputWitnessTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Converts the folder `in`; `meddle` happens while the writer is at work.
    private func run(_ meddle: @escaping @Sendable () -> Void) throws -> ProgramStatus {
        var run = RunOptions()
        run.isResuming = true
        let runner = BatchRunner(
            registry: try FormatRegistry([
                ToyFormat(), WriteOnlyFormat("meddled") { MeddlingWriter($0, $1, meddle) },
            ]),
            options: ConversionOptions(), run: run,
            console: Console(verbosity: .quiet, columnCount: nil, write: { _ in }),
            resources: MachineResources(coreCount: 1, memoryByteCount: 1 << 30),
            writeOutput: { _ in }, signal: { nil })
        return try runner.run(
            ConversionRequest([folder("in"), folder("out")], formatName: "meddled"))
    }

    private func file(seed: UInt64, width: Int = 9) throws -> [UInt8] {
        try TestImages.encoded(
            TestImages.picture(width: width, height: 7, seed: seed), as: ToyFormat())
    }

    @Test(arguments: [9, 10])
    func `an input that changes while it is converted is not taken for done`(width: Int) throws {
        let path = Path(try folder.write("in/a.toy", try file(seed: 1)))
        let new = try file(seed: 2, width: width)
        #expect(try run { overwrite(path, new) } == .retryable)
        #expect(folder.read("out/a.meddled") == nil)
        // Once it stays as it is, it is done.
        #expect(try run {} == .success)
        #expect(folder.read("out/a.meddled") != nil)
    }
}

/// Writes into a file in place.
private func overwrite(_ path: Path, _ bytes: [UInt8]) {
    guard let file = unsafe fopen("\(path)", "r+") else { return }
    _ = unsafe fwrite(bytes, 1, bytes.count, file)
    unsafe fclose(file)
}

/// Lets something happen once all rows have been read.
private final class MeddlingWriter: ImageWriter {
    private let sink: any ImageSink
    private let meddle: () -> Void

    init(_ sink: any ImageSink, _ context: CodecContext, _ meddle: @escaping () -> Void) {
        self.sink = sink
        self.meddle = meddle
    }

    func writeRows(_ band: PixelBand) throws(ImageError) { try sink.append([1]) }

    func finish() { meddle() }
}
